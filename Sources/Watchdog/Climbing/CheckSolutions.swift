import LinuxCalls
import Rules

/// What check-solutions does in a run: sees to it that problems do not grow old.
public final class CheckSolutions {
  private let run: Run
  private let problems: Problems
  private let watch: Watch
  private let last: Memories<Unsolved>
  private var memories = Memories<Unsolved>()
  private var restartTime = RestartTime()

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    run = try Run(roots, report, isDry: isDry)
    problems = try Problems(in: run.state)
    watch = try Watch(of: report.tool, in: run.state)
    last = watch.last.memories(of: Unsolved.self)
  }

  /// Looks at the problems, and takes the next rung of the ladder when one is too old.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public func check() throws(Failure) -> ExitCode {
    var result = ExitCode.success
    do throws(Failure) {
      try mend()
    } catch {
      // What cannot do its work is not alive. A reboot that is due comes by this as well.
      run.complain(about: "restart-system", error.sentence, level: .error)
      result = error.code
    }
    if run.isDry { return result }
    run.settle()
    try watch.keep("\(restartTime.line)\(memories.text)", with: run.drafts)
    if result == .success { try watch.touch(in: run.state, with: run.drafts) }
    return result
  }

  private var now: Moment { watch.look.now }

  private func mend() throws(Failure) {
    // The box's uptime is written down, from which its running time is summed up.
    if watch.hasPassed(.seconds(3600)), !run.isDry { run.callClerk() }
    let last = try LastRestart.read(in: run.state)
    // Nothing else is looked at while a box is well.
    if try problems.areNone(), try RebootDueNote.read(in: run.state) == nil,
      try StandingDownNote.read(in: run.state) == nil, !last.isRunning
    {
      return
    }
    let ladder = try LadderState(run.roots, run.state, at: now)
    let isHeld = try HoldNote.left(in: run.state, at: now.monotonic) != nil
    let cases = try lookAtProblems(ladder, last)
    if ladder.reboots == .notReadYet || ladder.whyUncounted != nil,
      now.monotonic.wholeSeconds % 10 == 0
    {
      run.callClerk()
    }
    try endStandDown(ladder, cases)
    if let due = ladder.due { return try decide(due, ladder, cases, isHeld: isHeld) }
    if isHeld { return }
    if case .runs(let process, let begun) = last {
      try superviseRestart(last, process, begun: begun, ladder, cases)
    } else {
      try climb(cases.filter { $0.isDue && mayClimb($0, ladder) }, ladder, after: last, prefix: "")
    }
  }

  /// A threshold that cannot be read may be larger than the usual one. What fails once is waited for; what stays so does
  /// not keep the box from coming back.
  private func mayClimb(_ one: Case, _ ladder: LadderState) -> Bool {
    guard let unread = ladder.unread, one.overdue <= .seconds(60) else { return true }
    run.complain(about: "thresholds", "\(unread.sentence): climbing no further for a minute")
    return false
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

  private func lookAtProblems(
    _ ladder: LadderState, _ restart: LastRestart
  ) throws(Failure) -> [Case] {
    var cases: [Case] = []
    let look = try TroubleLook(run.roots, run.state, at: now)
    try look.forEach(onObstacle: complain) { found throws(Failure) in
      let box = found.surroundings(restart, isResting: ladder.stoodDown != nil)
      let plan = found.trouble.plan(box, at: now)
      let unsolved = Unsolved.next(
        after: last[found.name], noticed: found.noticed, found.trouble, plan, box,
        resumed: ladder.resumed, counted: watch.look.counted)
      memories.append(found.name, unsolved)
      if case .over(let proof) = plan {
        if try isSolving() { return }
        do throws(Failure) { try run.close(found, proof) } catch { complain(of: found.name, error) }
        return
      }
      cases.append(
        Case(
          found: found, restarts: unsolved.restarts, reach: found.trouble.reach,
          isDue: unsolved.isDue(found.trouble) && box.hold == nil,
          overdue: unsolved.time - found.trouble.limits.solveWithin,
          climbs: found.trouble.reach.rawValue >= Step.restart.rawValue))
    }
    cases.sort { $0.overdue > $1.overdue }
    return cases
  }

  private func complain(of name: Name, _ failure: Failure) {
    run.complain(about: "problems-\(name.text)", failure.sentence)
  }

  /// Whether solve-problems is at work, which closes what is over.
  private func isSolving() throws(Failure) -> Bool {
    let alive = try run.state.status(
      of: "\(StateFolder.Part.alive.name)/\(Tool.solveProblems.text)")?.modified
    return alive.map { (now.realtime - $0).magnitude < .seconds(3) } ?? false
  }

  // MARK: Rungs

  /// Takes the next rung for the first of these problems that has one.
  ///
  /// - Parameter prefix: what else has to be said of why.
  private func climb(
    _ cases: [Case], _ ladder: LadderState, after last: LastRestart, prefix: String
  ) throws(Failure) {
    for one in cases {
      let found = one.found
      let restarts = ladder.countOfRestarts(
        for: found.name, noticed: found.noticed, seen: one.restarts, at: now)
      let rung = ladder.next(restarts: restarts, reach: one.reach, at: now)
      let reason =
        "\(prefix)problem \(found.name.text) has been unsolved for more than "
        + "\(found.trouble.limits.solveWithin.wholeSeconds) s"
      if run.would(rung.words(run.roots, reason, ladder)) { return }
      let climb = Climb(
        run: run, ladder: ladder, name: found.name, noticed: found.noticed, now: now)
      switch try climb.take(rung, reason, restarts: restarts, after: last) {
      case .done: return
      case .waits(let why):
        run.complain(about: "ladder-\(found.name.text)", why)
      }
    }
  }

  /// What comes of a reboot that was decided on.
  private func decide(
    _ due: RebootDueNote, _ ladder: LadderState, _ cases: [Case], isHeld: Bool
  ) throws(Failure) {
    let isWanted = due.isTest || cases.contains { $0.reach == .reboot && $0.climbs && $0.isDue }
    let order = RebootDue(
      decided: due.decided, isCounted: ladder.isCounted || due.isTest, isLeft: due.isLeft
    ).order(
      isWanted: isWanted, isHeld: isHeld && !due.isTest, ladder: ladder.ladder,
      uptime: now.monotonic)
    if run.would(order.words(due)) { return }
    switch order {
    case .waitForCount: run.callClerk()
    case .leave: throw try Climb.leave(due, run)
    case .callOff: try Climb.callOff(due, run)
    case .tooEarly:
      run.callClerk()
      let why = ladder.whyUncounted ?? "the disk has not answered"
      run.complain(
        about: "ladder",
        "\(due.why): rebooting not before the box has been up for "
          + "\(ladder.ladder.leastTimeBetweenUncountedReboots.wholeSeconds) s, because reboots cannot be counted: "
          + why)
    }
  }

  private func endStandDown(_ ladder: LadderState, _ cases: [Case]) throws(Failure) {
    guard let stood = ladder.stoodDown, ladder.base != nil || cases.isEmpty else { return }
    let end = StandingDown(since: stood.since ?? .zero).end(
      isAnyClimbing: cases.contains { $0.climbs }, running: ladder.running(at: now),
      window: ladder.ladder.rebootsWindow)
    guard let end else { return }
    if run.would("would end standing down: \(end.words)") { return }
    try run.state.remove(StandingDownNote.file)
    run.note(.rested(how: end == .proven ? .proven : .window), why: end.words)
    run.callClerk()
    run.say(.notice, "\(end.words): the ladder goes on")
  }

  // MARK: restart-system

  private func superviseRestart(
    _ last: LastRestart, _ process: ProcessIdentity, begun: Duration,
    _ ladder: LadderState, _ cases: [Case]
  ) throws(Failure) {
    restartTime = RestartTime(after: watch.last.special, begun: begun, counted: watch.look.counted)
    let limit = run.value(of: .restartWithin, known: restartTime.limit)
    restartTime.limit = limit
    guard restartTime.time > limit else { return }
    let words =
      "restart-system (process \(process.pid)) did not exit within \(limit.wholeSeconds) s"
    if run.would("\(words): would kill it and take the next step") { return }
    try attempt(to: "kill process \(process.pid)", Session.kill(ledBy: process))
    let isGone = try attempt(
      to: "look at process \(process.pid)",
      ProcessDescriptor.waitForEnd(
        of: process, untilMonotonic: Clock.monotonic + .milliseconds(500)))
    guard isGone else {
      // It waits in the kernel. Another one beside it would only join it there.
      throw Failure(.tryLater, "\(words) and cannot be killed: waiting for it")
    }
    run.say(.error, "\(words) and was killed")
    // It may have ended what was well, so what is down climbs, due or not; what is held does not.
    try climb(
      cases.filter { $0.climbs && $0.found.hold == nil }, ladder, after: last,
      prefix: "\(words) and was killed; ")
  }
}
