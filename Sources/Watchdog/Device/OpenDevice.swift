import Linux

/// The open device, or what stands in for one.
struct OpenDevice: ~Copyable {
  private let device: WatchdogDevice
  private let path: String
  /// What the driver says of itself; nil when this is no watchdog device.
  private let information: WatchdogDevice.Information?

  /// The shortest timeout that is asked for. A feeder that is delayed for a second or two by a busy box must
  /// not reboot it.
  static let leastTimeout: Duration = .seconds(5)

  private init(_ device: consuming WatchdogDevice, path: String) {
    information = device.information()
    self.device = device
    self.path = path
  }

  /// Whether this is no watchdog device, so that closing it does nothing.
  var isStandIn: Bool { information == nil }

  /// Which device it is; nil for what stands in for one.
  var node: DeviceNumber? { isStandIn ? nil : (try? device.status())?.node }

  /// Opens, and thereby arms, the device.
  static func open(_ path: String) throws(Failure) -> OpenDevice {
    do throws(SystemError) {
      return OpenDevice(try WatchdogDevice(path: path), path: path)
    } catch {
      throw explain(error, opening: path)
    }
  }

  /// Takes the open device over from a feeder that holds it: the same open file, which stays open when that
  /// feeder ends, so the kernel sees no close.
  ///
  /// - Returns: nil when no feeder holds it, or when its descriptors are not ours to take (pidfd_getfd(2)
  ///   needs ptrace access, which nobody has with Yama's ptrace_scope 3): then it has to be opened, after
  ///   that feeder has ended.
  static func takeOver(_ armed: ArmedDevice) throws(Failure) -> OpenDevice? {
    guard let node = armed.node else { return nil }
    for holder in try Holder.feeders(of: node, noted: armed.holder) {
      guard let process = try? ProcessDescriptor(pid: holder.pid),
        let descriptor = try? process.takeOver(descriptor: holder.descriptor),
        // Between the look and the taking that number may have come to mean another file.
        let taken = try? descriptor.status(), taken.node == node
      else { continue }
      return OpenDevice(WatchdogDevice(descriptor), path: armed.path)
    }
    return nil
  }

  /// What people should know when the configuration names another device by now; nil when it does not.
  borrowing func difference(from configured: String) -> String? {
    guard let node, let own = WatchdogDevice.describe(node)?.name else { return nil }
    let other = ArmedDevice(configured: configured).node.flatMap {
      WatchdogDevice.describe($0)?.name
    }
    if let other, other.isEqual(to: own) { return nil }
    return "feeding /dev/\(own), which is armed until the next boot, and not \(configured)"
  }

  /// Sets the timeout and reads it back.
  ///
  /// - Parameter timeout: what is wanted; nil leaves what is in force.
  /// - Returns: what people should know of this device.
  borrowing func setUp(timeout: Duration?) -> [String] {
    guard let information else {
      return ["\(path) is no watchdog device: it is written to, but will reboot nothing"]
    }
    var notes: [String] = []
    if let timeout { notes += set(timeout, information) }
    if let inForce = try? device.timeout(), .seconds(Int64(inForce)) < OpenDevice.leastTimeout {
      notes.append(
        "\(path): the driver's timeout is fixed at \(inForce) s, which is dangerously short")
    }
    if let status = try? device.status(),
      !information.canBeStopped, WatchdogDevice.describe(status.node)?.nowayout == false
    {
      notes.append(
        "\(path) (\(information.identity)) stops whenever it is closed, so it does not notice that all "
          + "feeders are gone: load its driver with nowayout=1")
    }
    return notes
  }

  private borrowing func set(
    _ timeout: Duration, _ information: WatchdogDevice.Information
  ) -> [String] {
    let wanted = Int32(clamping: timeout.wholeSeconds)
    let before = try? device.timeout()
    if before == wanted { return [] }
    let usual = before.map { "\($0) s" } ?? "its own timeout"
    guard information.canSetTimeout else {
      return ["\(path) (\(information.identity)) has a fixed timeout: \(usual), not \(wanted) s"]
    }
    do throws(SystemError) {
      let got = try device.setTimeout(wanted)
      return got == wanted
        ? [] : ["\(path) (\(information.identity)) made \(wanted) s into \(got) s"]
    } catch {
      return [
        "\(path) (\(information.identity)) does not take \(wanted) s (\(error.reason)): \(usual)"
      ]
    }
  }

  /// Feeds it once.
  borrowing func feed() throws(Failure) {
    // A FIFO whose reader is slow has more than enough.
    try attempt(to: "feed \(path)", unless(.wouldWait, device.feed()))
  }

  /// Lets the next close stop it.
  borrowing func allowToStop() throws(Failure) {
    try attempt(to: "write V to \(path)", device.allowToStop())
  }

  private static func explain(_ error: SystemError, opening path: String) -> Failure {
    switch error {
    case .busy:
      let node = (try? Folder(path: "/").followedStatus(of: path))?.node
      let holder = node.flatMap { (try? Holder.all(of: $0))?.first }
      return Failure(
        .unavailable,
        holder?.words ?? "held by a process that cannot be seen", unableTo: "open \(path)")
    case .noSuchFile:
      return Failure(
        .unavailable, "there is no such device", unableTo: "open \(path)",
        cure: "load a driver (modprobe softdog), or write the path of yours into the file device")
    case .noSuchDevice:
      return Failure(
        .unavailable, "\(error.reason): nobody reads it", unableTo: "open \(path)")
    default: return Failure.unable(to: "open \(path)", error)
    }
  }
}
