import Linux
import Watchdog

/// The watchdog device, as sysfs tells without opening it.
extension Check {
  /// What the device is, and what its driver says; nil where there is none.
  private var device: (path: String, file: FileStatus?, description: WatchdogDevice.Description?) {
    let settings = try? Settings(roots)
    let path =
      switch settings {
      case .some(let settings): (try? settings.device()) ?? Settings.usualDevice
      case .none: Settings.usualDevice
      }
    let file = try? Folder(path: "/").followedStatus(of: path)
    let node = file?.kind == .characterDevice ? file?.node : nil
    return (path, file, node.flatMap { WatchdogDevice.describe($0, system: "\(outside)/sys") })
  }

  /// The timeout that the driver has made of ours, in seconds; nil while nobody has armed the device, for then it
  /// is the driver's own.
  private static func timeoutInForce(_ description: WatchdogDevice.Description?) -> Int64? {
    guard let description, let timeout = description.timeout,
      description.state?.isEqual(to: "active") == true
    else { return nil }
    var scanner = Scanner(Array(timeout.utf8))
    return scanner.number().map { Int64(clamping: $0) }
  }

  /// How long the device waits.
  var deviceTimeout: Int64 {
    (seesOutside ? Check.timeoutInForce(device.description) : nil) ?? numbers[.deviceTimeout]
  }

  mutating func lookAtDevice() {
    if isMarkOnly { return }
    let wanted = numbers[.deviceTimeout]
    // Cron starts jobs in the first two seconds of a minute, so up to 62 s pass from one feeder to the next.
    if running.byCron, wanted < 62 {
      remark(
        "device-timeout",
        "\(wanted) s is less than the 62 s after which cron has started the next feeder, so the box is rebooted should "
          + "both feeders be killed at once")
    }
    guard seesOutside else { return }
    let (path, file, description) = device
    guard let file else {
      remark(
        "device",
        "there is no \(path), so nothing can reboot the box: load the driver of its watchdog, or modprobe softdog"
      )
      return
    }
    guard let description else {
      remark(
        "device", "\(path) is no watchdog device (\(file.kind.words)): nothing can reboot the box")
      return
    }
    let driver = "\(description.name) (\((description.identity ?? "no name").printable))"
    if let timeout = Check.timeoutInForce(description), timeout != wanted {
      let cure =
        timeout >= Setting.deviceTimeout.least
        ? "if its driver can do no more, write \(timeout)"
        : "too short to be safe, but it may be all that its driver can do"
      remark(
        "device-timeout",
        "\(driver) made \(wanted) s into \(timeout) s, by which the worst case goes: \(cure)")
    }
  }
}
