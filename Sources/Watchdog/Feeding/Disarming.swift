import LinuxCalls
import Rules

/// What `kwatchdog-feeder --disarm` does: stops the device and keeps new feeders from arming it. See `Marker`.
public enum Disarming {
  /// Disarms: all devices of this box.
  ///
  /// - Throws: when one cannot be stopped, or nobody can see that it was: then the feeders are left alone, for without them
  ///   the box would be reset.
  public static func run(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots)
    let devices = try ArmedDevice.all(roots).filter { $0.kind != nil }
    for device in devices where device.isArmed != false && device.description?.nowayout == true {
      throw DeviceToStop.unable(
        device, "its driver was loaded with nowayout", cure: "only a reboot stops it")
    }
    let paths = devices.map { $0.path }.joined(separator: " and ")
    if isDry {
      Console.write("would end the feeders and disarm \(paths)\n")
      return
    }
    let wasNoted = try state.has(.disarmed)
    // Noted first: a feeder that cron starts meanwhile must not open what is just being stopped.
    try state.set(.disarmed)
    do throws(Failure) {
      let areStopped = try stop(devices)
      try DeviceRecord.forgetAll(in: state)
      let words =
        areStopped
        ? "\(paths) is disarmed"
        : devices.isEmpty
          ? "there is no watchdog device: none will be armed"
          : "\(paths) is not counting: it will not be armed"
      report.say(.notice, "\(words) until kwatchdog-feeder --arm, or a reboot")
    } catch {
      if !wasNoted { try state.clear(.disarmed) }
      throw error
    }
  }

  /// Stops them, and ends the feeders.
  ///
  /// - Returns: whether there was anything to stop.
  private static func stop(_ devices: [ArmedDevice]) throws(Failure) -> Bool {
    var open: [DeviceToStop] = []
    for device in devices {
      // Held here as well, so that ending the feeders is no close.
      if let taken = try OpenDevice.takeOver(device) {
        open.append(DeviceToStop(taken, device))
      } else if device.isArmed != false {
        // Those from which it cannot be taken over hold it: without them it counts on until it is open here.
        try endFeeders(of: device.node)
        open.append(DeviceToStop(try OpenDevice.open(device.path), device))
      }
    }
    // One feeder feeds them all, so it is ended when all of them were seen to stop.
    do throws(Failure) {
      for one in open { try one.stop() }
    } catch {
      for one in open { one.startAgain() }
      throw error
    }
    for device in devices { try endFeeders(of: device.node) }
    for one in open { try one.close() }
    return !open.isEmpty
  }

  private static func endFeeders(of node: DeviceNumber?) throws(Failure) {
    guard let node else { return }
    let deadline = Clock.monotonic + .seconds(5)
    // Again until there is none: one that was just started may have taken the device over meanwhile.
    while try endFeedersOnce(of: node) {
      if Clock.monotonic > deadline {
        throw Failure(
          .tryLater, "new ones come", unableTo: "end all feeders", cure: "try again")
      }
    }
  }

  private static func endFeedersOnce(of node: DeviceNumber) throws(Failure) -> Bool {
    var found = false
    for feeder in try Holder.feeders(of: node) {
      found = true
      try attempt(to: "end kwatchdog-feeder (process \(feeder.pid))") { () throws(SystemError) in
        guard let process = try unless(.noSuchProcess, ProcessDescriptor(pid: feeder.pid)) else {
          return
        }
        try unless(.noSuchProcess, process.send(.kill))
        _ = process.waitForEnd(untilMonotonic: Clock.monotonic + .seconds(5))
      }
    }
    return found
  }
}
