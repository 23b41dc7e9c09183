#if !TINY
import Rules

/// Time in which all is well is skipped: what each second would bring is known.
extension World {
  var isQuiet: Bool {
    guard lastTick != nil, now - lastFault > 5000, now >= cronFrom, cronUntil == .max,
      now >= noProcessUntil,
      restart == nil, clockFight == nil, restartNature == .fine, !clerk.works, clerk.marker != nil,
      disk.mode == .fine, state.due == nil, state.stoodDown == nil, !feeder.isNoted,
      feeder.holds || box.deviceTimeout == nil, state.record != nil, now >= feeder.backAt
    else { return false }
    for index in programs.indices {
      guard programs[index].nature == .well, programs[index].runs, solvers[index] == nil,
        state.problems[index] == nil, state.pids[index] == programs[index].pid,
        programs[index].hasBeaten || box.members[index].limit == nil
      else { return false }
    }
    for tool in tools where tool.mode != .fine || tool.look != nil { return false }
    return Tool.allCases.allSatisfy { now - judge.lastGood[$0.rawValue] < 1500 }
  }

  /// Goes on to `end` as if each second had been worked through.
  mutating func skip(to end: Milliseconds) {
    let before = now
    let seconds = (end - now) / 1000
    guard seconds > 0 else { return }
    now += seconds * 1000
    let time = Duration.seconds(seconds)
    state.markVigil = state.markVigil.map { World.continued($0, by: time) }
    state.solveVigil = state.solveVigil.map { World.continued($0, by: time) }
    state.checkVigil = state.checkVigil.map { World.continued($0, by: time) }
    lastTick = lastTick.map { $0 + time }
    judge.skipped(time, now)
    for index in Tool.allCases.map({ $0.rawValue }) { state.alive[index] = fileDate }
    feeder.fedAt = now
    for index in programs.indices where programs[index].nextBeat < now {
      let period = box.members[index].period
      programs[index].lastBeat = now - random.below(min(period, now - before))
      programs[index].nextBeat = programs[index].lastBeat + period
      state.beats[index]?.date = .milliseconds(programs[index].lastBeat + offset)
      // What is remembered stays: the next look sees another beat, and judges by it whether a start was answered.
      judge.beat(index)
      judge.truths[index].silent = .milliseconds(now - programs[index].lastBeat)
    }
    callClerk()
    sendClerk()
  }

  private static func continued(_ vigil: Vigil, by time: Duration) -> Vigil {
    var vigil = vigil
    vigil.lastLook += time
    vigil.watched += time
    return vigil
  }
}

extension Judge {
  mutating func skipped(_ time: Duration, _ now: Milliseconds) {
    lastMark = lastMark.map { $0 + time }
    lastCheck = lastCheck.map { $0 + time }
    lastGood = [now, now, now]
    for index in truths.indices {
      truths[index].silent += time
      truths[index].started = truths[index].started.map { $0 + time }
    }
  }
}
#endif
