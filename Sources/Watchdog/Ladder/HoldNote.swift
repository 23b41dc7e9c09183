import LinuxCalls
import Rules

/// /run/watchdog/hold, or holds/NAME for one heart.
///
/// Line 1 is CLOCK_MONOTONIC in whole seconds when it began and when it ends, for a clock that is set must neither
/// shorten nor lengthen it; line 2 is why. It stays when it is over: problems that came up meanwhile have their full
/// time from its end on.
public struct HoldNote: Sendable {
  /// When it is.
  public let hold: Hold
  /// Why.
  public let reason: String

  private static let file = "hold"

  /// A hold.
  public init(_ hold: Hold, reason: String) {
    self.hold = hold
    self.reason = reason.printable
  }

  /// Reads what `text` wrote; nil when it is anything else, or of another boot.
  public init?(parsing bytes: [UInt8], now: Duration) {
    let lines = bytes.lines
    var fields = FieldReader(lines.line(0))
    guard let begin = fields.wholeSeconds(), let end = fields.wholeSeconds(), fields.isAtEnd,
      begin <= end, end - begin <= Hold.longest, begin <= now + .seconds(1)
    else { return nil }
    self.init(
      Hold(begin: begin, end: end), reason: lines.line(1).text)
  }

  var text: String { "\(hold.begin.wholeSeconds) \(hold.end.wholeSeconds)\n\(reason)\n" }

  /// The last hold, be it over or not; nil when there was none, or none that can be understood.
  ///
  /// - Parameter heart: of which heart alone; nil for the box.
  public static func read(
    of heart: Name? = nil, in state: borrowing StateFolder, now: Duration
  ) throws(Failure) -> HoldNote? {
    try state.read(heart.map { "holds/\($0.text)" } ?? file, atMost: 1024)
      .flatMap { HoldNote(parsing: $0, now: now) }
  }

  /// How much is left of it, and why it is; nil when it is over.
  public func left(at now: Duration) -> Left? { hold.rest(at: now).map { ($0, reason) } }

  /// What is left of a hold, and why it is.
  public typealias Left = (rest: Duration, reason: String)

  /// What is left of the hold of the box, or of one heart alone; nil when there is none.
  public static func left(
    of heart: Name? = nil, in state: borrowing StateFolder, at now: Duration
  ) throws(Failure) -> Left? {
    try read(of: heart, in: state, now: now)?.left(at: now)
  }

  /// Writes it down, instead of the one before.
  public func keep(for heart: Name?, in state: borrowing StateFolder) throws(Failure) {
    guard let heart else { return try state.replace(HoldNote.file, text) }
    try Drafts(in: state).keep(heart.text, in: state.open(.holds), text)
  }
}
