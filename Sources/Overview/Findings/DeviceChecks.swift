import Linux
import Watchdog

extension Doctor {
  // MARK: Armed by us, and fed

  mutating func lookAtDevice() {
    let device = box.device
    guard device.exists else {
      find(
        isMarkOnly ? .remark : .todo, "device",
        "\(device.path) is missing: modprobe the driver of this box's hardware, or softdog where there is none"
      )
      return
    }
    guard let description = device.description else {
      find(
        .todo, "device",
        "\(device.path) is no watchdog device: write the path of one into \(roots.config)/device")
      return
    }
    lookAtHolder(description)
    lookAtFood(description)
    lookAtTimeout(description)
    lookAtKind(description)
    if description.nowayout == true {
      find(
        .remark, "nowayout",
        "set: nothing but a reboot stops the device, also not kwatchdog-feeder --disarm")
    } else if description.nowayout == false {
      find(.fine, "nowayout", "not set: kwatchdog-feeder --disarm can stop the device")
    }
  }

  private mutating func lookAtHolder(_ description: WatchdogDevice.Description) {
    let device = box.device
    let isArmed = device.isArmed
    let holders = device.holders
    if box.isDisarmed {
      find(.todo, "armed", "an administrator disarmed it: kwatchdog-feeder --arm arms it again")
    } else if isMarkOnly, isArmed == false {
      find(
        .remark, "armed",
        "no device is armed: \(Doctor.crontab) has no feeder, so this box only marks problems")
    } else if let holder = holders.first(where: { !$0.isFeeder }) {
      find(.todo, "armed", "\(device.path) is \(holder.words)")
    } else if isArmed == false {
      find(
        .todo, "armed",
        "\(device.path) does not count down: run kwatchdog-feeder by hand, which says why it does not arm it"
      )
    } else if let feeder = holders.first {
      let state = isArmed == true ? "armed" : "its driver does not say whether it is armed"
      find(.fine, "armed", "\(state), held by kwatchdog-feeder (process \(feeder.pid))")
    } else if ThisProcess.user != 0 {
      find(
        .unseen, "armed",
        "\(isArmed == true ? "armed; " : "")only root can see who holds \(device.path)")
    } else {
      find(
        .todo, "armed",
        "\(device.path) counts down and nobody holds it: start kwatchdog-feeder before its \(description.timeout ?? "?") s "
          + "are over")
    }
  }

  private mutating func lookAtFood(_ description: WatchdogDevice.Description) {
    guard box.device.isArmed == true else { return }
    guard let left = watched.leastLeft, let timeout = Doctor.number(description.timeout) else {
      if box.staleness.isEmpty {
        find(
          .fine, "fed",
          "the chain is fresh, so it is (\(description.identity?.printable ?? "the driver") does not tell how "
            + "much time is left)")
      }
      return
    }
    // Once a second, and drivers count in whole seconds.
    if left >= timeout - 3 {
      find(.fine, "fed", "it never had less than \(left) of its \(timeout) s left")
    } else {
      find(
        .todo, "fed",
        "it had only \(left) of its \(timeout) s left, and is to be fed each second: see the system's log"
      )
    }
  }

  /// Drivers round, or take less than they are asked for.
  private mutating func lookAtTimeout(_ description: WatchdogDevice.Description) {
    let wanted = Settings.value(of: .deviceTimeout, roots).wholeSeconds
    guard let timeout = Doctor.number(description.timeout) else {
      find(
        .remark, "timeout",
        "the driver does not say what it made of the \(wanted) s in device-timeout")
      return
    }
    // Before it is armed it has its own.
    if box.device.isArmed != true { return }
    if timeout == wanted {
      let chain = box.links.map { $0.limit }.max() ?? .zero
      find(
        .fine, "timeout",
        "\(timeout) s, as configured: a broken chain reboots the box after at most \(chain.wholeSeconds) + \(timeout) s"
      )
    } else {
      find(
        .todo, "timeout",
        "the driver made \(timeout) s of the \(wanted) s that are configured: if that will do, echo \(timeout) "
          + ">\(roots.config)/device-timeout, so that all bounds are told rightly")
    }
  }

  static func number(_ text: String?) -> Int64? {
    var scanner = Scanner(Array((text ?? "").utf8))
    return scanner.number().map { Int64(clamping: $0) }
  }

  // MARK: Software or hardware

  private mutating func lookAtKind(_ description: WatchdogDevice.Description) {
    guard box.device.isSoftware == true else {
      let driver = description.identity?.printable ?? description.name
      find(.fine, "hardware", "\(driver): it does not depend on the kernel")
      return
    }
    for name in around.names(in: "/sys/class/watchdog") where !name.isEqual(to: description.name) {
      let identity = around.contents("/sys/class/watchdog/\(name)/identity") ?? []
      let driver = printable(Array(identity.prefix { $0 != 0x0A }))
      if driver.isEqual(to: "Software Watchdog") { continue }
      find(
        .todo, "hardware",
        "this is software, which dies with the kernel, and there is \(name) (\(driver)): "
          + "kwatchdog-feeder --disarm, echo /dev/\(name) >\(roots.config)/device, kwatchdog-feeder --arm"
      )
      return
    }
    let drivers = HardwareDrivers.fitting(around)
    let hint =
      drivers.isEmpty
      ? "no driver of this kernel is known to fit this hardware"
      : "for this hardware there is \(drivers.joined(separator: ", ")): modprobe one, and see /sys/class/watchdog"
    find(
      .remark, "hardware",
      "this is software: a kernel that hangs is not rebooted by it: \(hint)")
    lookAtLoading("softdog")
  }

  /// A driver that nobody loads at boot is missing after the first one.
  private mutating func lookAtLoading(_ module: String) {
    var files = ["/etc/modules"]
    for folder in ["/etc/modules-load.d", "/run/modules-load.d", "/usr/lib/modules-load.d"] {
      files += around.names(in: folder).map { "\(folder)/\($0)" }
    }
    if let file = files.first(where: { around.isSaid(module, in: $0) }) {
      find(.fine, "driver", "\(module) is loaded at boot, by \(file.printable)")
    } else if around.exists("/sys/module/\(module)") {
      find(
        .todo, "driver",
        "nothing was found that loads \(module) at boot: echo \(module) >/etc/modules-load.d/\(module).conf"
      )
    }
  }

  // MARK: What the kernel does by itself

  mutating func lookAtKernel() {
    guard let seconds = around.number("/proc/sys/kernel/panic") else { return }
    if seconds != 0 {
      let words = seconds > 0 ? "after \(seconds) s" : "at once"
      find(
        .fine, "panic", "a kernel that panics reboots the box by itself, \(words) (kernel.panic)")
    } else if box.device.isSoftware == true {
      find(
        .todo, "panic",
        "a kernel that panics stays so for ever, and takes softdog with it: echo kernel.panic=10 "
          + ">/etc/sysctl.d/watchdog-chain.conf, and sysctl --system")
    } else if box.device.isSoftware == false {
      find(
        .fine, "panic",
        "a kernel that panics stays so (kernel.panic=0), until the device resets the box")
    }
  }

  // MARK: Who else wants it

  mutating func lookAtRivals() {
    var isAny = false
    let systemd = SystemdWatchdog(systemdFiles())
    if let runtime = systemd.runtime {
      isAny = true
      let device = systemd.device.map { " for \($0)" } ?? ""
      find(
        .todo, "rivals",
        "systemd feeds the device itself\(device), whatever the chain is like (RuntimeWatchdogSec=\(runtime) in "
          + "\(systemd.file ?? "?")): set it to off, and run systemctl daemon-reexec")
    }
    for process in processes.named(["watchdog", "wd_keepalive", "watchdogd"]) {
      isAny = true
      find(
        .todo, "rivals",
        "\(printable(process.command)) runs (process \(process.identity.pid)): it feeds the device whatever the chain "
          + "is like, or keeps us from it: stop it, and remove its package")
    }
    for program in ["watchdog", "wd_keepalive", "watchdogd"] {
      let paths = ["/usr/sbin/\(program)", "/sbin/\(program)", "/usr/local/sbin/\(program)"]
      guard let path = paths.first(where: { around.exists($0) }) else { continue }
      isAny = true
      find(
        .todo, "rivals",
        "\(path) is installed: whoever is first at boot gets the device: remove its package (apt-get purge "
          + "\(program.isEqual(to: "watchdogd") ? program : "watchdog"))")
    }
    if !isAny { find(.fine, "rivals", "neither systemd nor a watchdog daemon wants the device") }
  }

  /// In the order of what each may say: the file itself, then those beside it, by name.
  private func systemdFiles() -> [(path: String, bytes: [UInt8])] {
    let mains = ["/etc/systemd/system.conf", "/usr/lib/systemd/system.conf"]
    var paths = mains.first { around.exists($0) }.map { [$0] } ?? []
    let folders = ["/etc", "/run", "/usr/local/lib", "/usr/lib"].map {
      "\($0)/systemd/system.conf.d"
    }
    var found: [(name: String, path: String)] = []
    for folder in folders {
      for name in around.names(in: folder) where name.utf8.suffix(5).elementsEqual(".conf".utf8) {
        // The same name in a folder before hides it.
        if found.contains(where: { $0.name.isEqual(to: name) }) { continue }
        found.append((name, "\(folder)/\(name)"))
      }
    }
    found.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    paths += found.map { $0.path }
    return paths.compactMap { path in around.contents(path).map { (path.printable, $0) } }
  }
}
