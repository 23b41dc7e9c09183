import LinuxCalls

/// What the feeder that opened a device found out about it: a line of /run/watchdog/armed-device, for those who may not
/// open it. A driver without a directory in sysfs (ipmi_watchdog, ib700wdt, kernels without CONFIG_WATCHDOG_SYSFS)
/// tells it to nobody else.
struct DeviceRecord {
  /// Its number; nil for what only stands in for a device.
  let node: DeviceNumber?
  /// Where it was opened.
  let path: String
  /// The timeout that was read back, in seconds; nil where the driver does not say.
  var timeout: Int64?
  /// Why the box was reset last, as the driver said (WDIOC_GETBOOTSTATUS).
  var bootFlags: WatchdogDevice.BootFlags?
  /// Whether nothing can stop it any more; nil where nobody says.
  var nowayout: Bool?
  /// The driver's name.
  var identity: String?
  /// The feeder that set it up last, which may be gone: the next one finds it by that at once.
  var holder: ProcessIdentity?

  init(node: DeviceNumber?, path: String) {
    self.node = node
    self.path = path
  }

  /// Reads a line. That of an older version holds the number alone.
  init?(parsing line: [UInt8]) {
    let words = line.pieces(between: .space)
    guard let first = words.first else { return nil }
    node = DeviceNumber(parsing: first)
    guard node != nil || first.elementsEqual("stand-in".utf8) else { return nil }
    path = words.count > 1 ? words[1].text : ""
    guard words.count > 6 else { return }
    timeout = UInt64(leading: words[2]).map { Int64(clamping: $0) }
    bootFlags = UInt64(leading: words[3]).map {
      WatchdogDevice.BootFlags(bits: UInt32(truncatingIfNeeded: $0))
    }
    nowayout = words[4].elementsEqual("-".utf8) ? nil : words[4].elementsEqual("yes".utf8)
    holder = ProcessIdentity(parsing: Array(words[5] + [.space] + words[6]))
    identity = words.count > 7 ? words[7...].map { $0.text }.joined(separator: " ") : nil
  }

  /// As `init(parsing:)` reads it, with the end of the line.
  var line: String {
    let number = node.map { "\($0.major):\($0.minor)" } ?? "stand-in"
    let seconds = timeout.map { "\($0)" } ?? "-"
    let flags = bootFlags.map { "\($0.bits)" } ?? "-"
    let way = nowayout.map { $0 ? "yes" : "no" } ?? "-"
    let feeder = holder?.text ?? "- -"
    return "\(number) \(path) \(seconds) \(flags) \(way) \(feeder) \((identity ?? "").printable)\n"
  }

  // MARK: The file

  private static let file = "armed-device"
  private static let largestFile = 4096

  /// All that are noted, in the order in which they were armed.
  static func all(in state: borrowing StateFolder) -> [DeviceRecord] {
    let bytes = (try? state.read(file, atMost: largestFile)) ?? nil
    return (bytes ?? []).lines.compactMap { DeviceRecord(parsing: $0) }
  }

  /// Whether anything is noted, readable or not.
  static func isAny(in state: borrowing StateFolder) throws(Failure) -> Bool {
    try state.status(of: file) != nil
  }

  /// Notes this one among the others, unless it stands there.
  ///
  /// - Throws: when it cannot be noted: then the configured path is all there is to go by.
  func note(in state: borrowing StateFolder, _ drafts: borrowing Drafts) throws(Failure) {
    let before = DeviceRecord.all(in: state)
    if before.contains(where: { $0.line.isEqual(to: line) }) { return }
    let others = before.filter { !isSame(as: $0) }
    try drafts.keep(
      DeviceRecord.file, in: state.folder, others.map { $0.line }.joined() + line)
  }

  private func isSame(as other: DeviceRecord) -> Bool {
    node == other.node && (node != nil || path.isEqual(to: other.path))
  }

  /// Forgets them all: they were seen to be stopped.
  static func forgetAll(in state: borrowing StateFolder) throws(Failure) {
    try state.remove(file)
  }
}
