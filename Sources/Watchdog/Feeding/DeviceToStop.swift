import LinuxCalls

/// A device that is to be disarmed. Whether it stopped is seen, never assumed: uninstalling goes by it.
final class DeviceToStop {
  private let open: OpenDevice
  private let device: ArmedDevice
  /// Whether the driver has stopped it when it was asked.
  private var isStopped = false

  init(_ open: consuming OpenDevice, _ device: ArmedDevice) {
    self.open = open
    self.device = device
  }

  /// Has the driver stop it, before any feeder is ended. One that cannot be asked, but is known to stop at its
  /// close after a V, is left to that.
  ///
  /// - Throws: when it goes on, or nobody can tell. A driver of the old kind stops when it is asked, and starts again at its
  ///   close if it was loaded with nowayout, which not each shows (drivers/watchdog/ib700wdt.c).
  func stop() throws(Failure) {
    if open.isStandIn { return }
    let state = device.node.flatMap { WatchdogDevice.describe($0)?.state }
    guard state != nil || device.description?.nowayout == false else {
      throw DeviceToStop.unable(
        device,
        "its driver does not report nowayout, with which it would start again when it is closed",
        cure: DeviceToStop.withoutChain)
    }
    do throws(SystemError) {
      try open.stop()
      isStopped = true
    } catch {
      if error == .busy {
        throw DeviceToStop.unable(
          device, "its driver was loaded with nowayout (\(error.reason))",
          cure: "only a reboot stops it")
      }
      if device.description?.nowayout == false, open.canBeStopped { return }
      throw DeviceToStop.unable(
        device, "its driver cannot be asked to stop (\(error.reason))",
        cure: DeviceToStop.withoutChain)
    }
    if let node = device.node, WatchdogDevice.describe(node)?.isActive == true {
      throw DeviceToStop.unable(
        device, "its driver reported that it stopped, but it still counts down",
        cure: "only a reboot stops it")
    }
  }

  /// Has it count down again, for it is fed on: another one could not be stopped.
  func startAgain() {
    if isStopped { try? open.start() }
    isStopped = false
  }

  /// Stops it for good, when nobody feeds it any more: with the close that follows the end of this value. A feeder may have
  /// started a driver of the old kind again (ib700wdt).
  func close() throws(Failure) {
    if isStopped { try stop() }
    try open.allowToStop()
  }

  /// Without the link nothing guards the next boot either.
  private static let withoutChain =
    "take the chain out of the crontab, remove chain/check-solutions, and reboot: until then it is fed"

  static func unable(_ device: ArmedDevice, _ reason: String, cure: String) -> Failure {
    Failure(.unavailable, reason, unableTo: "disarm \(device.path)", cure: cure)
  }
}
