import Linux

/// The device that the feeders of this box hold. A device that was once armed has to be fed until the next boot:
/// whoever writes another path into the file `device` meanwhile, or takes its name away, must not make feeders
/// lose sight of it, for that would reboot the box. So its number is noted in the state folder, and below it the feeder
/// that holds it, by whom the next one finds it at once.
public struct ArmedDevice {
  private static let file = "armed-device"

  /// A path for messages, and to open it.
  public let path: String
  /// Its number; nil when nothing of that path is a device.
  public let node: DeviceNumber?
  /// Whether there is anything of that path.
  public let isThere: Bool
  /// The feeder that set it up last, which may be gone; nil when none is noted.
  private(set) var holder: ProcessIdentity?

  /// The noted one as long as it counts down; else the one that is configured.
  ///
  /// - Parameter system: where sysfs is.
  public static func find(_ roots: Roots, system: String = "/sys") throws(Failure) -> ArmedDevice {
    var found = ArmedDevice(configured: try Settings(roots).device())
    let note = try read(roots)
    if let noted = note.node, noted != found.node,
      let device = WatchdogDevice.describe(noted, system: system),
      device.state?.isEqual(to: "active") == true
    {
      found = ArmedDevice(path: "/dev/\(device.name)", node: noted, isThere: true)
    }
    found.holder = note.holder
    return found
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

  private typealias Note = (node: DeviceNumber?, holder: ProcessIdentity?)

  private static func read(_ roots: Roots) throws(Failure) -> Note {
    guard let state = try StateFolder.toLookAt(roots) else { return (nil, nil) }
    return read(in: state)
  }

  private static func read(in state: borrowing StateFolder) -> Note {
    guard let lines = try? state.read(file, atMost: largestFile)?.lines, let first = lines.first
    else { return (nil, nil) }
    let holder = lines.count > 1 ? ProcessIdentity(parsing: lines[1]) : nil
    var scanner = Scanner(first)
    guard let major = scanner.number(), scanner.skip(UInt8(ascii: ":")),
      let minor = scanner.number()
    else { return (nil, holder) }
    let node = DeviceNumber(
      major: UInt32(truncatingIfNeeded: major), minor: UInt32(truncatingIfNeeded: minor))
    return (node, holder)
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
    guard let node = read(in: state).node else { return try !Disarming.isNoted(in: state) }
    let description = WatchdogDevice.describe(node, system: system)
    return description?.state.map { $0.isEqual(to: "active") } ?? true
  }

  /// Notes which one is held, and that it is by this process, unless that stands there. Where it cannot be noted the configured path is all there is
  /// to go by.
  ///
  /// - Parameters:
  ///   - node: its number; nil for what only stands in for a device.
  ///   - path: where it was opened.
  static func note(
    _ node: DeviceNumber?, path: String, in state: borrowing StateFolder,
    _ drafts: borrowing Drafts
  ) {
    let device = node.map { "\($0.major):\($0.minor)\n" } ?? "stand-in \(path)\n"
    let text = device + ((try? ProcessIdentity.own()).map { "\($0.text)\n" } ?? "")
    let before = try? state.read(file, atMost: largestFile)
    if let before, before.elementsEqual(text.utf8) { return }
    try? drafts.keep(file, in: state.folder, text)
  }

  /// Forgets it: it was seen to be stopped.
  static func forget(in state: borrowing StateFolder) throws(Failure) { try state.remove(file) }
}
