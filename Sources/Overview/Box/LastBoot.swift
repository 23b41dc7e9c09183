import LinuxCalls
import Rules
import Watchdog

/// When this box was booted, and why.
struct LastBoot {
  /// When the kernel began, CLOCK_REALTIME: as good as the clock is.
  let date: Duration
  /// Why the boot before it ended.
  let cause: Cause
  /// What else the drivers of the devices saw, such as a processor that was too hot.
  let seen: [String]

  /// Why a boot ended.
  enum Cause {
    /// The ladder left the box to the watchdog device.
    case ladder(String)
    /// A person left the box to the device, to see whether it reboots it.
    case test(String)
    /// The chain was broken, so the device was not fed.
    case notFed(String)
    /// The watchdog device reset the box, as the driver says, and nothing was written down before.
    case device
    /// Somebody shut it down or rebooted it.
    case orderly
    /// Nobody shut it down: a power failure, a crash, or a reset.
    case sudden
    /// There is nothing to go by.
    case unknown

    /// For people.
    var words: String {
      switch self {
      case .ladder(let why): "the chain had the watchdog device reboot the box: \(why)"
      case .test(let why): "the watchdog device reset the box, as requested: \(why)"
      case .notFed(let why): "the watchdog device was not fed: \(why)"
      case .device: "the watchdog device reset the box, and the reason could not be recorded"
      case .orderly: "it was shut down or rebooted in order"
      case .sudden: "not in order: a power failure, a crash of the kernel, or a reset"
      case .unknown: "the cause is not known"
      }
    }

    /// For programs.
    var name: StaticString {
      switch self {
      case .ladder: "ladder"
      case .test: "reboot-test"
      case .notFed: "not-fed"
      case .device: "device"
      case .orderly: "orderly"
      case .sudden: "sudden"
      case .unknown: "unknown"
      }
    }
  }

  /// Looks at what the boot before has left.
  ///
  /// - Parameter left: the line by which it was left to the device, or by which that was taken back; nil for none.
  init(_ left: Incident.Line?, devices: [ArmedDevice], now: Moment) {
    date = now.realtime - Clock.sinceBoot
    let order = LoginRecords.lastBootEndedInOrder(boot: date)
    switch left?.event {
    case .reboot: cause = .ladder(left?.why.printable ?? "")
    case .rebootTest where order != true: cause = .test(left?.why.printable ?? "")
    case .notFed where order != true: cause = .notFed(left?.why.printable ?? "")
    default: cause = LastBoot.cause(devices, endedInOrder: order)
    }
    seen = devices.flatMap { $0.description?.bootFlags?.words ?? [] }
  }

  private static func cause(_ devices: [ArmedDevice], endedInOrder: Bool?) -> Cause {
    if devices.contains(where: { $0.didReset }) { return .device }
    return endedInOrder.map { $0 ? .orderly : .sudden } ?? .unknown
  }

  /// For people: why, and what else the drivers saw.
  var words: String {
    seen.isEmpty ? cause.words : "\(cause.words); the device says: \(seen.joined(separator: ", "))"
  }

  /// As the incidents tell it, as far back as they are read: for boxes where no clerk has written anything else yet. That
  /// the device is not fed any more, and what the box still did, is noted after the reason.
  static func leaving(_ incidents: [Incident.Line]) -> Incident.Line? {
    let boot = Boot.name()
    guard let last = incidents.last(where: { !$0.boot.isEqual(to: boot) }) else { return nil }
    let left = incidents.last { line in
      guard line.boot.isEqual(to: last.boot), let kind = line.kind else { return false }
      let kinds: [Incident.Event.Kind] = [.reboot, .rebootTest, .calledOff, .resumed, .fedAgain]
      return kinds.contains(kind)
    }
    if let left, left.kind == .reboot || left.kind == .rebootTest { return left }
    return last.kind == .notFed ? last : nil
  }
}
