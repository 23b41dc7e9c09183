import Linux

/// Something that happened: a line of /var/lib/watchdog/incidents.jsonl.
public struct Incident: Sendable {
  /// What happened.
  public enum Event: Sendable {
    /// A problem was noticed.
    case noticed
    /// A problem was solved.
    case solved
    /// A heart beat again by itself, or is no longer wanted.
    case recovered
    /// An attempt to solve a problem failed.
    case failed
    /// Everything is restarted.
    case restart
    /// The box is left to the watchdog device.
    case reboot
    /// Reboots did not help: problems are only marked from now on.
    case stoodDown
    /// A person took that back.
    case resumed
    /// Nothing is restarted for a while.
    case hold

    /// As it stands in the file.
    public var name: StaticString {
      switch self {
      case .noticed: "noticed"
      case .solved: "solved"
      case .recovered: "recovered"
      case .failed: "failed"
      case .restart: "restart"
      case .reboot: "reboot"
      case .stoodDown: "stood-down"
      case .resumed: "resumed"
      case .hold: "hold"
      }
    }

    /// Whether the box may be gone before the disk has it by itself.
    var isUrgent: Bool {
      switch self {
      case .reboot, .stoodDown: true
      default: false
      }
    }
  }

  /// What happened.
  public let event: Event
  /// To which heart; nil for the whole box.
  public let name: Name?
  /// Who did or noticed it.
  public let by: String
  /// Why, or how.
  public let why: String

  /// An incident.
  public init(_ event: Event, _ name: Name? = nil, by: String, why: String) {
    self.event = event
    self.name = name
    self.by = by
    self.why = why
  }

  /// The file.
  public static let file = "incidents.jsonl"

  func json(_ now: Moment, boot: String) -> JSON {
    var members: [(name: StaticString, value: JSON)] = [
      ("time", .string(now.realtime.date)),
      ("uptime", .seconds(now.monotonic)),
      ("boot", .string(boot)),
      ("event", .string("\(event.name)")),
    ]
    if let name { members.append(("name", .string(name.text))) }
    members.append(("by", .string(by)))
    members.append(("why", .string(why)))
    return .object(members)
  }

  /// Writes it down, as one line. Where that cannot be done it is said, and that is all: a full disk must
  /// neither keep a problem from being solved nor reboot the box.
  public func note(_ roots: Roots, _ report: Report) {
    do throws(Failure) {
      try DataFolder(roots).append(
        json(Moment.now(), boot: Counter.bootName()).text(depth: 0), to: Incident.file,
        isUrgent: event.isUrgent)
    } catch {
      report.say(.warning, error.sentence)
    }
  }
}

extension Incident {
  /// A line of the file.
  public struct Line: Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value of a member that is text; nil when there is none. It reads what `json` wrote: one object
    /// without others in it, whose text has no other escapes than a backslash before a byte.
    public func member(_ name: StaticString) -> String? {
      let key = Array("\"\(name)\": \"".utf8)
      var start = 0
      while start + key.count <= bytes.count {
        if bytes[start] == 0x22, bytes[start...].starts(with: key) {
          return Line.text(bytes[(start + key.count)...])
        }
        start += 1
      }
      return nil
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String? {
      var text: [UInt8] = []
      var isEscaped = false
      for byte in bytes {
        if byte == 0x22, !isEscaped { return String(decoding: text, as: UTF8.self) }
        isEscaped = byte == 0x5C && !isEscaped
        if !isEscaped { text.append(byte) }
      }
      return nil
    }
  }

  /// The last lines that were written, the newest last. Lines that are torn are left out.
  public static func lastLines(_ roots: Roots) throws(Failure) -> [Line] {
    let data = try DataFolder.toLookAt(roots)
    switch data {
    case .none: return []
    case .some(let data):
      let bytes = try data.readEnd(of: file, atMost: 65_536)
      let lines = bytes.split(separator: 0x0A).filter { $0.first == 0x7B && $0.last == 0x7D }
      return lines.map { Line(Array($0)) }
    }
  }
}
