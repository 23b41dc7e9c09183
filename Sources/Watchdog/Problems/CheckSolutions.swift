import Linux
import Rules

/// What check-solutions does in a run: sees to it that problems do not grow old.
public struct CheckSolutions: ~Copyable {
  private let roots: Roots
  private let state: StateFolder
  private let problems: Problems
  private let drafts: Drafts
  private let watch: Watch
  private let last: Memories<Unsolved>
  private var memories = Memories<Unsolved>()
  private var restartTime = RestartTime()
  private var complaints: Complaints
  private let report: Report
  private let isDry: Bool

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots, isDry: isDry)
    let problems = try Problems(in: state)
    let drafts = try Drafts(of: report.tool, in: state)
    let watch = try Watch(of: report.tool, in: state)
    let complaints = try Complaints(report, in: state, isDry: isDry)
    self.roots = roots
    self.state = state
    self.problems = problems
    self.drafts = drafts
    self.watch = watch
    last = self.watch.memories(of: Unsolved.self)
    self.complaints = complaints
    self.report = report
    self.isDry = isDry
  }

  /// Looks at the problems, and takes the next rung of the ladder when one is too old.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public mutating func run() throws(Failure) -> ExitCode {
    var result = ExitCode.success
    do throws(Failure) {
      try mend()
    } catch {
      // What cannot do its work is not alive. A reboot that is due comes by this as well.
      complaints.raise(about: "restart-system", error.sentence, level: .error, drafts: drafts)
      result = error.code
    }
    if isDry { return result }
    complaints.settle()
    try watch.keep("\(restartTime.line)\(memories.text)", with: drafts)
    if result == .success { try watch.touch(in: state, with: drafts) }
    return result
  }

  private var now: Moment { watch.look.now }

  private mutating func mend() throws(Failure) {
    // The box's uptime is written down, from which its running time is summed up.
    if watch.hasPassed(.seconds(3600)), !isDry { report.journal.callClerk(roots) }
    let run = try SystemRestart.lastRun(in: state)
    // Nothing else is looked at while a box is well.
    if try problems.areNone(), try RebootDue.read(in: state) == nil,
      try StandDown.read(in: state) == nil, !run.isRunning
    {
      return
    }
    let ladder = try LadderState(roots, state, at: now)
    let hold = try HoldNote.read(in: state, now: now.monotonic)?.hold.rest(at: now.monotonic)
    let cases = try lookAtProblems(ladder, run, hold)
    if ladder.reboots == .notReadYet || ladder.whyUncounted != nil,
      now.monotonic.wholeSeconds % 10 == 0
    {
      report.journal.callClerk(roots)
    }
    try endStandDown(ladder, cases)
    if let due = ladder.due { return try decide(due, ladder, cases, isHeld: hold != nil) }
    if hold != nil { return }
    if case .runs(let process, let begun) = run {
      try superviseRestart(run, process, begun: begun, ladder, cases)
    } else {
      try climb(cases.filter { $0.isDue }, ladder, after: run, prefix: "")
    }
  }

  // MARK: Problems

  /// A problem, as far as the ladder is concerned.
  private struct Case {
    let found: TroubleFound
    /// How many restarts of everything there were while it stood.
    let restarts: Int
    let reach: Step
    /// Whether the next rung is due for it.
    let isDue: Bool
    /// By how much it is too old.
    let overdue: Duration
    /// Whether the ladder would go on for it, if it stayed unsolved.
    let climbs: Bool
  }

  private mutating func lookAtProblems(
    _ ladder: LadderState, _ run: SystemRestart.LastRun, _ hold: Duration?
  ) throws(Failure) -> [Case] {
    var cases: [Case] = []
    var told: [(Name, Failure)] = []
    let look = try TroubleLook(roots, state, at: now)
    try look.forEach(onObstacle: { told.append(($0, $1)) }) { found throws(Failure) in
      let box = Surroundings(
        hold: hold ?? found.hold?.rest, restart: run.identity, isRestarting: run.isRunning,
        isResting: ladder.stoodDown != nil)
      let plan = found.trouble.plan(box, at: now)
      let unsolved = Unsolved.next(
        after: last[found.name], noticed: found.noticed, found.trouble, plan, box,
        resumed: ladder.resumed, counted: watch.look.counted)
      memories.append(found.name, unsolved)
      if case .over(let proof) = plan {
        if try !isSolving() {
          try Closing(roots, report, isDry: isDry).close(found, proof, state)
        }
        return
      }
      cases.append(
        Case(
          found: found, restarts: unsolved.restarts, reach: found.trouble.reach,
          isDue: unsolved.isDue(found.trouble) && box.hold == nil,
          overdue: unsolved.time - found.trouble.solveWithin,
          climbs: found.trouble.reach.rawValue >= Step.restart.rawValue))
    }
    for (name, failure) in told {
      complaints.raise(about: "problems-\(name.text)", failure.sentence, drafts: drafts)
    }
    cases.sort { $0.overdue > $1.overdue }
    return cases
  }

  /// Whether solve-problems is at work, which closes what is over.
  private borrowing func isSolving() throws(Failure) -> Bool {
    let alive = try state.status(of: "\(StateFolder.Part.alive.name)/solve-problems")?.modified
    return alive.map { (now.realtime - $0).magnitude < .seconds(3) } ?? false
  }

  // MARK: Rungs

  /// Takes the next rung for the first of these problems that has one.
  ///
  /// - Parameter prefix: what else has to be said of why.
  private mutating func climb(
    _ cases: [Case], _ ladder: LadderState, after run: SystemRestart.LastRun, prefix: String
  ) throws(Failure) {
    for one in cases {
      let found = one.found
      let restarts = ladder.countOfRestarts(
        for: found.name, noticed: found.noticed, seen: one.restarts, at: now)
      let rung = ladder.next(restarts: restarts, reach: one.reach, at: now)
      let reason =
        "\(prefix)problem \(found.name.text) is unsolved for more than "
        + "\(found.trouble.solveWithin.wholeSeconds) s"
      if isDry {
        Console.write("\(rung.words(roots, reason, ladder))\n")
        return
      }
      let climb = Climb(roots, report, ladder, found.name, noticed: found.noticed, at: now)
      switch try climb.take(rung, reason, restarts: restarts, after: run, state, drafts) {
      case .done: return
      case .waits(let why):
        complaints.raise(about: "ladder-\(found.name.text)", why, drafts: drafts)
      }
    }
  }

  /// What comes of a reboot that was decided on.
  private mutating func decide(
    _ due: RebootDue, _ ladder: LadderState, _ cases: [Case], isHeld: Bool
  ) throws(Failure) {
    let isWanted = due.isTest || cases.contains { $0.reach == .reboot && $0.climbs && $0.isDue }
    let order = Due(
      decided: due.decided, isCounted: ladder.isCounted || due.isTest, isLeft: due.isLeft
    ).order(
      isWanted: isWanted, isHeld: isHeld && !due.isTest, ladder: ladder.ladder,
      uptime: now.monotonic)
    if isDry {
      Console.write("\(order.words(due))\n")
      return
    }
    switch order {
    case .waitForCount: report.journal.callClerk(roots)
    case .leave: throw try Climb.leave(due, roots, state, report)
    case .callOff: try Climb.callOff(due, roots, state, report)
    case .tooEarly:
      report.journal.callClerk(roots)
      let why = ladder.whyUncounted ?? "the disk has not answered"
      complaints.raise(
        about: "ladder",
        "\(due.why): rebooting not before the box has been up for "
          + "\(ladder.ladder.leastTimeBetweenUncountedReboots.wholeSeconds) s, because reboots cannot be counted: "
          + why, drafts: drafts)
    }
  }

  private mutating func endStandDown(_ ladder: LadderState, _ cases: [Case]) throws(Failure) {
    guard let stood = ladder.stoodDown, ladder.base != nil || cases.isEmpty else { return }
    let end = StandingDown(since: stood.since ?? .zero).end(
      isAnyClimbing: cases.contains { $0.climbs }, running: ladder.running(at: now),
      window: ladder.ladder.rebootsWindow)
    guard let end else { return }
    if isDry {
      Console.write("would end standing down: \(end.words)\n")
      return
    }
    try state.remove(StandDown.file)
    Incident(
      .rested(how: end == .proven ? .proven : .window), by: "check-solutions", why: end.words
    )
    .note(roots, report)
    report.journal.callClerk(roots)
    report.say(.notice, "\(end.words): the ladder goes on")
  }

  // MARK: restart-system

  private mutating func superviseRestart(
    _ run: SystemRestart.LastRun, _ process: ProcessIdentity, begun: Duration,
    _ ladder: LadderState, _ cases: [Case]
  ) throws(Failure) {
    let limit = Settings.read(.restartWithin, roots, complaints: &complaints, drafts: drafts)
    restartTime = RestartTime(after: watch.special, begun: begun, counted: watch.look.counted)
    guard restartTime.time > limit else { return }
    let words =
      "restart-system (process \(process.pid)) has not ended within \(limit.wholeSeconds) s"
    if isDry {
      Console.write("\(words): would kill it and climb on\n")
      return
    }
    try attempt(to: "kill process \(process.pid)") { () throws(SystemError) in
      do throws(SystemError) {
        try Session.kill(ledBy: process)
      } catch {
        if error != .noSuchProcess { throw error }
      }
    }
    let isGone = try attempt(to: "look at process \(process.pid)") { () throws(SystemError) in
      let deadline = Clock.monotonic + .milliseconds(500)
      return try ProcessDescriptor.waitForEnd(of: process, untilMonotonic: deadline)
    }
    guard isGone else {
      // It waits in the kernel. Another one beside it would only join it there.
      throw Failure(.tryLater, "\(words) and cannot be killed: waiting for it")
    }
    report.say(.error, "\(words) and was killed")
    // It may have ended what was well, so whoever is down climbs, due or not; what is held does not.
    try climb(
      cases.filter { $0.climbs && $0.found.hold == nil }, ladder, after: run,
      prefix: "\(words) and was killed; ")
  }
}
