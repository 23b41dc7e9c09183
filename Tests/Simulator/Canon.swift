#if !TINY
import Rules

/// A state of the world as a number: times count from now, and what is long ago is all the same.
struct Canon {
  private var one: UInt64 = 0xCBF2_9CE4_8422_2325
  private var other: UInt64 = 0x9E37_79B9_7F4A_7C15

  struct Key: Hashable {
    let one: UInt64
    let other: UInt64
  }

  var key: Key { Key(one: one, other: other) }

  /// All thresholds of the small world are shorter.
  static let longest: Int64 = 150_000

  mutating func add(_ value: Int64) {
    let bits = UInt64(bitPattern: value)
    one = (one ^ bits) &* 0x0000_0100_0000_01B3
    one ^= one >> 29
    other = (other &+ bits) &* 0xBF58_476D_1CE4_E5B9
    other ^= other >> 31
  }

  mutating func add(_ value: Bool) { add(value ? 1 : 0) }

  mutating func add(_ time: Milliseconds, from now: Milliseconds) {
    add(time == .max ? .max : min(max(time - now, -Canon.longest), Canon.longest))
  }

  mutating func add(_ time: Duration?, from now: Duration) {
    guard let time else { return add(.min) }
    let (seconds, attoseconds) = (time - now).components
    let all = seconds * 1000 + attoseconds / 1_000_000_000_000_000
    add(min(max(all, -Canon.longest), Canon.longest))
  }

  mutating func add(_ time: Duration?) { add(time, from: .zero) }
}

extension World {
  /// All of it that decides what comes next.
  var canon: Canon.Key {
    var canon = Canon()
    for index in programs.indices { addMember(index, &canon) }
    addVigil(state.markVigil, &canon)
    addVigil(state.solveVigil, &canon)
    addVigil(state.checkVigil, &canon)
    for alive in state.alive { canon.add(alive, from: realtime) }
    canon.add(state.hold?.end, from: monotonic)
    canon.add(state.restart?.begun, from: realtime)
    canon.add(isRestarting)
    canon.add(state.restartTime?.time)
    for entry in state.restarts ?? [] {
      canon.add(Int64(entry.member))
      canon.add(entry.at, from: monotonic)
      canon.add(entry.noticed, from: realtime)
    }
    addLadder(&canon)
    canon.add(lastTick, from: monotonic)
    canon.add(cronFrom, from: now)
    canon.add(monotonic)
    canon.add(restart?.nextAt ?? .max, from: now)
    canon.add(restart?.hasEnded ?? false)
    canon.add(feeder.holds)
    canon.add(feeder.fedAt, from: now)
    canon.add(feeder.isNoted)
    canon.add(feeder.staleSince, from: monotonic)
    canon.add(judge.rests)
    canon.add(judge.leftAt ?? .max, from: now)
    canon.add(judge.dueFor)
    for reboot in judge.ladderReboots { canon.add(reboot, from: judge.running + monotonic) }
    canon.add(disturbedRest)
    return canon.key
  }

  private var disturbedRest: Int64 { max(judge.disturbedUntil - now, -Canon.longest) }

  private func addVigil(_ vigil: Vigil?, _ canon: inout Canon) {
    canon.add(vigil?.lastLook, from: monotonic)
    canon.add(vigil.map { $0.watched - $0.begun })
  }

  private func addLadder(_ canon: inout Canon) {
    canon.add(state.due?.decided, from: monotonic)
    canon.add(state.due?.isLeft ?? false)
    let running = running(at: moment)
    canon.add(state.stoodDown?.since, from: running)
    canon.add(disk.stoodDown?.since, from: running)
    for entry in disk.record?.entries ?? [] {
      canon.add(entry.kind == .ladder)
      canon.add(entry.boot == boot)
      canon.add(entry.at, from: running)
    }
    canon.add(disk.record.map { $0.boot == boot } ?? false)
    canon.add(disk.record.map { $0.base + $0.uptime }, from: running)
    canon.add(state.isNotFed)
    canon.add(state.counted == .counted(.ladder))
    canon.add(state.counted == nil)
  }

  private func addMember(_ index: Int, _ canon: inout Canon) {
    let program = programs[index]
    canon.add(program.runs)
    canon.add(program.isHung)
    canon.add(program.hasBeaten)
    canon.add(program.nature == .missing)
    canon.add(program.nextBeat, from: now)
    canon.add(state.pids[index] == program.pid)
    canon.add(state.beats[index]?.date, from: realtime)
    canon.add(state.problems[index]?.noticed, from: realtime)
    canon.add(state.problems[index]?.beat ?? nil, from: realtime)
    canon.add(state.starts[index], from: realtime)
    let attempt = state.attempts[index]?.attempt
    canon.add(Int64(min(attempt?.count ?? -1, 9)))
    canon.add(attempt.map { $0.phase == .tried } ?? false)
    canon.add(attempt.map { $0.phase == .proven } ?? false)
    canon.add(attempt?.time, from: monotonic)
    canon.add(attempt?.waited)
    canon.add(attempt?.beat, from: realtime)
    canon.add(attempt?.restart, from: realtime)
    let watched = state.markVigil?.watched ?? .zero
    canon.add(state.memories[index]?.since, from: watched)
    canon.add(state.memories[index]?.start?.since, from: watched)
    canon.add(state.memories[index]?.answered, from: realtime)
    canon.add(state.unsolved[index]?.time)
    canon.add(state.unsolved[index]?.waited)
    canon.add(Int64(state.unsolved[index]?.tries ?? -1))
    canon.add(solvers[index]?.nextAt ?? .max, from: now)
    addTruth(judge.truths[index], &canon)
  }

  private func addTruth(_ truth: Judge.Truth, _ canon: inout Canon) {
    canon.add(truth.silent)
    canon.add(truth.started)
    canon.add(truth.unsolved)
    canon.add(truth.down)
    canon.add(Int64(min(truth.beatsSinceMark, 3)))
  }
}
#endif
