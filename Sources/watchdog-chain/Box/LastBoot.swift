import Linux
import Watchdog

/// When this box was booted, and why.
struct LastBoot {
  /// When the kernel began, CLOCK_REALTIME: as good as the clock is.
  let date: Duration
  /// Why the boot before it ended.
  let cause: Cause

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
      case .ladder(let why): "the chain left the box to the watchdog device: \(why)"
      case .test(let why): "the watchdog device reset the box, as it was asked to: \(why)"
      case .notFed(let why): "the watchdog device was not fed: \(why)"
      case .device: "the watchdog device reset the box: nobody could note why any more"
      case .orderly: "it was shut down or rebooted in order"
      case .sudden: "not in order: a power failure, a crash of the kernel, or a reset"
      case .unknown: "not known"
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

  /// Looks at what earlier boots have left.
  init(_ incidents: [Incident.Line], device: DeviceState, now: Moment) {
    date = now.realtime - Moment.sinceBoot
    let boot = Counter.bootName()
    let last = incidents.last { !$0.boot.isEqual(to: boot) }
    let order = LoginRecords.lastBootEndedInOrder(boot: date)
    let left = LastBoot.leaving(incidents, boot: last?.boot)
    if let left, left.event == .reboot {
      cause = .ladder(left.why.printable)
    } else if let left, order != true {
      cause = .test(left.why.printable)
    } else if let last, last.event == .notFed, order != true {
      cause = .notFed(last.why.printable)
    } else if device.didReset {
      cause = .device
    } else {
      switch order {
      case true: cause = .orderly
      case false: cause = .sudden
      case nil: cause = .unknown
      }
    }
  }

  /// The line by which a boot was left to the device; nil when it was not, or when somebody took it back. That the
  /// device is not fed any more, and what the box still did, is noted after it.
  private static func leaving(_ incidents: [Incident.Line], boot: String?) -> Incident.Line? {
    guard let boot else { return nil }
    return incidents.last { line in
      guard line.boot.isEqual(to: boot), let event = line.event else { return false }
      return event == .reboot || event == .rebootTest || event == .resumed || event == .fedAgain
    }.flatMap { $0.event == .reboot || $0.event == .rebootTest ? $0 : nil }
  }
}
