#if !TINY
import Rules

/// The process that carries counts to the disk. One works and one waits.
struct ClerkRun: Sendable {
  var isCalled = false
  var isWaiting = false
  var endsAt: Milliseconds = .max
  var works = false
  /// When one was here last.
  var marker: Milliseconds?
}

extension World {
  mutating func callClerk() { clerk.isCalled = true }

  /// At the end of a tool's run.
  mutating func sendClerk() {
    guard clerk.isCalled, hasProcess() else { return }
    clerk.isCalled = false
    if clerk.works {
      clerk.isWaiting = true
      return
    }
    beginClerk()
  }

  private mutating func beginClerk() {
    switch disk.mode {
    case .fine, .takesNothing: carry()
    case .slow(let time):
      clerk.works = true
      clerk.endsAt = now + time
    case .hangs:
      clerk.works = true
      clerk.endsAt = .max
    }
  }

  mutating func endClerk() {
    clerk.works = false
    clerk.endsAt = .max
    carry()
    if clerk.isWaiting {
      clerk.isWaiting = false
      beginClerk()
    }
  }

  /// As `Ledger.carry`.
  private mutating func carry() {
    clerk.marker = now
    let takes = disk.mode != .takesNothing
    guard let record = load() else {
      state.counted = .cannot
      return
    }
    let kind = Reboots.kind(due: state.due.map { _ in false }, isNotFed: state.isNotFed)
    var base = record
    if let kept = disk.record, kept.boot == record.boot {
      base.entries += kept.entries.filter { $0.boot == record.boot }
    }
    var wanted = base
    wanted.uptime = monotonic
    wanted.entries.removeAll { $0.boot == boot }
    wanted.entries += base.reboots.settled(kind, uptime: monotonic).entries
      .filter { $0.isOfThisBoot }.map { Record.Entry(at: $0.at, kind: $0.kind, boot: boot) }
    let isOld = disk.record.map { wanted.uptime - $0.uptime > box.hour / 2 } ?? true
    if disk.record?.entries != wanted.entries || isOld || disk.record?.boot != wanted.boot {
      guard takes else {
        state.counted = .cannot
        return
      }
      disk.record = wanted
    }
    state.counted = .counted(kind)
    carryTheRest(takes)
  }

  private mutating func carryTheRest(_ takes: Bool) {
    let hasRestarts = disk.restartsBoot == boot ? disk.restarts : nil
    if disk.stoodDown == state.stoodDown, hasRestarts == state.restarts { return }
    guard takes else {
      state.counted = .cannot
      return
    }
    disk.stoodDown = state.stoodDown
    disk.restarts = state.restarts
    disk.restartsBoot = boot
  }

  private mutating func load() -> Record? {
    if let record = state.record, record.boot == boot { return record }
    let last = disk.record
    if last == nil, didReset, box.tellsReset { return nil }
    let base = last.map {
      Reboots.base(after: $0.base, uptime: $0.uptime, isOfThisBoot: $0.boot == boot)
    }
    let record = Record(
      boot: boot, base: base ?? .zero, uptime: .zero, entries: last?.entries ?? [])
    if let stood = disk.stoodDown { state.stoodDown = stood }
    if state.restarts == nil, disk.restartsBoot == boot { state.restarts = disk.restarts }
    state.record = record
    return record
  }

  /// As `Resumption`.
  mutating func resume() {
    state.record?.entries = []
    state.restarts = nil
    state.due = nil
    state.stoodDown = nil
    state.resumed = fileDate
    resumed()
    callClerk()
    sendClerk()
    note("a person resumes")
  }
}

/// The feeders, of which one works.
struct Feeder: Sendable {
  /// When cron starts another.
  var backAt: Milliseconds = 0
  var holds = false
  var fedAt: Milliseconds = 0
  var staleSince: Duration?
  var isNoted = false
}

extension World {
  /// Whether the device has reset the box.
  mutating func lookAtDevice() -> Bool {
    guard feeder.holds || state.isArmed, let timeout = box.deviceTimeout,
      now - feeder.fedAt > timeout
    else { return false }
    boot(after: .device)
    return true
  }

  /// As `Feeding`.
  mutating func feed() {
    guard now >= cronFrom, now < cronUntil, now >= feeder.backAt, box.deviceTimeout != nil else {
      return
    }
    let isFresh = Tool.allCases.allSatisfy {
      Freshness(touched: state.alive[$0.rawValue], limit: box.chainLimit, now: moment) == .fresh
    }
    if isFresh {
      if !feeder.holds {
        if state.isArmed || mayArm() {
          feeder.holds = true
          feeder.fedAt = now
          state.isArmed = true
          armed()
          note("the device is armed")
        }
      } else {
        feeder.fedAt = now
      }
      if feeder.isNoted {
        state.isNotFed = false
        callClerk()
        sendClerk()
        note("the chain is fresh again")
      }
      feeder.isNoted = false
      feeder.staleSince = nil
      return
    }
    guard let since = feeder.staleSince else {
      feeder.staleSince = monotonic
      return
    }
    if !feeder.isNoted, feeder.holds, monotonic - since > .seconds(4) {
      feeder.isNoted = true
      state.isNotFed = true
      callClerk()
      sendClerk()
      note("the device is not fed")
    }
  }

  private mutating func mayArm() -> Bool {
    callClerkIfNeeded()
    sendClerk()
    let stale: Int? =
      if state.counted == .cannot { nil } else {
        state.record?.reboots.count(.stale, within: box.ladder.rebootsWindow, uptime: monotonic)
      }
    return ArmingDelay.delay(after: stale) <= monotonic
  }

  private mutating func callClerkIfNeeded() { if clerk.marker == nil { callClerk() } }
}
#endif
