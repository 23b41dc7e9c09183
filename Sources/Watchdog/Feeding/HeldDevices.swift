import LinuxCalls
import Rules

/// A device that this feeder holds.
final class HeldDevice {
  let armed: ArmedDevice
  private let device: OpenDevice
  /// CLOCK_MONOTONIC when this feeder opened it; nil when it was taken over.
  private let opened: Duration?
  private var isSetUp = false
  private var timeout: Duration?
  private var lastFed: Duration?
  /// How long it had been without food when it was fed last, and its timeout.
  private(set) var hunger: (age: Duration, limit: Duration)?
  /// What people should know of it.
  private(set) var notes: [String] = []

  init(_ device: consuming OpenDevice, _ armed: ArmedDevice, opened: Duration?) {
    self.device = device
    self.armed = armed
    self.opened = opened
  }

  var isStandIn: Bool { device.isStandIn }

  /// Feeds it, after it was set up and noted.
  ///
  /// - Parameter isShuttingDown: leaves the timeout as it is.
  func feed(_ run: Run, isShuttingDown: Bool) throws(Failure) {
    if !isSetUp, !isShuttingDown {
      let timeout = try? Settings(run.roots).read(.deviceTimeout)
      let warning = try? Settings(run.roots).read(.devicePretimeout)
      notes = device.setUp(timeout: timeout, pretimeout: warning)
      if !armed.isConfigured {
        notes.append(
          "feeding \(armed.path) until the next boot: it is armed, although the file device does not name it any more"
        )
      }
      try? run.state.clear(.bootGuard)
      let record = device.record(nowayout: armed.description?.nowayout)
      self.timeout = record.timeout.map { .seconds($0) }
      try? record.note(in: run.state, run.drafts)
    }
    try device.feed()
    isSetUp = true
    let now = Clock.monotonic
    if let lastFed, let timeout { hunger = (now - lastFed, timeout) }
    lastFed = now
  }

  /// Whether a younger feeder had time to take over what this one opened.
  func wasHeldLongEnough(at now: Duration) -> Bool {
    guard let opened, !isStandIn else { return true }
    return now - opened > .seconds(12)
  }

  /// Whether another feeder holds it too, as far as can be seen.
  var isHeldByOther: Bool {
    guard let node = device.node else { return true }
    return !((try? Holder.feeders(of: node)) ?? []).isEmpty
  }
}

/// The devices that this feeder holds, and those that it should.
final class HeldDevices {
  private let run: Run
  private var held: [HeldDevice] = []
  /// Those that are to be held; nil until they are looked up. One life of a feeder long nobody looks again, once it has
  /// them all: the next feeder will.
  private var wanted: [ArmedDevice]?
  private var lastTakeOver: Duration?
  private var lastLook: Duration?
  private var isAnyInOtherHands = false

  init(_ run: Run) { self.run = run }

  var areNone: Bool { held.isEmpty }

  /// Whether another feeder holds them, which alone can feed them.
  var areInOtherHands: Bool { held.isEmpty && isAnyInOtherHands }

  /// What people should know of them.
  var notes: [String] { held.flatMap { $0.notes } }

  /// Feeds what is held, for the box shuts down and nobody comes after this feeder.
  func feedThrough() -> [Failure] { feed(isShuttingDown: true) }

  private func feed(isShuttingDown: Bool) -> [Failure] {
    var failures: [Failure] = []
    for device in held {
      do throws(Failure) {
        try device.feed(run, isShuttingDown: isShuttingDown)
      } catch {
        failures.append(error)
      }
    }
    return failures
  }

  /// Lets go of all: they count on.
  func letGo() { held.removeAll() }

  /// Gets hold of what is missing and, if it is this feeder's turn, feeds each.
  ///
  /// - Parameters:
  ///   - works: whether this feeder is not one that stands by.
  ///   - mayOpen: whether this one may be opened, and so armed, now.
  /// - Returns: what concerns one of them, and keeps no other from being fed.
  func serve(works: Bool, mayOpen: (ArmedDevice) throws(Failure) -> Bool) -> [Failure] {
    var failures: [Failure] = []
    do throws(Failure) {
      try gain(works: works, mayOpen, &failures)
    } catch {
      failures.append(error)
    }
    return works ? failures + feed(isShuttingDown: false) : failures
  }

  private func gain(
    works: Bool, _ mayOpen: (ArmedDevice) throws(Failure) -> Bool, _ failures: inout [Failure]
  ) throws(Failure) {
    if let wanted, wanted.allSatisfy({ holds($0) }) { return }
    let wanted = try ArmedDevice.all(run.roots)
    self.wanted = wanted
    _ = try Settings(run.roots).devices { failures.append($0) }
    let takesOver = isTimeToTakeOver(works: works)
    let isForBoot = try run.state.has(.bootGuard)
    isAnyInOtherHands = false
    for armed in wanted where !holds(armed) {
      do throws(Failure) {
        // What guards the boot has it until the chain may arm.
        if isForBoot {
          guard works, try mayOpen(armed) else { continue }
        }
        if takesOver, let device = try OpenDevice.takeOver(armed) {
          held.append(HeldDevice(device, armed, opened: nil))
        } else if works, try mayOpen(armed), try !isLeftToOthers(armed, isForBoot: isForBoot) {
          try open(armed)
        }
      } catch {
        failures.append(error)
      }
    }
  }

  /// Whether another feeder holds a device from which it could not be taken over. The one that guards the boot has done
  /// its work now: it is ended, and the device is opened in the next second.
  private func isLeftToOthers(_ armed: ArmedDevice, isForBoot: Bool) throws(Failure) -> Bool {
    guard held.isEmpty, let node = armed.node,
      let holder = try Holder.feeders(of: node, noted: armed.holder).first
    else { return false }
    if isForBoot {
      try attempt(to: "end kwatchdog-feeder --boot (process \(holder.pid))") {
        () throws(SystemError) in
        try unless(.noSuchProcess, ProcessDescriptor(pid: holder.pid).send(.terminate))
      }
    }
    isAnyInOtherHands = !isForBoot
    return true
  }

  /// The longest time that a device went without food, of those after which it was fed just now.
  var margin: (name: Name, age: Duration, limit: Duration)? {
    let all = held.compactMap { $0.hunger }
    guard let worst = all.max(by: { $0.age < $1.age }) else { return nil }
    return (Margins.device, worst.age, worst.limit)
  }

  private func holds(_ armed: ArmedDevice) -> Bool {
    held.contains { $0.armed.isSame(as: armed) }
  }

  /// A look for a feeder that holds a device goes through /proc: a feeder that stands by takes it once in ten seconds.
  private func isTimeToTakeOver(works: Bool) -> Bool {
    let now = Clock.monotonic
    if !works, let last = lastTakeOver, now - last < .seconds(10) { return false }
    lastTakeOver = now
    return true
  }

  private func open(_ armed: ArmedDevice) throws(Failure) {
    // Before anything is armed: a timeout that cannot be used is not to be found out afterwards.
    _ = try Settings(run.roots).read(.deviceTimeout)
    held.append(HeldDevice(try OpenDevice.open(armed.path), armed, opened: Clock.monotonic))
  }

  /// Opens, and thereby arms, all that are configured.
  ///
  /// - Throws: what the first failed with that could not be opened, when the others are.
  func openAll() throws(Failure) {
    var failure: Failure?
    for armed in try ArmedDevice.all(run.roots) where armed.isConfigured {
      do throws(Failure) { try open(armed) } catch { failure = failure ?? error }
    }
    if let failure { throw failure }
  }

  /// Lets go of what only stands in for a device: that disarms it.
  func dropStandIns() { held.removeAll { $0.isStandIn } }

  /// Whether this feeder may let go of them. The kernel counts on when nobody has a device open, so another feeder has
  /// to hold each one first. When none comes for a minute, cron starts none any more, and the box must come back.
  ///
  /// - Parameter end: CLOCK_MONOTONIC when the planned life of this feeder was over.
  func mayLetGo(since end: Duration) -> Bool {
    let now = Clock.monotonic
    guard held.allSatisfy({ $0.wasHeldLongEnough(at: now) }) else { return false }
    if let lastLook, now - lastLook < .seconds(3) { return false }
    lastLook = now
    let lonely = held.filter { !$0.isHeldByOther }
    // Where none can take over what another one holds, the next one opens it within a second.
    if lonely.isEmpty || (try? Holder.isAnyOutOfReach()) ?? false { return true }
    guard now - end > HeldDevices.patience else { return false }
    let paths = lonely.map { $0.armed.path }.joined(separator: " and ")
    run.say(
      .error,
      "letting go of \(paths), which no other feeder has taken over: the box will be reset unless one opens it: does "
        + "cron start kwatchdog-feeder each minute?")
    return true
  }

  private static let patience: Duration = .seconds(60)
}
