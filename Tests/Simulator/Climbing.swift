#if !TINY
import Rules

// MARK: check-solutions

extension World {
  /// A problem, as far as the ladder is concerned.
  struct Case: Sendable {
    var index: Int
    var trouble: Trouble
    var unsolved: Unsolved
    var noticed: Duration
    var isDue: Bool
    var isHeld: Bool
    var climbs: Bool { trouble.reach.rawValue >= Step.restart.rawValue }
    var overdue: Duration { unsolved.time - trouble.limits.solveWithin }
  }

  /// As `CheckSolutions`.
  mutating func checkSolutions(_ look: Look, isKept: Bool) -> Bool {
    var unsolved: [Unsolved?] = Array(repeating: nil, count: programs.count)
    var restartTime: StatePlace.RestartTime?
    let isGood = mend(look, &unsolved, &restartTime)
    if isKept {
      state.checkVigil = look.vigil
      state.unsolved = unsolved
      state.restartTime = restartTime
      endChecking(look)
    }
    return isGood
  }

  private mutating func mend(
    _ look: Look, _ unsolved: inout [Unsolved?], _ restartTime: inout StatePlace.RestartTime?
  ) -> Bool {
    let seconds = look.now.monotonic.components.seconds
    let hour = box.hour.components.seconds
    if seconds / hour != (look.now.monotonic - look.counted).components.seconds / hour {
      callClerk()
    }
    if state.problems.allSatisfy({ $0 == nil }), state.due == nil, state.stoodDown == nil,
      !isRestarting
    {
      return true
    }
    let hold = state.hold?.rest(at: look.now.monotonic)
    let cases = lookAtProblems(look, &unsolved)
    if state.counted == .cannot || state.record == nil, seconds % 10 == 0 { callClerk() }
    endStandDown(cases, look)
    if state.due != nil { return decide(cases, isHeld: hold != nil, look) }
    if hold != nil { return true }
    if isRestarting {
      superviseRestart(cases, &restartTime, look)
    } else {
      climb(cases.filter { $0.isDue }, look)
    }
    return true
  }

  private mutating func lookAtProblems(_ look: Look, _ unsolved: inout [Unsolved?]) -> [Case] {
    var cases: [Case] = []
    let last = look.breach == .otherBoot ? [] : state.unsolved
    for index in programs.indices {
      guard let problem = state.problems[index] else { continue }
      let trouble = trouble(index, problem, at: look.now)
      let box = surroundings(index, at: look.now)
      let plan = trouble.plan(box, at: look.now)
      let next = Unsolved.next(
        after: last.isEmpty ? nil : last[index], noticed: problem.noticed, trouble, plan, box,
        resumed: state.resumed, counted: look.counted)
      unsolved[index] = next
      if case .over(let proof) = plan {
        let alive = state.alive[Tool.solve.rawValue]
        let age = alive.map { look.now.realtime - $0 } ?? .seconds(100)
        if age >= .seconds(3) || age <= .seconds(-3) { close(index, proof) }
        continue
      }
      cases.append(
        Case(
          index: index, trouble: trouble, unsolved: next, noticed: problem.noticed,
          isDue: next.isDue(trouble) && box.hold == nil, isHeld: box.hold != nil))
    }
    return cases.sorted { $0.overdue > $1.overdue }
  }

  // MARK: Rungs

  var rebootCount: Ladder.RebootCount {
    if state.counted == .cannot { return .cannotCount }
    guard let record = state.record else { return .notReadYet }
    return .known(
      record.reboots.count(.ladder, within: box.ladder.rebootsWindow, uptime: monotonic))
  }

  private mutating func climb(_ cases: [Case], _ look: Look) {
    for one in cases {
      let restarts = (state.restarts ?? []).map { entry in
        Ladder.Restart(
          age: look.now.monotonic - entry.at, isOfSame: entry.member == one.index,
          stands: entry.member == one.index && entry.noticed == one.noticed)
      }
      let count = box.ladder.count(restarts, seen: one.unsolved.restarts)
      let position = Ladder.Position(
        uptime: look.now.monotonic, restarts: count, reboots: rebootCount,
        device: state.isArmed ? .armed : .notArmed, isResting: state.stoodDown != nil)
      let rung = box.ladder.next(position, last: one.trouble.reach)
      climbs(one, rung, position)
      switch rung {
      case .wait, .end: continue
      case .restart: return takeRestart(one, look)
      case .reboot:
        state.due = StatePlace.DueFile(
          decided: look.now.monotonic, isLeft: false, member: one.index)
        callClerk()
        note("a reboot is due because of \(one.index)")
        return
      // The box of the simulator has nothing to go back to.
      case .rollBack: continue
      case .standDown:
        state.stoodDown = StandingDown(since: running(at: look.now))
        callClerk()
        note("the box stands down because of \(one.index)")
        return
      }
    }
  }

  func running(at now: Moment) -> Duration { (state.record?.base ?? .zero) + now.monotonic }

  private mutating func takeRestart(_ one: Case, _ look: Look) {
    var entry = StatePlace.RestartEntry(
      at: look.now.monotonic, member: one.index, noticed: one.noticed, ran: true)
    if restartNature == .cannotRun {
      entry.ran = false
      state.restarts = (state.restarts ?? []) + [entry]
      state.restart = StatePlace.RestartFile(begun: fileDate, pid: nil)
      restarted(ran: false)
      note("restart-system cannot be run")
      return
    }
    // What counts is done by the new process itself.
    guard hasProcess() else { return }
    startRestart()
    state.restarts = (state.restarts ?? []) + [entry]
    state.restart = StatePlace.RestartFile(begun: fileDate, pid: restart?.pid)
    restarted(ran: true)
    callClerk()
    note("restart-system runs because of \(one.index)")
  }

  private mutating func superviseRestart(
    _ cases: [Case], _ restartTime: inout StatePlace.RestartTime?, _ look: Look
  ) {
    let begun = state.restart?.begun ?? .zero
    var time: Duration = .zero
    if let last = state.restartTime, look.breach != .otherBoot, last.begun == begun {
      time = last.time + look.counted
    }
    restartTime = StatePlace.RestartTime(begun: begun, time: time)
    guard time > .milliseconds(box.restartWithin) else { return }
    note("restart-system is killed")
    restart = nil
    // It has ended what was well, and did not start it: whoever is down because of that may climb.
    judge.wasRestartKilled = true
    climb(cases.filter { $0.climbs && !$0.isHeld }, look)
    judge.wasRestartKilled = false
  }

  private mutating func decide(_ cases: [Case], isHeld: Bool, _ look: Look) -> Bool {
    guard let due = state.due else { return true }
    let isWanted = cases.contains { $0.trouble.reach == .reboot && $0.climbs && $0.isDue }
    let order = RebootDue(
      decided: due.decided, isCounted: state.counted == .counted(.ladder), isLeft: due.isLeft
    ).order(
      isWanted: isWanted, isHeld: isHeld, ladder: box.ladder, uptime: look.now.monotonic)
    switch order {
    case .waitForCount, .tooEarly: callClerk()
    case .leave:
      if !due.isLeft {
        note("the box is left to its device")
        left()
      }
      state.due?.isLeft = true
      return false
    case .callOff:
      judge.calledOff(at: now)
      state.due = nil
      callClerk()
      note("the reboot is called off")
    }
    return true
  }

  private mutating func endStandDown(_ cases: [Case], _ look: Look) {
    guard let stood = state.stoodDown, state.record != nil || cases.isEmpty else { return }
    let end = stood.end(
      isAnyClimbing: cases.contains { $0.climbs }, running: running(at: look.now),
      window: box.ladder.rebootsWindow)
    guard let end else { return }
    state.stoodDown = nil
    callClerk()
    note("standing down ends: \(end)")
  }
}
#endif
