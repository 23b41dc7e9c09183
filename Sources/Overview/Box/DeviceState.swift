import LinuxCalls
import Watchdog

/// The watchdog device, as sysfs and /dev tell without opening it.
struct DeviceState {
  /// Its path, as configured; or that of the one which was armed since boot.
  let path: String
  /// Whether there is anything of that name.
  let exists: Bool
  /// Which one it is, for /proc; nil when it is none.
  let node: DeviceNumber?
  /// What the driver says; nil when it is no watchdog device.
  let description: WatchdogDevice.Description?

  /// Whether it is counting down; nil when nobody says.
  var isArmed: Bool? { description?.state.map { $0.isEqual(to: "active") } }

  /// Whether it is a program in the kernel, which dies with it; nil when there is no device.
  var isSoftware: Bool? {
    description.map { $0.identity?.isEqual(to: "Software Watchdog") ?? false }
  }

  /// Whether it was this device that reset the box last, as far as its driver can tell.
  var didReset: Bool { description?.didReset ?? false }

  /// Who holds it open, as far as we may see. A look through all of /proc.
  var holders: [Holder] { node.flatMap { try? Holder.all(of: $0) } ?? [] }
}

extension DeviceState {
  /// Looks for all of them, those that are configured first.
  ///
  /// - Parameter system: where sysfs is.
  static func all(_ roots: Roots, system: String) throws(Failure) -> [DeviceState] {
    try ArmedDevice.all(roots, system: system).map { DeviceState($0) }
  }

  init(_ device: ArmedDevice) {
    path = device.path
    exists = device.isThere
    node = device.node
    description = device.description
  }
}

extension Box {
  /// The first of its devices: there is always one that is configured, by default /dev/watchdog.
  var device: DeviceState {
    get { devices[0] }
    set { devices[0] = newValue }
  }
}
