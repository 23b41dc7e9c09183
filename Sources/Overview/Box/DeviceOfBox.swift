import LinuxCalls
import Watchdog

// What people want to know of a watchdog device, as sysfs and /dev tell without opening it.

extension ArmedDevice {
  /// Whether it is a program in the kernel, which dies with it; nil when it is no watchdog device.
  var isSoftware: Bool? { description?.isSoftware }

  /// Whether it was this device that reset the box last, as far as its driver can tell.
  var didReset: Bool { description?.didReset ?? false }

  /// Who holds it open, as far as we may see. A look through all of /proc.
  var holders: [Holder] { node.flatMap { try? Holder.all(of: $0) } ?? [] }

  /// The timeout that the driver has made of ours, in seconds; nil while nobody has armed it, for then it is the
  /// driver's own.
  var timeoutInForce: Int64? { isArmed == true ? description?.seconds : nil }
}

extension WatchdogDevice.Description {
  /// The timeout, in seconds; nil where the driver does not say.
  var seconds: Int64? { Int64(leading: timeout) }
}

extension Box {
  /// The first of its devices: there is always one that is configured, by default /dev/watchdog.
  var device: ArmedDevice {
    get { devices[0] }
    set { devices[0] = newValue }
  }
}
