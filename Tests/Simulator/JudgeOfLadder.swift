#if !TINY
import Rules

/// What the ladder promises.
extension World {
  /// (L) Every lasting fault is answered within its bound of watched time.
  mutating func endChecking(_ look: Look) {
    let gap = judge.lastCheck.map { min(look.now.monotonic - $0, .seconds(2)) } ?? .zero
    judge.lastCheck = look.now.monotonic
    checkRest(gap)
    for index in judge.truths.indices {
      guard let problem = state.problems[index] else { continue }
      judge.truths[index].stands += gap
      let trouble = trouble(index, problem, at: look.now)
      let isHeld = surroundings(index, at: look.now).hold != nil
      guard trouble.reach.rawValue >= Step.restart.rawValue, !isHeld,
        state.stoodDown == nil, state.due == nil
      else {
        judge.truths[index].unsolved = .zero
        continue
      }
      judge.truths[index].unsolved += gap
      let bound = bound(index)
      if judge.truths[index].unsolved > bound + box.slack {
        violate(
          "L",
          "\(index) is unsolved for \(judge.truths[index].unsolved) since its last rung: the bound is \(bound)"
        )
      }
    }
    checkDue(look, gap)
  }

  private func bound(_ index: Int) -> Duration {
    let member = box.members[index]
    let bound = Bound(
      limit: .milliseconds(member.limit ?? 0),
      startLimit: .milliseconds(member.limit == nil ? 0 : member.startLimit),
      solveWithin: .milliseconds(member.solveWithin),
      restartWithin: .milliseconds(box.restartWithin),
      restarts: box.ladder.restartsBeforeReboot)
    // A problem that came after a restart of everything has its three tries, like the first one.
    return max(bound.firstRestart, bound.nextRung)
  }

  private mutating func checkDue(_ look: Look, _ gap: Duration) {
    guard let due = state.due else {
      judge.dueFor = .zero
      return
    }
    judge.dueFor += gap
    let rest = box.ladder.leastTimeBetweenUncountedReboots - look.now.monotonic
    let longest = RebootDue.patience + Bound.tick + box.slack
    if !due.isLeft, judge.dueFor > longest, rest < .zero - longest {
      violate("L", "a reboot is due for \(judge.dueFor), and the box is not left to its device")
    }
  }

  /// (C) Standing down ends by itself.
  private mutating func checkRest(_ gap: Duration) {
    guard state.stoodDown != nil else {
      (judge.rests, judge.restBoots) = (.zero, 0)
      return
    }
    judge.rests += gap
    // Of a boot that ended without a word, the last hour is not known.
    let longest =
      box.ladder.rebootsWindow + (box.hour + .seconds(100)) * (judge.restBoots + 1)
    if judge.rests > longest, state.record != nil {
      violate("C", "the box rests for \(judge.rests)")
    }
  }

  /// A rung was asked for.
  mutating func climbs(
    _ one: World.Case, _ rung: Ladder.Rung, _ position: Ladder.Position
  ) {
    let index = one.index
    switch rung {
    case .wait, .end:
      judge.truths[index].unsolved = .zero
      return
    case .restart, .reboot, .rollBack, .standDown: break
    }
    checkHold(index, "\(rung)")
    for other in judge.truths.indices { judge.truths[other].unsolved = .zero }
    let before = (state.restarts ?? []).filter { $0.member == index && $0.noticed == one.noticed }
    if rung == .restart, before.count >= box.ladder.restartsBeforeReboot {
      violate("L", "restart \(before.count + 1) for \(index), and no further rung")
    }
    let program = programs[index]
    // (S) Nothing well is restarted but for a problem that stands.
    if box.members[index].limit != nil, program.works, program.isWell,
      state.problems[index]?.detector == .heart, judge.truths[index].beatsSinceMark >= 3,
      clockFight == nil
    {
      violate(
        "S", "\(rung) for \(index), which beat \(judge.truths[index].beatsSinceMark) times since")
    }
    let least = one.trouble.limits.solveWithin - box.slack
    if judge.truths[index].stands < least, !judge.wasRestartKilled {
      violate("S", "\(rung) for \(index), which stands for \(judge.truths[index].stands) only")
    }
  }

  mutating func restarted(ran: Bool) {
    if judge.restarts >= 0 { judge.restarts += 1 }
  }

  mutating func left() {
    judge.leftAt = now
    if let due = state.due { checkHold(due.member, "the box is left to its device") }
  }

  /// (H) In a hold nothing is begun.
  mutating func checkHold(_ index: Int, _ words: String) {
    if [state.hold, state.holds[index]].contains(where: { $0.map { $0.end > monotonic } ?? false })
    {
      violate("H", "\(words) because of \(index), in a hold")
    }
  }

  /// (R) A feeder arms later after resets because the chain was stale.
  mutating func armed() {
    let here = judge.running + monotonic
    let count = judge.staleResets.filter { here - $0 <= box.ladder.rebootsWindow }.count
    guard judge.isDataTrusted, state.counted != .cannot else { return }
    if monotonic < ArmingDelay.delay(after: count) {
      violate("R", "armed after \(monotonic), and the chain was stale \(count) times")
    }
  }

  // MARK: Seconds and boots

  mutating func judgeSecond() {
    if let due = state.due, due.isLeft, feeder.holds, let timeout = box.deviceTimeout,
      let leftAt = judge.leftAt, now >= judge.disturbedUntil,
      now - max(leftAt, judge.disturbedUntil) > timeout + 15_000
    {
      violate("L", "the box is left to its device since \(leftAt), and was not reset")
    }
    if judge.restarts >= 0, state.restarts?.count ?? 0 != judge.restarts {
      violate("C", "\(judge.restarts) restarts, and \(state.restarts?.count ?? 0) are counted")
    }
    for index in judge.truths.indices { checkDown(index) }
  }

  /// (D) Nothing stays down that could come back.
  private mutating func checkDown(_ index: Int) {
    let (program, member) = (programs[index], box.members[index])
    guard let limit = member.limit, member.means != .none, program.isWell, !program.works,
      program.solving == .fine, now > judge.disturbedUntil, !isRestarting,
      surroundings(index, at: moment).hold == nil,
      reach(index).rawValue >= Step.solve.rawValue,
      now >= cronFrom
    else {
      judge.truths[index].down = .zero
      return
    }
    judge.truths[index].down += .seconds(1)
    let longest = max(limit, member.startLimit) * 2 + member.solveTime + 90_000
    if judge.truths[index].down > .milliseconds(longest) {
      violate("D", "\(index) could come back, and is down for \(judge.truths[index].down)")
    }
  }

  private func reach(_ index: Int) -> Step {
    let member = box.members[index]
    return Step.last(
      given: member.lastStep, detector: .heart, means: member.means,
      hasBeaten: beatFile(index).date != nil)
  }

  /// (R) Never more reboots of the ladder than allowed. (S) A box that is well is not reset. (C) A reboot counts once.
  mutating func leaveBoot(_ cause: World.BootCause) {
    guard boot > 1 else { return }
    let uptime = monotonic
    let here = judge.running + uptime
    judge.running = here
    checkCounts()
    guard cause == .device else { return }
    if state.due?.isLeft ?? false {
      // One that the disk did not take comes only after a long uptime, and on top of those that are counted.
      let isCounted =
        disk.record?.entries.contains { $0.boot == boot && $0.kind == .ladder } ?? false
      if isCounted { judge.ladderReboots.append(here) }
      let recent = judge.ladderReboots.filter { here - $0 <= box.ladder.rebootsWindow }
      judge.ladderReboots = recent
      if recent.count > box.ladder.rebootsBeforeStandingDown {
        violate("R", "\(recent.count) reboots of the ladder within its window of running")
      }
      return
    }
    let isCounted =
      disk.record.map { record in
        record.entries.contains { $0.boot == boot && $0.kind == .stale }
      } ?? false
    if isCounted { judge.staleResets.append(here) }
    // A box that is taken back in its last second is reset all the same: its feeder sees that a second later.
    let isTooLate = judge.takenBackAt.map { now - $0 <= 2000 } ?? false
    if now - judge.disturbedUntil > (box.deviceTimeout ?? 0) + 20_000, !isTooLate {
      violate("S", "the box is reset, and its chain was well")
    }
  }

  private mutating func checkCounts() {
    guard let record = disk.record else { return }
    let ours = record.entries.filter { $0.boot == boot }
    if ours.count > 1 { violate("C", "\(ours.count) reboots are counted for one boot") }
    let boots = record.entries.map { $0.boot }
    for (place, boot) in boots.enumerated() where boots[..<place].contains(boot) {
      violate("C", "boot \(boot) is counted twice")
    }
    let isOpen = disk.mode != .fine || clerk.works
    if let one = ours.first, !isOpen, now > judge.disturbedUntil {
      let isTrue = one.kind == .ladder ? state.due != nil : state.isNotFed
      if !isTrue { violate("C", "boot \(boot) is counted as \(one.kind), and was not") }
    }
  }
}
#endif
