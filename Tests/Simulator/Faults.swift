#if !TINY
import Rules

/// Something that happens to a box.
struct Fault: Sendable {
  var at: Milliseconds
  var kind: Kind

  /// Whether it only ends what another one began.
  var isHelp: Bool {
    if case .startedByHand = kind { return true }
    return false
  }

  enum Kind: Sendable {
    /// A program has another nature from its next start on, and fails now.
    case breaks(Int, Program.Nature, Milliseconds)
    case mended(Int)
    /// It ends once.
    case killed(Int)
    case solving(Int, Program.Solving, Milliseconds)
    case solvingMended(Int)
    case tool(Tool, ToolRun.Mode, Milliseconds)
    case cronStops(Milliseconds)
    case noProcess(Milliseconds)
    case clockStep(Milliseconds)
    /// To the true time.
    case clockSet(Bool)
    case clockFight(by: Milliseconds, every: Milliseconds, Milliseconds)
    case fightEnds
    /// CLOCK_MONOTONIC stands still, CLOCK_REALTIME goes on.
    case suspend(Milliseconds)
    /// Nothing runs, and the clocks go on.
    case stall(Milliseconds)
    /// A virtual machine stands still, with both its clocks.
    case pause(Milliseconds)
    case powerCut
    case reboot
    case hold(Int?, Milliseconds)
    case resume
    case restart(World.RestartNature, Milliseconds)
    case restartMended
    case disk(DiskPlace.Mode, Milliseconds)
    case diskMended
    case dataLost
    case stateLost
    case feederKilled
    case detected(Int)
    case closedByHand(Int)
    /// If it does not work by then.
    case startedByHand(Int)
  }
}

extension World {
  enum RestartNature: Equatable, Sendable {
    case fine
    case hangs
    case cannotRun
  }

  mutating func apply(_ kind: Fault.Kind) {
    judge.faults += 1
    note("*** \(kind)")
    switch kind {
    case .breaks(let index, let nature, let time):
      programs[index].nature = nature
      fail(index)
      insert(Fault(at: now + time, kind: .mended(index)))
    case .mended(let index):
      programs[index].nature = .well
      helpLater(index)
    case .killed(let index):
      programs[index].stop()
      helpLater(index)
    case .startedByHand(let index): startByHand(index)
    case .solving(let index, let solving, let time):
      programs[index].solving = solving
      insert(Fault(at: now + time, kind: .solvingMended(index)))
    case .solvingMended(let index): programs[index].solving = .fine
    case .hold(let index, let time): hold(index, time)
    case .resume: resume()
    case .restart(let nature, let time):
      restartNature = nature
      insert(Fault(at: now + time, kind: .restartMended))
    case .restartMended: restartNature = .fine
    case .detected(let index): detect(index)
    case .closedByHand(let index):
      state.problems[index] = nil
      judge.closed(index)
    case .powerCut: boot(after: .powerCut)
    case .reboot: boot(after: .orderly)
    default: applyToBox(kind)
    }
  }

  private mutating func applyToBox(_ kind: Fault.Kind) {
    switch kind {
    case .tool(let tool, let mode, let time):
      tools[tool.rawValue].mode = mode
      tools[tool.rawValue].modeUntil = now + time
      judge.disturb(until: now + time)
    case .cronStops(let time):
      cronUntil = now
      cronFrom = now + time
      judge.disturb(until: now + time)
      insert(Fault(at: now + time, kind: .feederKilled))
    case .noProcess(let time):
      noProcessUntil = now + time
      judge.disturb(until: now + time)
    case .disk(let mode, let time):
      disk.mode = mode
      insert(Fault(at: now + time, kind: .diskMended))
    case .diskMended:
      disk.mode = .fine
      if clerk.works { clerk.endsAt = now }
    case .dataLost:
      disk = DiskPlace()
      judge.dataLost()
    case .stateLost:
      state = StatePlace(count: programs.count)
      clerk.marker = nil
      stateLost()
    case .feederKilled:
      cronUntil = .max
      feeder = Feeder(backAt: now, holds: feeder.holds, fedAt: feeder.fedAt)
    default: applyToClock(kind)
    }
  }

  private mutating func applyToClock(_ kind: Fault.Kind) {
    switch kind {
    case .clockStep(let by): offset += by
    case .clockSet: offset = 1_750_000_000_000
    case .clockFight(let by, let every, let time):
      clockFight = (by, every, now + every)
      insert(Fault(at: now + time, kind: .fightEnds))
    case .fightEnds: clockFight = nil
    case .suspend(let time):
      passUnnoticed(time)
      asleep += time
    case .stall(let time):
      now += time
      judge.disturb(until: now)
      for index in programs.indices { programs[index].wake(at: now + random.within(0, 300), time) }
    case .pause(let time):
      passUnnoticed(time)
      asleep += time
      offset -= time
    default: break
    }
  }

  /// Nothing runs, and nothing is late for it.
  private mutating func passUnnoticed(_ time: Milliseconds) {
    now += time
    feeder.fedAt += time
    noProcessUntil += time
    if cronFrom > now - time { cronFrom += time }
    for index in programs.indices {
      programs[index].shift(by: time)
      if solvers[index].map({ $0.nextAt != .max }) ?? false { solvers[index]?.nextAt += time }
    }
    if restart.map({ $0.nextAt != .max }) ?? false { restart?.nextAt += time }
    if clerk.endsAt != .max { clerk.endsAt += time }
    if clockFight != nil { clockFight?.next += time }
    for index in tools.indices {
      if tools[index].worksAt != .max { tools[index].worksAt += time }
      if tools[index].killedAt != .max { tools[index].killedAt += time }
    }
    judge.disturbedUntil += time
    judge.leftAt = judge.leftAt.map { $0 + time }
    for index in faults.indices { faults[index].at += time }
  }

  mutating func fightOverClock() {
    guard var fight = clockFight else { return }
    offset += fight.by
    fight.by = -fight.by
    fight.next += fight.every
    clockFight = fight
  }

  /// What its nature does to it, now.
  private mutating func fail(_ index: Int) {
    switch programs[index].nature {
    case .dies, .missing: programs[index].stop()
    case .hangs, .neverBeats:
      programs[index].isHung = true
      programs[index].nextBeat = .max
    case .daemonizes, .well: break
    }
  }

  private mutating func hold(_ index: Int?, _ time: Milliseconds) {
    let begin = Duration.seconds(monotonic.components.seconds)
    let hold = Hold(begin: begin, end: begin + .milliseconds(time / 1000 * 1000))
    if let index { state.holds[index] = hold } else { state.hold = hold }
  }

  /// What the chain does not mend a person mends some day.
  private mutating func helpLater(_ index: Int) {
    let member = box.members[index]
    let time = 1_200_000 + max(member.limit ?? 0, member.startLimit) * 3
    insert(Fault(at: now + time, kind: .startedByHand(index)))
  }

  private mutating func startByHand(_ index: Int) {
    guard !programs[index].works, solvers[index] == nil, !isRestarting else { return }
    start(index)
  }

  /// A detector notes a problem.
  private mutating func detect(_ index: Int) {
    guard state.problems[index] == nil else { return }
    state.problems[index] = StatePlace.ProblemFile(noticed: fileDate, detector: .other, beat: nil)
    judge.detected(index)
    insert(Fault(at: now + random.within(10, 1200) * 1000, kind: .closedByHand(index)))
  }
}

extension Program {
  /// It goes on after a stall: what was due meanwhile comes now.
  mutating func wake(at now: Milliseconds, _ time: Milliseconds) {
    startedAt += time
    lastBeat += time
    nextBeat = max(nextBeat, now)
    nextEnd = max(nextEnd, now)
  }
}

// MARK: What may happen

extension Random {
  /// Some faults, the first at `begin`.
  mutating func episode(_ box: Box, at begin: Milliseconds) -> [Fault] {
    var at = begin
    return (0..<within(1, 4)).map { _ in
      defer { at += pick([0, 700, 5000, 30_000, 120_000, 600_000]) + below(1000) as Milliseconds }
      return Fault(at: at, kind: fault(box))
    }
  }

  private mutating func span() -> Milliseconds {
    within(1, 1000) * pick([3, 10, 60, 60, 300, 3600])
  }

  private mutating func fault(_ box: Box) -> Fault.Kind {
    let index = Int(below(Int64(box.members.count)))
    switch below(24) {
    case 0...5: return .breaks(index, nature(), chance(5) ? span() * 50 : span())
    case 6: return .killed(index)
    case 7:
      return .solving(
        index, pick([.slow(within(100, 30_000)), .hangs, .crashes, .fails, .lies]), span())
    case 8, 9:
      let mode: ToolRun.Mode = pick([
        .killed(early: true), .killed(early: false), .hangs, .slow(within(100, 4900)),
        .fails(keepsVigil: true), .fails(keepsVigil: false), .stutters,
      ])
      return .tool(pick(Tool.allCases), mode, span())
    case 10: return .cronStops(within(2, 300) * 1000)
    case 11: return .noProcess(within(1, 60) * 1000)
    case 12:
      return .clockStep(
        pick([-1, 1]) * pick([450, 1500, 5000, 60_000, 3_600_000, 10_000_000_000]))
    case 13:
      let by: Milliseconds = pick([450, 900, 1500, 5000, 3_600_000])
      let every: Milliseconds = pick([1500, 4000, 10_000, 31_000])
      return .clockFight(by: chance(50) ? by : -by, every: every, span())
    case 14: return .suspend(span())
    case 15: return chance(50) ? .stall(within(1, 90) * 1000) : .pause(span())
    case 16: return chance(70) ? .powerCut : .reboot
    case 17: return .hold(chance(50) ? index : nil, span())
    case 18: return .resume
    case 19: return .restart(pick([.hangs, .cannotRun]), span())
    case 20, 21:
      return .disk(pick([.slow(within(100, 20_000)), .hangs, .takesNothing]), span())
    case 22: return pick([.stateLost, .feederKilled, box.tellsReset ? .dataLost : .resume])
    default: return .detected(index)
    }
  }

  private mutating func nature() -> Program.Nature {
    let time: Milliseconds = pick([200, 1000, 12_000, 30_000, 31_000, 40_000, 200_000])
    return switch below(6) {
    case 0: .hangs(after: time)
    case 1, 2: .dies(after: time)
    case 3: .neverBeats
    case 4: .daemonizes(after: within(100, 900))
    default: .missing
    }
  }
}
#endif
