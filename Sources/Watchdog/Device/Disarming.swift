import Linux
import Rules

/// What `kwatchdog-feeder --disarm` does: stops the device and keeps new feeders from arming it. It is noted in
/// the state folder as `disarmed`, until somebody arms again or the box is rebooted.
public enum Disarming {
  private static let note = "disarmed"

  /// Whether an administrator has disarmed this box.
  public static func isNoted(in state: borrowing StateFolder) throws(Failure) -> Bool {
    try state.status(of: note) != nil
  }

  static func clear(in state: borrowing StateFolder) throws(Failure) {
    try state.remove(note)
  }

  /// Disarms.
  ///
  /// - Throws: when the device cannot be stopped: then nothing is noted and the feeders are left alone, for
  ///   without them the box would reboot.
  public static func run(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots)
    let device = try ArmedDevice.find(roots)
    let path = device.path
    let description = device.node.flatMap { WatchdogDevice.describe($0) }
    let isCounting = device.isThere && description?.state?.isEqual(to: "inactive") != true
    if isCounting, description?.nowayout == true {
      throw Failure(
        .unavailable,
        "unable to disarm \(path): its driver was loaded with nowayout: only a reboot stops it")
    }
    if isDry {
      Console.write("would end the feeders and disarm \(path)\n")
      return
    }
    let wasNoted = try isNoted(in: state)
    // Noted first: a feeder that cron starts meanwhile must not open what is just being stopped.
    try state.replace(note, "", by: report.tool)
    do throws(Failure) {
      let isStopped = try stop(device, isCounting: isCounting)
      try ArmedDevice.forget(in: state)
      report.say(
        .notice,
        isStopped
          ? "\(path) is disarmed until kwatchdog-feeder --arm, or a reboot"
          : "\(path) does not count: it will not be armed until kwatchdog-feeder --arm, or a reboot"
      )
    } catch {
      if !wasNoted { try clear(in: state) }
      throw error
    }
  }

  private static func stop(_ device: ArmedDevice, isCounting: Bool) throws(Failure) -> Bool {
    // Held here as well, so that ending the feeders is no close.
    let taken = try OpenDevice.takeOver(device)
    try endFeeders(of: device.node)
    return try stop(taken, orOpen: isCounting ? device.path : nil)
  }

  private static func stop(
    _ taken: consuming OpenDevice?, orOpen path: String?
  ) throws(Failure) -> Bool {
    if let taken {
      try taken.allowToStop()
    } else {
      guard let path else { return false }
      try OpenDevice.open(path).allowToStop()
    }
    return true
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
