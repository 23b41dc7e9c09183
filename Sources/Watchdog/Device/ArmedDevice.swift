import LinuxCalls

/// A watchdog device of this box: one that is configured, or one that feeders have armed. What was once armed has to be
/// fed until the next boot: whoever writes another path into the file `device` meanwhile, or takes its name away, must
/// not make feeders lose sight of it, for that would reboot the box. So it is noted in the state folder.
public struct ArmedDevice {
  /// A path for messages, and to open it.
  public let path: String
  /// Its number; nil when nothing of that path is a device.
  public let node: DeviceNumber?
  /// What there is of that path; nil for nothing.
  public let kind: FileStatus.Kind?
  /// What is known of it without opening it: what sysfs says, and where it says nothing the one who opened it; nil when
  /// it is no watchdog device.
  public let description: WatchdogDevice.Description?
  /// Whether it is in the file `device`, or, where there is none, the usual one.
  public let isConfigured: Bool
  /// Whether a feeder has noted that it armed it, and nobody that it was seen to be stopped.
  let isNoted: Bool
  /// The feeder that set it up last, which may be gone; nil when none is noted.
  let holder: ProcessIdentity?
}

extension ArmedDevice {
  /// All of them: those that are configured, then those that are armed all the same.
  ///
  /// - Parameter system: where sysfs is.
  public static func all(_ roots: Roots, system: String = "/sys") throws(Failure) -> [ArmedDevice] {
    let records: [DeviceRecord]
    if let state = try StateFolder.toLookAt(roots) {
      records = try counting(in: state, system: system)
    } else {
      records = []
    }
    var devices: [ArmedDevice] = []
    for path in try Settings(roots).devices() {
      let device = ArmedDevice(configured: path, records, system: system)
      if !devices.contains(where: { $0.isSame(as: device) }) { devices.append(device) }
    }
    for record in records {
      let device = ArmedDevice(record, system: system)
      if !devices.contains(where: { $0.isSame(as: device) }) { devices.append(device) }
    }
    return devices
  }

  /// The one of this path.
  public init(configured path: String) {
    self.init(configured: path, [], system: "/sys")
  }

  private init(configured path: String, _ records: [DeviceRecord], system: String) {
    let file = try? FileStatus.following(path)
    let node = file?.kind == .characterDevice ? file?.node : nil
    self.path = path
    self.node = node
    kind = file?.kind
    let description = node.flatMap { WatchdogDevice.describe($0, system: system) }
    let record = records.first { record in
      record.node == node || description?.name.isEqual(to: record.name(system: system)) == true
    }
    self.description = description?.completed(by: record)
    isConfigured = true
    isNoted = record != nil
    holder = record?.holder
  }

  private init(_ record: DeviceRecord, system: String) {
    let description = record.node.flatMap { WatchdogDevice.describe($0, system: system) }
    // Its own name may be gone; that of sysfs is the kernel's.
    path = description.map { "/dev/\($0.name)" } ?? record.path
    node = record.node
    kind = .characterDevice
    self.description = description?.completed(by: record)
    isConfigured = false
    isNoted = true
    holder = record.holder
  }

  /// Whether both are one: /dev/watchdog is another name, with another number, of the first.
  func isSame(as other: ArmedDevice) -> Bool {
    if let name = description?.name, let otherName = other.description?.name {
      return name.isEqual(to: otherName)
    }
    return node == other.node && (node != nil || path.isEqual(to: other.path))
  }

  /// Whether it counts down, as far as anybody can tell; nil where nobody can.
  public var isArmed: Bool? { description?.isActive }

  /// Whether a feeder has armed something in this boot that counts down still, as far as anybody can tell: a device
  /// without a directory in sysfs counts until it was seen to be stopped.
  ///
  /// - Parameter system: where sysfs is.
  static func isAnyArmed(
    in state: borrowing StateFolder, system: String = "/sys"
  ) throws(Failure) -> Bool {
    guard try DeviceRecord.isAny(in: state) else { return false }
    let records = DeviceRecord.all(in: state)
    guard records.contains(where: { $0.node != nil }) else {
      return try !state.has(.disarmed)
    }
    return try !counting(in: state, system: system).isEmpty
  }

  /// What was noted and counts down still.
  private static func counting(
    in state: borrowing StateFolder, system: String
  ) throws(Failure) -> [DeviceRecord] {
    DeviceRecord.all(in: state).filter { record in
      guard let node = record.node else { return false }
      return WatchdogDevice.describe(node, system: system)?.isActive ?? true
    }
  }
}

extension DeviceRecord {
  /// The kernel's name of it; empty where there is none.
  fileprivate func name(system: String) -> String {
    node.flatMap { WatchdogDevice.describe($0, system: system)?.name } ?? ""
  }
}

extension WatchdogDevice.Description {
  /// With what the one who opened it found out, where sysfs says nothing. It was armed then, and is until it was seen to
  /// be stopped.
  func completed(by record: DeviceRecord?) -> WatchdogDevice.Description {
    guard let record else { return self }
    var known = self
    known.identity = identity ?? record.identity
    known.state = state ?? "active"
    known.timeout = timeout ?? record.timeout.map { "\($0)" }
    known.nowayout = nowayout ?? record.nowayout
    known.bootFlags = bootFlags ?? record.bootFlags
    return known
  }
}
