import Linux
import Watchdog

/// Whether the device is armed by us and fed, whether it can be relied on, and who else wants it.
enum DeviceRules {
  static func armed(_ all: Examination) -> [Finding] {
    let device = all.box.device
    guard let description = device.description, !all.box.isDisarmed else { return [] }
    if let holder = all.device.holders.first(where: { !$0.isFeeder }) {
      return [Finding(.critical, "\(device.path) is \(holder.words)")]
    }
    // That is told as what keeps the box from being guarded.
    if device.isArmed == false { return [] }
    if let feeder = all.device.holders.first {
      let state =
        device.isArmed == true ? "armed" : "its driver does not say whether it is armed"
      return [Finding(.fine, "\(state), held by kwatchdog-feeder (process \(feeder.pid))")]
    }
    if !all.isRoot {
      let state = device.isArmed == true ? "armed; " : ""
      return [Finding(.unseen, "\(state)only root can see who holds \(device.path)")]
    }
    return [
      Finding(
        .critical, "\(device.path) counts down and nobody holds it",
        cure: "start kwatchdog-feeder before its \(description.timeout ?? "?") s are over")
    ]
  }

  static func fed(_ all: Examination) -> [Finding] {
    guard let description = all.box.device.description, all.box.device.isArmed == true else {
      return []
    }
    guard let left = all.watched?.leastLeft, let timeout = description.seconds else {
      let driver = description.identity?.printable ?? "the driver"
      return all.box.staleness.isEmpty
        ? [
          Finding(
            .fine, "the chain is fresh, so it is (\(driver) does not tell how much time is left)")
        ] : []
    }
    // Once a second, and drivers count in whole seconds.
    return [
      left >= timeout - 3
        ? Finding(.fine, "it never had less than \(left) of its \(timeout) s left")
        : Finding(
          .warning, "it had only \(left) of its \(timeout) s left, and is to be fed each second",
          cure: "see the system's log")
    ]
  }

  /// Drivers round, or take less than they are asked for.
  static func timeout(_ all: Examination) -> [Finding] {
    guard let description = all.box.device.description else { return [] }
    let wanted = all.device.wanted
    guard let timeout = description.seconds else {
      return [
        Finding(
          .note, "the driver does not say what it made of the \(wanted) s in device-timeout")
      ]
    }
    // Before it is armed it has its own.
    if all.box.device.isArmed != true { return [] }
    let chain = all.box.links.map { $0.limit }.max() ?? .zero
    return [
      timeout == wanted
        ? Finding(
          .fine,
          "\(timeout) s, as configured: a broken chain reboots the box after at most \(chain.wholeSeconds) + \(timeout) s"
        )
        : Finding(
          .warning, "the driver made \(timeout) s of the \(wanted) s that are configured",
          cure:
            "if that will do, echo \(timeout) >\(all.box.roots.config)/device-timeout, so that all bounds are told "
            + "rightly")
    ]
  }

  static func nowayout(_ all: Examination) -> [Finding] {
    switch all.box.device.description?.nowayout {
    case true:
      [
        Finding(
          .note, "set: nothing but a reboot stops the device, also not kwatchdog-feeder --disarm")
      ]
    case false: [Finding(.fine, "not set: kwatchdog-feeder --disarm can stop the device")]
    case nil: []
    }
  }

  // MARK: Software or hardware

  static func hardware(_ all: Examination) -> [Finding] {
    guard let description = all.box.device.description else { return [] }
    guard all.box.device.isSoftware == true else {
      let driver = description.identity?.printable ?? description.name
      return [Finding(.fine, "\(driver): it does not depend on the kernel")]
    }
    if let (name, driver) = all.device.hardware {
      return [
        Finding(
          .warning,
          "this is software, which dies with the kernel, and there is \(name) (\(driver))",
          cure:
            "kwatchdog-feeder --disarm, echo /dev/\(name) >\(all.box.roots.config)/device, kwatchdog-feeder --arm"
        )
      ]
    }
    let drivers = all.device.drivers.joined(separator: ", ")
    return [
      Finding(
        .note, "this is software: a kernel that hangs is not rebooted by it",
        cure: drivers.utf8.isEmpty
          ? "no driver of this kernel is known to fit this hardware"
          : "for this hardware there is \(drivers): modprobe one, and see /sys/class/watchdog")
    ]
  }

  /// A driver that nobody loads at boot is missing after the first one.
  static func driver(_ all: Examination) -> [Finding] {
    guard all.box.device.isSoftware == true, all.device.hardware == nil else { return [] }
    if let file = all.device.softdogLoader {
      return [Finding(.fine, "softdog is loaded at boot, by \(file.printable)")]
    }
    return all.device.hasSoftdog
      ? [
        Finding(
          .warning, "nothing was found that loads softdog at boot",
          cure: "echo softdog >/etc/modules-load.d/softdog.conf")
      ] : []
  }

  /// What the kernel does by itself.
  static func panic(_ all: Examination) -> [Finding] {
    guard let seconds = all.device.panic else { return [] }
    if seconds != 0 {
      let words = seconds > 0 ? "after \(seconds) s" : "at once"
      return [
        Finding(
          .fine, "a kernel that panics reboots the box by itself, \(words) (kernel.panic)")
      ]
    }
    switch all.box.device.isSoftware {
    case true:
      return [
        Finding(
          .warning, "a kernel that panics stays so for ever, and takes softdog with it",
          cure: "echo kernel.panic=10 >/etc/sysctl.d/watchdog-chain.conf, and sysctl --system")
      ]
    case false:
      return [
        Finding(
          .fine, "a kernel that panics stays so (kernel.panic=0), until the device resets the box")
      ]
    case nil: return []
    }
  }

  // MARK: Who else wants it

  static func rivals(_ all: Examination) -> [Finding] {
    var found: [Finding] = []
    let systemd = all.rivals.systemd
    if let runtime = systemd.runtime {
      let device = systemd.device.map { " for \($0)" } ?? ""
      found.append(
        Finding(
          .critical,
          "systemd feeds the device itself\(device), whatever the chain is like (RuntimeWatchdogSec=\(runtime) in "
            + "\(systemd.file ?? "?"))", cure: "set it to off, and run systemctl daemon-reexec"))
    }
    for (name, pid) in all.rivals.running {
      found.append(
        Finding(
          .critical,
          "\(name) runs (process \(pid)): it feeds the device whatever the chain is like, or keeps us from it",
          cure: "stop it, and remove its package"))
    }
    for (path, package) in all.rivals.installed {
      found.append(
        Finding(
          .warning, "\(path) is installed: whoever is first at boot gets the device",
          cure: "remove its package (apt-get purge \(package))"))
    }
    return found.isEmpty
      ? [Finding(.fine, "neither systemd nor a watchdog daemon wants the device")] : found
  }
}
