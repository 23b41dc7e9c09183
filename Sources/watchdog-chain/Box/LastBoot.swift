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
    if let last, last.event == .reboot {
      cause = .ladder(last.why.printable)
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
}
