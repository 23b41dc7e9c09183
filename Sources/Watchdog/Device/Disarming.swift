import Linux

/// What `kwatchdog-feeder --disarm` does: stops the device and keeps new feeders from arming it. It is noted in
/// the state folder as `disarmed`, until somebody arms again or the box is rebooted.
public enum Disarming {
  private static let note = "disarmed"

  /// Whether an administrator has disarmed this box.
  public static func isNoted(in state: borrowing StateFolder) throws(Failure) -> Bool {
    try state.status(of: note) != nil
  }

  static func clear(in state: borrowing StateFolder) throws(Failure) {
    try attempt(to: "remove \(state.path)/\(note)") { () throws(SystemError) in
      do throws(SystemError) {
        try state.folder.remove(note)
      } catch {
        if error != .noSuchFile { throw error }
      }
    }
  }

  /// Disarms.
  ///
  /// - Throws: when the device cannot be stopped: then the feeders are left alone, for without them the box
  ///   would reboot.
  public static func run(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots)
    let path = try Settings(roots).device()
    let node = (try? Folder(path: "/").followedStatus(of: path))?.node
    let description = node.flatMap { WatchdogDevice.describe($0) }
    if description?.nowayout == true {
      throw Failure(
        .unavailable,
        "unable to disarm \(path): its driver was loaded with nowayout: only a reboot stops it")
    }
    if isDry {
      Console.write("would end the feeders and disarm \(path)\n")
      return
    }
    let drafts = try Drafts(of: report.tool, in: state)
    try attempt(to: "make \(state.path)/\(note)") { () throws(SystemError) in
      try drafts.replace(note, in: state.folder, Drafts.Contents(""))
    }
    let isCounting = description?.state?.isEqual(to: "active") ?? true
    // Held here as well, so that ending the feeders is no close.
    let taken = try DeviceHold.takeOver(path)
    try endFeeders(of: node)
    let isStopped = try stop(taken, orOpen: isCounting ? path : nil)
    report.say(
      .notice,
      isStopped
        ? "\(path) is disarmed until kwatchdog-feeder --arm, or a reboot"
        : "\(path) is not counting: nothing to disarm")
  }

  private static func stop(
    _ taken: consuming DeviceHold?, orOpen path: String?
  ) throws(Failure) -> Bool {
    switch consume taken {
    case .some(let hold): try hold.allowToStop()
    case .none:
      guard let path else { return false }
      try DeviceHold.open(path).allowToStop()
    }
    return true
  }

  private static func endFeeders(of node: DeviceNumber?) throws(Failure) {
    guard let node else { return }
    for feeder in try Holder.all(of: node) where feeder.isFeeder {
      try attempt(to: "end kwatchdog-feeder (process \(feeder.pid))") { () throws(SystemError) in
        do throws(SystemError) {
          let process = try ProcessDescriptor(pid: feeder.pid)
          try process.send(killSignal)
          _ = process.waitForEnd(untilMonotonic: Moment.now().monotonic + .seconds(5))
        } catch {
          if error != .noSuchProcess { throw error }
        }
      }
    }
  }
}
