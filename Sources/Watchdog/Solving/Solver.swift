import LinuxCalls
import Rules

/// One attempt to solve one problem, in a process of its own: `solve-problems --solve NAME`. It runs
/// solutions/NAME; where there is none it ends the program of the heart and starts it anew. Whether that helped is for
/// a beat to prove, or for a program without a heart that goes on running.
///
/// It has the stamp of the chain, so that a restart of everything ends it too.
public final class Solver {
  /// So long it is looked whether a program ends right after its start, unless it beats sooner.
  private static let probation: Duration = .seconds(1)

  private let name: Name
  private let run: Run
  private let problems: Problems
  private let attempts: Attempts
  /// What the program did before it was ended; nil where nothing ran of it.
  private var doing: String?

  /// What an attempt has come to.
  private enum Outcome {
    /// The program was started, or what ran as it was left to its beats: it is tried.
    case tried(Incident.Remedy, String)
    /// It is solved: the heart, or a person, says so.
    case solved(String)
  }

  /// Opens what is needed.
  public init(_ name: Name, _ roots: Roots, _ report: Report) throws(Failure) {
    run = try Run(roots, report, complains: false)
    problems = try Problems(in: run.state)
    attempts = try Attempts(in: run.state)
    self.name = name
  }

  private var roots: Roots { run.roots }
  private var state: StateFolder { _read { yield run.state } }

  /// Says what would be done.
  public func describe() -> ExitCode {
    Console.write(
      roots.means(for: name) == .solution
        ? "would run \(solution)\n" : "would end all of \(name.text) and start \(program)\n")
    return .success
  }

  /// Makes the attempt.
  ///
  /// - Throws: what stood in the way; the problem stays then.
  public func solve() throws(Failure) {
    var record = try begin()
    let begun = Clock.realtime
    var instants: [Incident.Instant] = []
    if let noticed = try? problems.read(name)?.date { instants.append((.noticed, noticed)) }
    instants.append((.began, begun))
    let count = record.attempt.count
    do throws(Failure) {
      let outcome = try solve(&record.attempt, &instants, begun: begun)
      try end(&record, .tried)
      try conclude(outcome, instants, count)
    } catch {
      run.note(.failed, name, why: error.sentence, instants: instants, attempt: count, doing: doing)
      record.attempt.beat = beatDate()
      try end(&record, .failed)
      throw Failure(error.code, "unable to solve \(name.text): \(error.sentence)")
    }
  }

  // MARK: The only one

  /// Notes this attempt, unless solve-problems, which started it, did so.
  private func begin() throws(Failure) -> AttemptNote {
    let own = try attempt(to: "read /proc", ProcessIdentity.own())
    let restart = try LastRestart.read(in: state)
    if let last = try attempts.read(name), last.solver == own {
      logToFile()
      // A restart of everything that was begun meanwhile ends all that has the stamp. We have it already, so
      // either we see that restart here, or it sees us.
      if restart.isRunning {
        throw Failure(.tryLater, "the system is being restarted: leaving \(name.text) to that")
      }
      return last
    }
    let turn = try Attempts.turn(in: state)
    try turn.claimInTurn()
    let last = try attempts.read(name)
    if let solver = last?.solver, !ProcessTable.isKnownGone(solver) {
      throw Failure(
        .tryLater, "unable to solve \(name.text): process \(solver.pid) is at it already")
    }
    let record = AttemptNote(
      solver: own,
      attempt: Attempt(
        count: (last?.attempt.count ?? 0) + 1, phase: .solving, time: Clock.monotonic,
        waited: .zero, beat: beatDate(), restart: restart.identity))
    try attempts.keep(record, for: name)
    return record
  }

  /// Where nobody looks, its words go to the log of the program. It is opened here and not by solve-problems, for its
  /// disk may hang.
  private func logToFile() {
    guard !Console.isTerminal(.error) else { return }
    if let log = LogFile.open(.file(roots.log(of: name)), for: nil, run.report) {
      try? ThisProcess.sendOutput(to: log)
    }
  }

  private func end(_ record: inout AttemptNote, _ phase: Attempt.Phase) throws(Failure) {
    record.end(phase)
    try attempts.keep(record, for: name)
  }

  // MARK: Solving

  private var solution: String { "\(roots.config)/solutions/\(name.text)" }
  private var program: String { "\(roots.config)/programs/\(name.text)" }

  /// Solves the problem.
  ///
  /// - Parameters:
  ///   - attempt: gets the last beat before the program was started.
  ///   - instants: what was done and when is added, also when it did not succeed.
  private func solve(
    _ attempt: inout Attempt, _ instants: inout [Incident.Instant], begun: Duration
  ) throws(Failure) -> Outcome {
    switch roots.means(for: name) {
    case .solution: return try runSolution(&attempt, begun: begun)
    case .program: return try restartProgram(&attempt, &instants)
    case .none:
      throw Failure(.configuration, "there is neither \(solution) nor \(program)")
    }
  }

  private func restartProgram(
    _ attempt: inout Attempt, _ instants: inout [Incident.Instant]
  ) throws(Failure) -> Outcome {
    // Looked at before anything is ended: what cannot be started again is better than nothing.
    try Trust.check(executable: program)
    var killing = try KillStamped(name, roots)
    let leftovers = Leftovers(name, roots, state)
    if leftovers.mayGoOn(
      try killing.areAny(), beat: beatDate(), attempt: attempt.count)
    {
      attempt.beat = beatDate()
      try leftovers.forgetProcess()
      sayBackground()
      return .tried(
        .unknown,
        "its process has ended, but what it started goes on: it has time to beat, and is left alone if it does "
          + "(does it go to the background?)")
    }
    let ranOutOfMemory = killing.ranOutOfMemory()
    keepEvidence(of: try killing.look())
    if ranOutOfMemory { doing = "memory: it was ended at its limit" }
    try endProgram(&killing, &instants)
    attempt.beat = beatDate()
    instants.append((.started, Clock.realtime))
    try startProgram(leftovers)
    let why = ranOutOfMemory ? ": it was ended at its memory limit" : ""
    return .tried(.started, "its program was started again\(why)")
  }

  private func endProgram(
    _ killing: inout KillStamped, _ instants: inout [Incident.Instant]
  ) throws(Failure) {
    do throws(Failure) {
      let (grace, endSignal) = teardown()
      try killing.run(grace: grace, endSignal: endSignal)
    } catch {
      instants += killing.instants
      throw error
    }
    instants += killing.instants
    for warning in killing.warnings { run.say(.warning, warning) }
  }

  private func startProgram(_ leftovers: borrowing Leftovers) throws(Failure) {
    let before = beatDate()
    // So far we came before those that compute; the program does not.
    Priority.restore()
    let started = try RunStamped(name, nil, output: .file(roots.log(of: name)), roots, run.report)
    // What beats runs.
    let end = try started.start(watchedFor: Solver.probation, until: { beatDate() != before })
    guard let end else { return }
    // What goes to the background says so by ending with 0 and leaving somebody behind.
    guard end == .exited(0), try KillStamped(name, roots).areAnyLeft() else {
      let cure =
        end == .exited(0)
        ? "it has to stay in the foreground" : "\(roots.log(of: name)) may say why"
      throw Failure(.software, "\(program) \(end.words) right after its start: \(cure)")
    }
    try leftovers.forgetProcess()
    sayBackground()
  }

  /// What only the program knows is gone when it is ended.
  private func keepEvidence(of found: [StampedProcess]) {
    let why = (try? problems.read(name))?.problem.reason ?? ""
    let bytes = Evidence(name: name, roots: roots)
      .all(of: found.map { $0.identity.pid }, in: StampedLook.groups(of: found), why: why)
    do throws(Failure) { try EvidenceStore.keep(name.text, bytes, in: state) } catch {
      run.say(.warning, error.sentence)
    }
    doing = found.isEmpty ? nil : Telling(bytes).kind
  }

  private func sayBackground() {
    run.say(
      .warning,
      "the process of \(name.text) has ended, but what it started goes on: does its program go to the background? Only "
        + "its beats are watched from now on")
  }

  private func runSolution(_ attempt: inout Attempt, begun: Duration) throws(Failure) -> Outcome {
    // Looked at before the program is asked for evidence.
    try Trust.check(executable: solution)
    // What the solution ends is its business; what has the stamp is known.
    var stamped = try? KillStamped(name, roots)
    keepEvidence(of: (try? stamped?.look()) ?? [])
    let stamp = try Stamp(in: state, keep: true)
    Priority.restore()
    let ran = try BoundedRun(
      [solution], as: .solution(of: name, stamp), roots,
      within: Settings.value(of: .solveTime, for: name, roots), keeping: nil, endsGroup: false)
    if let failure = ran.failure { throw Failure(ran.hasEnded ? .software : .tryLater, failure) }
    try run.noteStart(of: name, begun: begun)
    // A process that is noted still was not started by the solution.
    try Leftovers(name, roots, state).forgetProcessIfGone()
    // A heart that seldom beats may have beaten while its solution ran.
    if !roots.beatsSeldom(name) { attempt.beat = beatDate() }
    // Where a detector found it, that is asked whether it helped.
    let isJudged = (try? problems.read(name))?.problem.isOfDetector(name) ?? false
    return roots.hasHeart(name) || isJudged
      ? .tried(.solution, "\(solution) was run") : .solved("solved by \(solution)")
  }

  /// How the program is ended; what is wrong with its settings is told.
  private func teardown() -> (grace: Duration, endSignal: Signal) {
    guard let settings = try? Settings(roots) else {
      return (.seconds(Setting.grace.usual), .terminate)
    }
    let grace = settings.value(of: .grace, for: name) { [run] error, grace in
      run.say(.warning, "\(error.sentence): using \(grace.wholeSeconds) s")
    }
    do throws(Failure) {
      return (grace, try settings.read(.endSignal, for: name))
    } catch {
      run.say(.warning, "\(error.sentence): using TERM")
      return (grace, .terminate)
    }
  }

  private func beatDate() -> Duration? {
    let beats = try? state.openIfThere(.beats)
    return Beat(try? beats?.status(of: name.text), owner: roots.user(of: name)).date
  }

  // MARK: What comes of it

  private func conclude(
    _ outcome: Outcome, _ instants: [Incident.Instant], _ count: Int
  ) throws(Failure) {
    switch outcome {
    case .tried(let how, let why):
      run.note(.tried(how: how), name, why: why, instants: instants, attempt: count, doing: doing)
    case .solved(let why):
      let incident = Incident(
        .solved(how: .solution), name, by: "\(run.report.tool)", why: why, instants: instants,
        attempt: count)
      try problems.close(name, incident, roots, run.report, isDry: false)
    }
  }
}
