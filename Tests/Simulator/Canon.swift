#if !TINY
import Rules

/// A state of the world as a number. Two worlds with the same one have the same future: what the judge says of it, and
/// the numbers of all that follows. So whatever a decision could tell apart is in it, and nothing else:
///
/// - Times count from now. The clocks differ by the same in all worlds, and each second begins at the same
///   millisecond of the true time, which is taken along.
/// - An age is counted no further than to the longest limit that it is ever compared with.
/// - Of two dates that are only compared with each other there is the answer, and not the dates.
/// - Numbers of processes and boots only tell whether two of them are the same.
///
/// What it leaves out for good is the same in each world that `Exhaust` comes to; `strayed` is asked for that.
struct Canon {
  private var one: UInt64 = 0xCBF2_9CE4_8422_2325
  private var other: UInt64 = 0x9E37_79B9_7F4A_7C15

  struct Key: Hashable {
    let one: UInt64
    let other: UInt64
  }

  var key: Key { Key(one: one, other: other) }

  mutating func add(_ value: Int64) {
    let bits = UInt64(bitPattern: value)
    one = (one ^ bits) &* 0x0000_0100_0000_01B3
    one ^= one >> 29
    other = (other &+ bits) &* 0xBF58_476D_1CE4_E5B9
    other ^= other >> 31
  }

  mutating func add(_ value: Bool) { add(value ? 1 : 0) }

  mutating func add(_ count: Int, most: Int) { add(Int64(min(count, most))) }

  /// When something comes next.
  mutating func add(next time: Milliseconds, _ now: Milliseconds) {
    add(time == .max ? .max : max(time - now, 0))
  }

  /// A time that is compared with nothing longer than `most`.
  mutating func add(_ time: Duration?, most: Duration) {
    guard let time else { return add(.min) }
    let (seconds, attoseconds) = min(time, most + .milliseconds(1)).components
    add(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
  }
}

extension World {
  /// All of it that decides what comes next.
  var canon: Canon {
    var canon = Canon()
    canon.add(now % 1000)
    // No number is drawn in the small world. If one were, no two states would be the same.
    canon.add(Int64(bitPattern: random.state))
    for index in programs.indices {
      addProgram(index, &canon)
      addHeart(index, &canon)
      addProblem(index, &canon)
      addAttempt(index, &canon)
      addUnsolved(index, &canon)
      addTruth(index, &canon)
    }
    addTools(&canon)
    addRestarts(&canon)
    addReboots(&canon)
    addBoot(&canon)
    addJudge(&canon)
    return canon
  }

  /// Why the canonical form is not made for this world; nil when it is.
  var strayed: String? {
    if disk.mode != .fine || clerk.works || clerk.isWaiting { return "the disk is not fine" }
    if tools.contains(where: { $0.mode != .fine || $0.look != nil }) { return "a tool is not fine" }
    if !faults.isEmpty || restartNature != .fine || clockFight != nil { return "a fault goes on" }
    if asleep != 0 || offset % 1000 != 0 { return "a clock was set" }
    if noProcessUntil > now || cronUntil != .max || feeder.backAt > now { return "cron stands" }
    // The judge lets things pass for so long after it, and that is over.
    if judge.disturbedUntil != 0 || now < 60_000 { return "the judge is disturbed" }
    if state.counted == .cannot || state.due != nil && state.counted != .counted(.ladder) {
      return "a reboot is not counted"
    }
    if state.resumed != nil || state.holds.contains(where: { $0 != nil }) { return "a person acts" }
    if state.memories.contains(where: { $0?.answered != nil }) { return "a start is answered" }
    if programs.contains(where: { $0.isBackground || $0.nextEnd != .max || $0.solving != .fine }) {
      return "a program is of another nature"
    }
    return nil
  }

  // MARK: The whole box

  /// When each tool looked last, and said that it is alive. A file's date is compared with the limits of the chain.
  private func addTools(_ canon: inout Canon) {
    canon.add(lastTick.map { monotonic - $0 }, most: .seconds(1))
    for vigil in [state.markVigil, state.solveVigil, state.checkVigil] {
      canon.add(vigil.map { monotonic - $0.lastLook }, most: Vigil.longestGap)
    }
    // Dates are told by a vigil back to its begin; what is older than all limits of hearts is late in any case.
    canon.add(state.markVigil.map { $0.watched - $0.begun }, most: box.longestLimit)
    for alive in state.alive { canon.add(alive.map { realtime - $0 }, most: box.chainLimit) }
    canon.add(clerk.isCalled)
    canon.add(clerk.marker == nil)
    canon.add(state.hold?.rest(at: monotonic), most: Hold.longest)
  }

  /// Restarts of everything. Those before the last one, of problems that are gone and longer ago than their window,
  /// count for nobody.
  private func addRestarts(_ canon: inout Canon) {
    canon.add(restart == nil)
    canon.add(next: restart?.nextAt ?? .max, now)
    canon.add(restart?.hasEnded ?? false)
    canon.add(isRestarting)
    canon.add(state.restartTime.map { $0.time }, most: .milliseconds(box.restartWithin))
    canon.add(state.restartTime.map { $0.begun == state.restart?.begun } ?? false)
    for entry in state.restarts ?? [] {
      let stands = state.problems[entry.member]?.noticed == entry.noticed
      let age = monotonic - entry.at
      guard stands || age <= box.ladder.restartsWindow else { continue }
      canon.add(Int64(entry.member))
      canon.add(stands)
      canon.add(age, most: box.ladder.restartsWindow)
    }
    canon.add(judge.restarts < 0)
    canon.add(Int64((state.restarts?.count ?? 0) - judge.restarts))
  }

  /// Reboots, on the disk and as they were read in this boot. One that is longer ago than the window is forgotten.
  private func addReboots(_ canon: inout Canon) {
    let window = box.ladder.rebootsWindow
    canon.add(state.due == nil)
    canon.add(state.due?.isLeft ?? false)
    canon.add(state.counted == nil)
    canon.add(state.counted == .counted(.ladder))
    canon.add(state.counted == .counted(.stale))
    canon.add(state.isNotFed)
    canon.add(state.stoodDown.map { running(at: moment) - $0.since }, most: window)
    addRecord(state.record, uptime: monotonic, &canon)
    // The next boot counts from what the disk says.
    addRecord(disk.record, uptime: disk.record?.uptime ?? .zero, &canon)
    canon.add(disk.record.map { $0.boot == boot ? monotonic - $0.uptime : .zero }, most: window)
    canon.add(
      disk.stoodDown.map { stood in
        (disk.record.map { $0.base + $0.uptime } ?? .zero) - stood.since
      }, most: window)
  }

  private func addRecord(_ record: Record?, uptime: Duration, _ canon: inout Canon) {
    guard let record else { return canon.add(.min) }
    canon.add(record.boot == boot)
    for entry in record.entries {
      let age = record.base + uptime - entry.at
      guard entry.boot == boot || age <= box.ladder.rebootsWindow else { continue }
      canon.add(entry.kind == .ladder)
      canon.add(entry.boot == boot)
      canon.add(age, most: box.ladder.rebootsWindow)
    }
    canon.add(.max)
  }

  /// The boot and the device. How long ago the boot was matters to a ladder that waits for `minimumUptime`, and to a
  /// feeder that has not armed the device yet: then by how often the chain was stale.
  private func addBoot(_ canon: inout Canon) {
    canon.add(next: cronFrom, now)
    canon.add(didReset && disk.record == nil)
    canon.add(monotonic, most: box.ladder.minimumUptime)
    if !feeder.holds { canon.add(monotonic, most: ArmingDelay.delay(after: .max)) }
    canon.add(state.isArmed)
    canon.add(feeder.holds)
    canon.add(.milliseconds(now - feeder.fedAt), most: .milliseconds(box.deviceTimeout ?? 0))
    canon.add(feeder.isNoted)
    // It is noted after four seconds.
    canon.add(feeder.staleSince.map { monotonic - $0 }, most: .seconds(4))
  }

  /// What the judge remembers of the box. Its own bounds end what it counts.
  private func addJudge(_ canon: inout Canon) {
    canon.add(judge.lastMark.map { monotonic - $0 }, most: .seconds(2))
    canon.add(judge.lastCheck.map { monotonic - $0 }, most: .seconds(2))
    canon.add(judge.rests, most: .seconds(100_000))
    canon.add(Int64(judge.restBoots))
    canon.add(judge.leftAt.map { .milliseconds(now - $0) }, most: .seconds(100))
    canon.add(judge.takenBackAt.map { .milliseconds(now - $0) }, most: .seconds(2))
    canon.add(state.due?.isLeft ?? true ? .zero : judge.dueFor, most: .seconds(100))
    canon.add(judge.isDataTrusted)
    let here = judge.running + monotonic
    for reboots in [judge.ladderReboots, judge.staleResets] {
      for reboot in reboots where here - reboot <= box.ladder.rebootsWindow {
        canon.add(here - reboot, most: box.ladder.rebootsWindow)
      }
      canon.add(.max)
    }
  }
}
#endif
