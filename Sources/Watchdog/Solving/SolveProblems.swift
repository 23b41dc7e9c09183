import LinuxCalls
import Rules

/// What solve-problems does in a run: for each problem what its plan says. It begins an attempt to solve it, waits for
/// its proof or its turn, kills an attempt that takes too long, or closes what is proven over. It waits for none of them.
public final class SolveProblems {
  private let run: Run
  private let attempts: Attempts
  private let turn: FileLock
  private let watch: Watch
  private var failure: ExitCode?
  /// How many solvers this run has started.
  private var begun = 0
  /// How many it starts at the most. When everything is broken at once, the next ones come with the next run:
  /// a box that is short of processes must not be given thousands.
  private static let most = 50

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    run = try Run(roots, report, isDry: isDry)
    attempts = try Attempts(in: run.state)
    turn = try Attempts.turn(in: run.state)
    watch = try Watch(of: report.tool, in: run.state)
  }

  /// Looks at each problem.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public func solve() throws(Failure) -> ExitCode {
    // Another run is at it: it looks at the same problems. A dry run does nothing that another one could disturb, and keeps
    // none from its work, however long its reader takes.
    if !run.isDry, try !turn.claim() { return .success }
    var found: [TroubleFound] = []
    let look = try TroubleLook(run.roots, run.state, at: watch.look.now)
    try look.forEach(onObstacle: {
      run.complain(about: "problems-\($0.text)", $1.sentence)
    }) { found.append($0) }
    if !found.isEmpty {
      let box = try BoxLook(run.state, at: watch.look.now)
      for one in found { lookAfter(one, box) }
    }
    if run.isDry { return failure ?? .success }
    run.settle()
    try watch.keep("", with: run.drafts)
    if let failure { return failure }
    try watch.touch(in: run.state, with: run.drafts)
    return .success
  }

  private func lookAfter(_ found: TroubleFound, _ box: BoxLook) {
    // One complaint, for two of one key would take turns and be told each second.
    if !found.complaints.isEmpty {
      run.complain(
        about: "of-\(found.name.text)", found.complaints.joined(separator: "; "))
    }
    do throws(Failure) {
      try carryOut(found.trouble.plan(box.surroundings(of: found), at: watch.look.now), found, box)
    } catch {
      if !(error.systemError?.isOfOneName ?? false) { failure = failure ?? error.code }
      run.complain(
        about: "failed-\(found.name.text)", error.sentence, level: .error)
    }
  }

  private func carryOut(_ plan: Plan, _ found: TroubleFound, _ box: BoxLook) throws(Failure) {
    _ = run.would("\(found.name.text): \(plan.words(found))")
    switch plan {
    case .over(let proof):
      if !run.isDry { try run.close(found, proof) }
    case .solving, .pause, .marked: return
    case .waits(let rest): complain(of: rest, found, box)
    case .nobodyCan:
      run.complain(
        about: "unsolvable-\(found.name.text)",
        "nothing can solve \(found.name.text): write \(run.roots.config)/programs/\(found.name.text), which runs it, or "
          + "\(run.roots.config)/solutions/\(found.name.text), which mends it")
    case .tried:
      guard var record = found.record, !run.isDry else { return }
      // Not what was watched before it was started.
      let since = watch.look.now.monotonic - record.attempt.time
      record.attempt.waited += min(watch.look.counted, max(since, .zero))
      try attempts.keep(record, for: found.name)
    case .tryAnew(let count):
      if run.isDry { return }
      let attempt = Attempt(
        count: count, phase: .tried, time: watch.look.now.monotonic, waited: .zero,
        beat: found.trouble.beat.date, restart: box.restart.identity)
      try attempts.keep(AttemptNote(solver: nil, attempt: attempt), for: found.name)
    case .kill(let count): try kill(found, count: count)
    case .begin(let count):
      guard begun < SolveProblems.most, !run.isDry else { return }
      begun += 1
      try begin(found, count: count, restart: box.restart.identity)
    }
  }

  /// Says why nothing is begun. How much is left of a hold is no part of that, or it would be new each second.
  private func complain(of rest: Plan.Wait, _ found: TroubleFound, _ box: BoxLook) {
    let reason = found.hold.map { " (\($0.reason))" } ?? ""
    var key = "standstill"
    let sentence: String
    switch rest {
    case .restart: sentence = "the system is being restarted: solving nothing meanwhile"
    case .hold where box.hold != nil: sentence = "on hold\(reason): solving nothing"
    case .hold:
      key = "standstill-\(found.name.text)"
      sentence = "\(found.name.text) is on hold\(reason): leaving it alone"
    }
    run.complain(about: key, sentence, level: .notice)
  }

  // MARK: Attempts

  /// Starts a solver. It notes itself before it becomes one, while we have the turn: so however this run ends,
  /// there are neither two of them nor one that nobody knows of.
  private func begin(_ found: TroubleFound, count: Int, restart: Duration?) throws(Failure) {
    let name = found.name
    if let crashed = found.record?.solver { try endLeftovers(of: crashed, name) }
    let stamp = try Stamp(in: run.state, keep: true)
    let key = Key.make(name, in: run.state)
    let command = [ThisProcess.executable, "--solve", name.text]
    try attempt(to: "run \(command[0])") { () throws(SystemError) in
      let child = try Child(command, apart: .session) { () throws(SystemError) in
        let attempt = Attempt(
          count: count, phase: .solving, time: Clock.monotonic, waited: .zero,
          beat: found.trouble.beat.date, restart: restart)
        try attempts.begin(
          AttemptNote(solver: ProcessIdentity.own(), attempt: attempt), for: name)
        Priority.raiseSession()
        Belonging.program(of: name, stamp, key: key).export(run.roots)
        ThisProcess.lookBesideFirst()
      }
      _ = consume child
    }
  }

  private func kill(_ found: TroubleFound, count: Int) throws(Failure) {
    guard var record = found.record, let solver = record.solver, !run.isDry else { return }
    let name = found.name
    let words =
      "solving \(name.text) (process \(solver.pid)) takes longer than "
      + "\(found.trouble.limits.solveTime.wholeSeconds) s"
    let isGone = try attempt(to: "kill process \(solver.pid)") { () throws(SystemError) in
      try Session.kill(ledBy: solver)
      let deadline = Clock.monotonic + .milliseconds(200)
      return try ProcessDescriptor.waitForEnd(of: solver, untilMonotonic: deadline)
    }
    guard isGone else { throw Failure(.tryLater, "\(words) and cannot be killed: waiting for it") }
    try endLeftovers(of: solver, name)
    record.end(.failed)
    try attempts.keep(record, for: name)
    run.note(.failed, name, why: words, attempt: count)
    run.say(.error, "\(words): killed")
  }

  /// Ends what a solution started, after its solver was killed: those that are in the solver's session still
  /// and have in their environment that they were started for this problem.
  private func endLeftovers(of solver: ProcessIdentity, _ name: Name) throws(Failure) {
    let stamp = try Stamp(in: run.state, keep: true)
    try attempt(
      to: "end what process \(solver.pid) left behind",
      Session.kill(
        leftBy: solver.pid,
        having: ["\(Stamp.solverVariable)=\(stamp.text)", "\(Stamp.heartVariable)=\(name.text)"]))
  }
}

/// How it is with the whole box, as far as single problems are concerned.
public struct BoxLook: Sendable {
  /// How much is left of a hold of the box, and why; nil when there is none.
  public let hold: HoldNote.Left?
  /// The last run of restart-system.
  public let restart: LastRestart
  /// Whether the box stood down.
  public let isResting: Bool

  /// Looks.
  public init(_ state: borrowing StateFolder, at now: Moment) throws(Failure) {
    hold = try HoldNote.left(in: state, at: now.monotonic)
    restart = try LastRestart.read(in: state)
    isResting = try StandingDownNote.read(in: state) != nil
  }

  /// As the rules want it, for one problem.
  public func surroundings(of found: TroubleFound) -> Surroundings {
    found.surroundings(restart, isResting: isResting)
  }
}
