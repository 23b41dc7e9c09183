import LinuxCalls
import Rules

/// Something that happened: a line of /var/lib/watchdog/incidents.jsonl.
public struct Incident: Sendable {
  /// What happened.
  public let event: Event
  /// To which heart; nil for the whole box.
  public let name: Name?
  /// Who did or noticed it.
  public let by: String
  /// Why, or how.
  public let why: String
  /// When which part of it was.
  let instants: [Instant]
  /// The how manieth attempt in a row it was; nil where there are none.
  public let attempt: Int?
  /// What the program did before it was ended, in words that are the same for what is alike; nil where nobody looked.
  public var doing: String?

  /// A part of what happened, and when: CLOCK_REALTIME.
  public typealias Instant = (milestone: Milestone, date: Duration)

  /// A part of what happened, by its name in the file.
  public enum Milestone: Literal, Sendable {
    /// The heart beat last, or its program was started, and nothing was heard since.
    case since
    /// It should have beaten again by then.
    case deadline
    /// The problem was noticed.
    case noticed
    /// The attempt to solve it began.
    case began
    /// Its processes were asked to end (TERM).
    case asked
    /// They were killed (KILL).
    case killed
    /// The program was started.
    case started
    /// It beat for the first time after that.
    case beat
  }

  /// An incident.
  public init(
    _ event: Event, _ name: Name? = nil, by: String, why: String, instants: [Instant] = [],
    attempt: Int? = nil
  ) {
    self.event = event
    self.name = name
    self.by = by
    self.why = why
    self.instants = instants
    self.attempt = attempt
  }

  /// How `doing` stands in the file.
  public static let doingMember: StaticString = "doing"

  /// The file.
  public static let file = "incidents.jsonl"

  /// The line that tells it.
  ///
  /// - Parameters:
  ///   - now: when it is written.
  ///   - boot: see `Boot.name`.
  func json(_ now: Moment, boot: String) -> JSON {
    var members = Incident.stamp(now, boot: boot) + event.members
    if let name { members.append(("name", .string(name.text))) }
    members.append(("by", .string(by)))
    members.append(("why", .string(why)))
    for (step, date) in instants { members.append((step.name, .string(date.date))) }
    if let attempt { members.append(("attempt", .number("\(attempt)"))) }
    if let doing { members.append((Incident.doingMember, .string(doing))) }
    return .object(members)
  }

  /// What each line begins with.
  static func stamp(_ now: Moment, boot: String) -> [(name: StaticString, value: JSON)] {
    [
      ("time", .string(now.realtime.date)), ("uptime", .seconds(now.monotonic)),
      ("boot", .string(boot)),
    ]
  }
}
