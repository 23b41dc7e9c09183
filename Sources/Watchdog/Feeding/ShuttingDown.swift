import LinuxCalls
import Rules

/// What `kwatchdog-feeder --shutdown` does when the box begins to shut down: programs take the time that they need, cron and
/// its feeders are gone soon, and a device that resets the box meanwhile loses what is being written. So the device waits
/// for shutdown-timeout; where its driver cannot, the feeders that are there go on so long, whatever the chain is like. A
/// shutdown that hangs is reset after that.
public struct ShuttingDown: Equatable {
  private static let file = "shutting-down"

  /// CLOCK_MONOTONIC until when a shutdown may take.
  let deadline: Duration
  /// Whether feeders feed until then. Else the device waits by itself, and they let go of it, so that systemd's
  /// RebootWatchdogSec finds it.
  let isFed: Bool

  /// What is noted; nil where the box is not shut down.
  static func read(in state: borrowing StateFolder) -> ShuttingDown? {
    guard let bytes = (try? state.read(file, atMost: 256)) ?? nil else { return nil }
    var reader = FieldReader(bytes.firstLine)
    guard let deadline = reader.time(), let word = reader.word() else { return nil }
    return ShuttingDown(deadline: deadline, isFed: word.elementsEqual("fed".utf8))
  }

  func note(in state: borrowing StateFolder) throws(Failure) {
    try state.replace(
      ShuttingDown.file, "\(deadline.field) \(isFed ? "fed" : "left")\n")
  }

  static func clear(in state: borrowing StateFolder) throws(Failure) { try state.remove(file) }

  /// Gives the devices of this box the time that a shutdown may take.
  public static func run(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let time = Settings.value(of: .shutdownTimeout, roots)
    let state = try StateFolder(roots)
    // What somebody else has armed is not ours to set.
    let devices = try ArmedDevice.all(roots).filter { $0.isNoted && $0.isArmed != false }
    let paths = devices.map { $0.path }.joined(separator: " and ")
    if isDry {
      Console.write("would have \(paths) wait for \(time.wholeSeconds) s\n")
      return
    }
    let deadline = Clock.monotonic + time
    // Noted first: what feeds must not end, nor set the timeout again, while the drivers are asked.
    try ShuttingDown(deadline: deadline, isFed: true).note(in: state)
    var short: [String] = []
    for device in devices {
      guard let got = try wait(device, for: time) else {
        short.append("\(device.path) can only be set by the feeder that holds it")
        continue
      }
      if got < time { short.append("\(device.path) waits for \(got.wholeSeconds) s at the most") }
    }
    guard short.isEmpty else {
      report.say(
        .notice,
        "\(short.joined(separator: ", ")): fed for \(time.wholeSeconds) s more, so that the box can shut down (systemd's "
          + "RebootWatchdogSec cannot have it meanwhile)")
      return
    }
    try ShuttingDown(deadline: deadline, isFed: false).note(in: state)
    if !devices.isEmpty {
      report.say(
        .notice, "\(paths) waits for \(time.wholeSeconds) s, so that the box can shut down")
    }
  }

  /// Where no feeder is left to take it over from, it counts down and can be opened.
  ///
  /// - Returns: how long it waits; nil where a feeder holds it from which it cannot be taken over.
  private static func wait(_ device: ArmedDevice, for time: Duration) throws(Failure) -> Duration? {
    if let held = try OpenDevice.takeOver(device) { return held.wait(for: time) }
    if let node = device.node, try !Holder.feeders(of: node).isEmpty { return nil }
    return try OpenDevice.open(device.path).wait(for: time)
  }
}
