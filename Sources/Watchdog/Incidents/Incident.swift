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
    /// A person left the box to the watchdog device, to see whether it reboots it.
    case rebootTest
    /// Reboots did not help: problems are only marked from now on.
    case stoodDown
    /// A person took that back.
    case resumed
    /// Nothing is restarted for a while.
    case hold
    /// The chain is stale, and the device is not fed: if nothing changes it reboots the box.
    case notFed
    /// The chain is fresh again, and so the device is fed.
    case fedAgain
    /// Something that a person wants to be remembered.
    case note

    /// All of them.
    public static let all: [Event] = [
      .noticed, .solved, .recovered, .failed, .restart, .reboot, .rebootTest, .stoodDown,
      .resumed, .hold, .notFed, .fedAgain, .note,
    ]

    /// As it stands in the file.
    public var name: StaticString {
      switch self {
      case .noticed: "noticed"
      case .solved: "solved"
      case .recovered: "recovered"
      case .failed: "failed"
      case .restart: "restart"
      case .reboot: "reboot"
      case .rebootTest: "reboot-test"
      case .stoodDown: "stood-down"
      case .resumed: "resumed"
      case .hold: "hold"
      case .notFed: "not-fed"
      case .fedAgain: "fed-again"
      case .note: "note"
      }
    }

    /// Whether the box may be gone before the disk has it by itself.
    var isUrgent: Bool {
      switch self {
      case .reboot, .rebootTest, .stoodDown, .notFed: true
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
  /// When which part of it was.
  public let steps: [Step]
  /// The how manieth attempt in a row it was; nil where there are none.
  public let attempt: Int?

  /// A part of what happened, and when: CLOCK_REALTIME.
  public struct Step: Sendable {
    /// Its name in the file.
    public let name: StaticString
    /// When it was.
    public let date: Duration

    init(_ name: StaticString, _ date: Duration) {
      self.name = name
      self.date = date
    }

    /// The heart beat last, or its program was started, and nothing was heard since.
    public static func since(_ date: Duration) -> Step { Step("since", date) }
    /// It should have beaten again by then.
    public static func deadline(_ date: Duration) -> Step { Step("deadline", date) }
    /// The problem was noticed.
    public static func noticed(_ date: Duration) -> Step { Step("noticed", date) }
    /// The attempt to solve it began.
    public static func began(_ date: Duration) -> Step { Step("began", date) }
    /// Its processes were asked to end (TERM).
    public static func asked(_ date: Duration) -> Step { Step("asked", date) }
    /// They were killed (KILL).
    public static func killed(_ date: Duration) -> Step { Step("killed", date) }
    /// The program was started.
    public static func started(_ date: Duration) -> Step { Step("started", date) }
    /// It beat for the first time after that.
    public static func beat(_ date: Duration) -> Step { Step("beat", date) }
  }

  /// An incident.
  public init(
    _ event: Event, _ name: Name? = nil, by: String, why: String, steps: [Step] = [],
    attempt: Int? = nil
  ) {
    self.event = event
    self.name = name
    self.by = by
    self.why = why
    self.steps = steps
    self.attempt = attempt
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
    for step in steps { members.append((step.name, .string(step.date.date))) }
    if let attempt { members.append(("attempt", .number("\(attempt)"))) }
    return .object(members)
  }

  /// Writes it down, as one line. Where that cannot be done it is said, and that is all: a full disk must
  /// neither keep a problem from being solved nor reboot the box.
  public func note(_ roots: Roots, _ report: Report) {
    do throws(Failure) {
      try write(roots)
    } catch {
      report.say(.warning, error.sentence)
    }
  }

  /// Writes it down, as one line.
  public func write(_ roots: Roots) throws(Failure) {
    try DataFolder(roots).append(
      json(Moment.now(), boot: Counter.bootName()).text(depth: 0), to: Incident.file,
      isUrgent: event.isUrgent)
  }
}
