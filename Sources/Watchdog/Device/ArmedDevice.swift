import Linux

/// The device that the feeders of this box hold. A device that was once armed has to be fed until the next boot:
/// whoever writes another path into the file `device` meanwhile, or takes its name away, must not make feeders
/// lose sight of it, for that would reboot the box. So its number is noted in the state folder.
public struct ArmedDevice {
  private static let file = "armed-device"

  /// A path for messages, and to open it.
  public let path: String
  /// Its number; nil when nothing of that path is a device.
  public let node: DeviceNumber?
  /// Whether there is anything of that path.
  public let isThere: Bool

  /// The noted one as long as it counts down; else the one that is configured.
  ///
  /// - Parameter system: where sysfs is.
  public static func find(_ roots: Roots, system: String = "/sys") throws(Failure) -> ArmedDevice {
    let configured = ArmedDevice(configured: try Settings(roots).device())
    guard let noted = try read(roots), noted != configured.node,
      let device = WatchdogDevice.describe(noted, system: system),
      device.state?.isEqual(to: "active") == true
    else { return configured }
    return ArmedDevice(path: "/dev/\(device.name)", node: noted, isThere: true)
  }

  /// The one of this path.
  public init(configured path: String) {
    let file = try? Folder(path: "/").followedStatus(of: path)
    let node = file?.kind == .characterDevice ? file?.node : nil
    self.init(path: path, node: node, isThere: file != nil)
  }

  private init(path: String, node: DeviceNumber?, isThere: Bool) {
    self.path = path
    self.node = node
    self.isThere = isThere
  }

  /// Whether its driver says that it reset the box last.
  ///
  /// - Parameter system: where sysfs is.
  func didReset(system: String) -> Bool {
    node.flatMap { WatchdogDevice.describe($0, system: system) }?.didReset ?? false
  }

  private static func read(_ roots: Roots) throws(Failure) -> DeviceNumber? {
    guard let state = try StateFolder.toLookAt(roots) else { return nil }
    return readNode(in: state)
  }

  private static func readNode(in state: borrowing StateFolder) -> DeviceNumber? {
    guard let bytes = try? state.read(file, atMost: largestFile) else {
      return nil
    }
    var scanner = Scanner(bytes)
    guard let major = scanner.number(), scanner.skip(UInt8(ascii: ":")),
      let minor = scanner.number()
    else {
      return nil
    }
    return DeviceNumber(
      major: UInt32(truncatingIfNeeded: major), minor: UInt32(truncatingIfNeeded: minor))
  }

  private static let largestFile = 4096

  /// Whether a feeder has armed something in this boot that counts down still, as far as anybody can tell: a device
  /// without a directory in sysfs counts until it was seen to be stopped.
  ///
  /// - Parameter system: where sysfs is.
  public static func isArmed(
    _ roots: Roots, _ state: borrowing StateFolder, system: String = "/sys"
  ) throws(Failure) -> Bool {
    guard try state.status(of: file) != nil else { return false }
    guard let node = readNode(in: state) else { return try !Disarming.isNoted(in: state) }
    let description = WatchdogDevice.describe(node, system: system)
    return description?.state.map { $0.isEqual(to: "active") } ?? true
  }

  /// Notes which one is held, unless that stands there. Where it cannot be noted the configured path is all there is
  /// to go by.
  ///
  /// - Parameters:
  ///   - node: its number; nil for what only stands in for a device.
  ///   - path: where it was opened.
  static func note(
    _ node: DeviceNumber?, path: String, in state: borrowing StateFolder,
    _ drafts: borrowing Drafts
  ) {
    let text = node.map { "\($0.major):\($0.minor)\n" } ?? "stand-in \(path)\n"
    let before = try? state.read(file, atMost: largestFile)
    if let before, before.elementsEqual(text.utf8) { return }
    try? drafts.keep(file, in: state.folder, text)
  }

  /// Forgets it: it was seen to be stopped.
  static func forget(in state: borrowing StateFolder) throws(Failure) { try state.remove(file) }
}
