import LinuxCalls

/// What systemd's manager is told to do with the watchdog device (systemd-system.conf(5)). Pure: the contents of
/// its files go in, the one with the least say first.
public struct SystemdWatchdog: Equatable, Sendable {
  /// RuntimeWatchdogSec, as it is written, where it makes PID 1 open and feed the device; nil where it is off.
  public private(set) var runtime: String?
  /// WatchdogDevice: nil where it is not set, which means the first one.
  public private(set) var device: String?
  /// The file that says what counts for `runtime`.
  public private(set) var file: String?

  /// Reads them.
  public init(_ files: [(path: String, bytes: [UInt8])]) {
    for (path, bytes) in files {
      var isManager = false
      for line in bytes.lines.map({ $0.trimmed }) {
        if line.first == UInt8(ascii: "[") { isManager = line.elementsEqual("[Manager]".utf8) }
        guard isManager, let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
        take(line[..<equals].trimmed, line[(equals + 1)...].trimmed, path)
      }
    }
  }

  private mutating func take(_ key: [UInt8], _ value: [UInt8], _ path: String) {
    if key.elementsEqual("RuntimeWatchdogSec".utf8) {
      let off = ["", "0", "0s", "0min", "off"]
      let isOff = off.contains { value.elementsEqual($0.utf8) }
      runtime = isOff ? nil : printable(value)
      file = path
    } else if key.elementsEqual("WatchdogDevice".utf8) {
      device = value.isEmpty ? nil : printable(value)
    }
  }

  /// Whether both say the same.
  public static func == (one: SystemdWatchdog, other: SystemdWatchdog) -> Bool {
    func isSame(_ one: String?, _ other: String?) -> Bool {
      guard let one, let other else { return one == nil && other == nil }
      return one.isEqual(to: other)
    }
    return isSame(one.runtime, other.runtime) && isSame(one.device, other.device)
      && isSame(one.file, other.file)
  }
}
