import LinuxCalls
import Watchdog

/// Whether the device is armed by us and fed, whether it can be relied on, and who else wants it.
enum DeviceRules {
  static let all: [Rule<Examination>] = [
    Rule("armed", armed), Rule("fed", fed), Rule("timeout", timeout), Rule("hardware", hardware),
    Rule("driver", driver), Rule("nowayout", nowayout), Rule("rivals", rivals),
  ]

  @Findings private static func armed(_ all: Examination) -> [Finding] {
    let device = all.box.device
    let isArmed = device.isArmed
    if device.description == nil || all.box.isDisarmed {
      // That is told as what keeps the box from being guarded.
    } else if let holder = all.device.holders.first(where: { !$0.isFeeder }) {
      Finding(.critical, "\(device.path) is \(holder.words)")
    } else if isArmed == false {
      // So is this.
    } else if let feeder = all.device.holders.first {
      let state = isArmed == true ? "armed" : "its driver does not report whether it is armed"
      Finding(.fine, "\(state), held by kwatchdog-feeder (process \(feeder.pid))")
    } else if !all.isRoot {
      let state = isArmed == true ? "armed; " : ""
      Finding(.unseen, "\(state)only root can see who holds \(device.path)")
    } else {
      Finding(
        .critical, "\(device.path) counts down and no process holds it",
        cure: "start kwatchdog-feeder before its \(device.description?.timeout ?? "?") s are over")
    }
  }

  @Findings private static func fed(_ all: Examination) -> [Finding] {
    if let description = all.box.device.description, all.box.device.isArmed == true {
      if let left = all.watched?.leastLeft, let timeout = description.seconds {
        // Once a second, and drivers count in whole seconds.
        left >= timeout - 3
          ? Finding(.fine, "it never had less than \(left) of its \(timeout) s left")
          : Finding(
            .warning,
            "it had only \(left) of its \(timeout) s left, although it should be fed each second",
            cure: "see the system's log")
      } else if all.box.staleness.isEmpty {
        let driver = description.identity?.printable ?? "the driver"
        Finding(
          .fine, "the chain is fresh, so it is (\(driver) does not report how much time is left)")
      }
    }
  }

  /// Drivers round, or take less than they are asked for.
  @Findings private static func timeout(_ all: Examination) -> [Finding] {
    let wanted = all.device.wanted
    let chain = all.box.links.map { $0.limit }.max() ?? .zero
    if let description = all.box.device.description {
      if let timeout = description.seconds {
        if all.box.device.isArmed != true {
          // Before it is armed it has its own.
        } else if timeout == wanted {
          Finding(
            .fine,
            "\(timeout) s, as configured: a broken chain reboots the box after at most \(chain.wholeSeconds) + \(timeout) s"
          )
        } else {
          Finding(
            .warning, "the driver made \(timeout) s of the \(wanted) s that are configured",
            cure:
              "if that will do, echo \(timeout) >\(all.box.roots.config)/device-timeout, so that the bounds are reported "
              + "rightly")
        }
      } else {
        Finding(
          .note, "the driver does not report whether it took the \(wanted) s of device-timeout")
      }
    }
  }

  @Findings private static func nowayout(_ all: Examination) -> [Finding] {
    switch all.box.device.description?.nowayout {
    case true:
      Finding(
        .note, "set: only a reboot stops the device; kwatchdog-feeder --disarm cannot")
    case false: Finding(.fine, "not set: kwatchdog-feeder --disarm can stop the device")
    case nil: []
    }
  }

  // MARK: Software or hardware

  @Findings private static func hardware(_ all: Examination) -> [Finding] {
    let drivers = all.device.drivers.joined(separator: ", ")
    if let description = all.box.device.description {
      if all.box.device.isSoftware == false {
        let driver = description.identity?.printable ?? description.name
        Finding(.fine, "\(driver): it works even when the kernel hangs")
      } else if let (name, driver) = all.device.hardware {
        Finding(
          .warning,
          "this is software and dies with the kernel, although the box has \(name) (\(driver))",
          cure:
            "kwatchdog-feeder --disarm, echo /dev/\(name) >\(all.box.roots.config)/device, kwatchdog-feeder --arm"
        )
      } else {
        Finding(
          .note, "this is software: it cannot reboot a kernel that hangs",
          cure: drivers.utf8.isEmpty
            ? "no driver of this kernel is known to fit this hardware"
            : "for this hardware there is \(drivers): modprobe one, and see /sys/class/watchdog")
      }
    }
  }

  /// A driver that nobody loads at boot is missing after the first one.
  @Findings private static func driver(_ all: Examination) -> [Finding] {
    if all.box.device.isSoftware == true, all.device.hardware == nil {
      if let file = all.device.softdogLoader {
        Finding(.fine, "softdog is loaded at boot, by \(file.printable)")
      } else if all.device.hasSoftdog {
        Finding(
          .warning, "nothing was found that loads softdog at boot",
          cure: "echo softdog >/etc/modules-load.d/softdog.conf")
      }
    }
  }

  // MARK: Who else wants it

  @Findings private static func rivals(_ all: Examination) -> [Finding] {
    let rivals = all.rivals
    if let runtime = rivals.systemd.runtime {
      let device = rivals.systemd.device.map { " for \($0)" } ?? ""
      Finding(
        .critical,
        "systemd feeds the device itself\(device), regardless of the chain (RuntimeWatchdogSec=\(runtime) in "
          + "\(rivals.systemd.file ?? "?"))",
        cure: Rival.named("systemd").map { "\($0.cure)" } ?? "")
    }
    for (name, pid) in rivals.running {
      Finding(
        .critical,
        "\(name) runs (process \(pid)): it feeds the device regardless of the chain, or keeps the chain from it",
        cure: Rival.named(name).map { "\($0.cure)" } ?? "stop it, and remove its package")
    }
    for (path, package) in rivals.installed {
      Finding(
        .warning, "\(path) is installed: whichever starts first at boot gets the device",
        cure: "remove its package (apt-get purge \(package))")
    }
    if rivals.systemd.runtime == nil, rivals.running.isEmpty, rivals.installed.isEmpty {
      Finding(.fine, "neither systemd nor a watchdog daemon wants the device")
    }
  }
}
