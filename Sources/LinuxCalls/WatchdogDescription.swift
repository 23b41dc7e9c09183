import CLinuxCalls

extension WatchdogDevice {
  /// What can be known of a device without opening (and so without arming) it: what /sys/class/watchdog says. Drivers
  /// that watchdog_dev.c does not serve (ipmi_watchdog, ib700wdt), and kernels without CONFIG_WATCHDOG_SYSFS, have no
  /// directory there: then most of it is nil.
  public struct Description: Sendable {
    /// "watchdog0".
    public var name: String
    /// The driver's name.
    public var identity: String?
    /// "active" or "inactive": whether it counts down.
    public var state: String?
    /// Whether it counts down; nil where nobody says.
    public var isActive: Bool? { state.map { $0.isEqual(to: "active") } }
    /// In seconds.
    public var timeout: String?
    /// How much of that is left, in seconds, where the driver says so.
    public var timeLeft: String?
    /// Whether nothing can stop it any more, once it counts.
    public var nowayout: Bool?
    /// Why the box was reset last, as far as the driver can tell; nil where nobody says.
    public var bootFlags: BootFlags?

    /// Whether it is a program in the kernel, which dies with it.
    public var isSoftware: Bool { identity?.isEqual(to: WatchdogDevice.software) ?? false }

    /// Whether the last reset was this device's doing.
    public var didReset: Bool { bootFlags?.didReset ?? false }
  }

  /// Why a box was reset last, as drivers say it (WDIOF_… in linux/watchdog.h).
  public struct BootFlags: Sendable, Equatable {
    /// As in bootstatus.
    public let bits: UInt32

    /// Makes those of these bits.
    public init(bits: UInt32) { self.bits = bits }

    /// Whether it was the device (WDIOF_CARDRESET).
    public var didReset: Bool { bits & UInt32(WDIOF_CARDRESET) != 0 }

    /// What else the driver saw, in words.
    public var words: [String] {
      let table: [(Int32, StaticString)] = [
        (WDIOF_OVERHEAT, "the processor was too hot"), (WDIOF_FANFAULT, "a fan failed"),
        (WDIOF_EXTERN1, "external relay 1"), (WDIOF_EXTERN2, "external relay 2"),
        (WDIOF_POWERUNDER, "the power was bad or failed"),
        (WDIOF_POWEROVER, "the power was too high"),
      ]
      return table.filter { bits & UInt32($0.0) != 0 }.map { "\($0.1)" }
    }
  }

  /// Describes the watchdog device with this number, or says nil when it is none.
  ///
  /// - Parameters:
  ///   - system: where sysfs is.
  ///   - processes: where /proc is: its `devices` lists major numbers.
  public static func describe(
    _ device: DeviceNumber, system: String = "/sys", processes: String = "/proc"
  ) -> Description? {
    // /dev/watchdog (10, 130) is the old name of the first one, and the only one of a driver of the old kind.
    let isOldName = device == DeviceNumber(major: 10, minor: 130)
    for number in 0..<32 {
      let name = "watchdog\(number)"
      guard let folder = try? Folder(path: "\(system)/class/watchdog/\(name)") else { continue }
      let node = line(of: "dev", in: folder)
      let isIt =
        isOldName
        ? number == 0 : node?.isEqual(to: "\(device.major):\(device.minor)") == true
      if isIt { return description(name, in: folder) }
    }
    guard isOldName || isWatchdog(device.major, in: processes) else { return nil }
    return Description(
      name: isOldName ? "watchdog" : "watchdog\(device.minor)",
      nowayout: nowayout(ofModulesIn: system))
  }

  /// All numbers that mean this device: the first one has a second name, /dev/watchdog, with a number of its own
  /// (watchdog_dev.c: `old_wd_data`).
  public static func numbers(of device: DeviceNumber, system: String = "/sys") -> [DeviceNumber] {
    let old = DeviceNumber(major: 10, minor: 130)
    guard let folder = try? Folder(path: "\(system)/class/watchdog/watchdog0"),
      let text = line(of: "dev", in: folder), let first = DeviceNumber(parsing: Array(text.utf8)),
      device == old || device == first
    else { return [device] }
    return [old, first]
  }

  private static func description(_ name: String, in folder: borrowing Folder) -> Description? {
    // Without CONFIG_WATCHDOG_SYSFS the directory holds `dev` alone.
    return Description(
      name: name, identity: line(of: "identity", in: folder),
      state: line(of: "state", in: folder),
      timeout: line(of: "timeout", in: folder), timeLeft: line(of: "timeleft", in: folder),
      nowayout: line(of: "nowayout", in: folder).map { !$0.isEqual(to: "0") },
      bootFlags: line(of: "bootstatus", in: folder).map { text in
        BootFlags(bits: UInt32(truncatingIfNeeded: UInt64(leading: Array(text.utf8)) ?? 0))
      })
  }

  /// Whether watchdog_dev.c has this major number.
  private static func isWatchdog(_ major: UInt32, in processes: String) -> Bool {
    let table = (try? Folder(path: processes).readFile("devices", atMost: 16384)) ?? nil
    return (table ?? []).lines.contains { $0.trimmed.elementsEqual("\(major) watchdog".utf8) }
  }

  /// What the modules that have such a parameter say, where all of them say the same: which one drives a device
  /// without a directory in sysfs nobody tells.
  private static func nowayout(ofModulesIn system: String) -> Bool? {
    let names = (try? Folder(path: "\(system)/module").names()) ?? []
    var found: Bool?
    for name in names {
      guard let parameters = try? Folder(path: "\(system)/module/\(name.text)/parameters"),
        let value = line(of: "nowayout", in: parameters)
      else { continue }
      let isSet = value.isEqual(to: "Y") || value.isEqual(to: "1")
      if let found, found != isSet { return nil }
      found = isSet
    }
    return found
  }

  private static func line(of name: String, in folder: borrowing Folder) -> String? {
    (try? folder.readFile(name, atMost: 256))?.firstLine.text
  }
}
