import LinuxCalls
import Watchdog

/// Why a boot ended.
enum BootCause {
  /// The ladder left the box to the watchdog device.
  case ladder
  /// A person left the box to the device, to see whether it reboots it.
  case rebootTest
  /// The chain was broken, so the device was not fed.
  case notFed
  /// The watchdog device reset the box, as its driver says, and nothing was written down before.
  case device
  /// Somebody shut it down or rebooted it.
  case orderly
  /// Nobody shut it down: a power failure, a crash, or a reset.
  case sudden
  /// There is nothing to go by.
  case unknown

  /// As it was written down: by whom the box was left to its device.
  init(_ event: Incident.Event?) {
    switch event {
    case .reboot: self = .ladder
    case .rebootTest: self = .rebootTest
    case .notFed: self = .notFed
    default: self = .unknown
    }
  }

  /// For programs.
  var name: StaticString {
    switch self {
    case .ladder: "ladder"
    case .rebootTest: "reboot-test"
    case .notFed: "not-fed"
    case .device: "device"
    case .orderly: "orderly"
    case .sudden: "sudden"
    case .unknown: "unknown"
    }
  }

  /// For people.
  ///
  /// - Parameter why: what was written down.
  func words(_ why: String) -> String {
    switch self {
    case .ladder: "the chain had the watchdog device reboot the box: \(why)"
    case .rebootTest: "the watchdog device reset the box, as requested: \(why)"
    case .notFed: "the watchdog device was not fed: \(why)"
    case .device: "the watchdog device reset the box, and the reason could not be recorded"
    case .orderly: "it was shut down or rebooted in order"
    case .sudden: "not in order: a power failure, a crash of the kernel, or a reset"
    case .unknown: "the cause is not known"
    }
  }
}
