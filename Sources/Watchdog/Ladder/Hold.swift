import Linux

/// Maintenance: for a time nothing is restarted, while marks go on and the device is fed. It ends by itself.
///
/// /run/watchdog/hold holds, on line 1, CLOCK_MONOTONIC in whole seconds when it began and when it ends, for
/// a clock that is set must neither shorten nor lengthen it; and on line 2 why. It stays when it is over:
/// problems that came up meanwhile have their full time from its end on.
public struct Hold: Sendable {
  /// CLOCK_MONOTONIC when it began.
  public let begin: Duration
  /// CLOCK_MONOTONIC when it ends.
  public let end: Duration
  /// Why.
  public let reason: String

  /// No hold is longer: a day.
  public static let longest: Duration = .seconds(86_400)

  private static let file = "hold"

  /// A hold.
  public init(begin: Duration, end: Duration, reason: String) {
    self.begin = begin
    self.end = end
    self.reason = reason.printable
  }

  /// Reads what `text` wrote; nil when it is anything else, or of another boot.
  public init?(parsing bytes: [UInt8], now: Duration) {
    let lines = bytes.split(separator: 0x0A)
    guard let first = lines.first else { return nil }
    var scanner = Scanner(Array(first))
    guard let begin = scanner.number(), scanner.skip(0x20), let end = scanner.number(),
      scanner.isAtEnd, begin <= end, end - begin <= UInt64(Hold.longest.wholeSeconds),
      begin <= UInt64(now.wholeSeconds) + 1
    else { return nil }
    self.init(
      begin: .seconds(Int64(begin)), end: .seconds(Int64(end)),
      reason: lines.count > 1 ? String(decoding: Array(lines[1]), as: UTF8.self) : "")
  }

  var text: String { "\(begin.wholeSeconds) \(end.wholeSeconds)\n\(reason)\n" }

  /// How much of it is left; nil when it is over.
  public func rest(at now: Duration) -> Duration? { end > now ? end - now : nil }

  /// The last hold, be it over or not; nil when there was none, or none that can be understood.
  public static func read(in state: borrowing StateFolder, now: Duration) throws(Failure) -> Hold? {
    try attempt(to: "read \(state.path)/\(file)") { () throws(SystemError) in
      try state.folder.readFile(file, atMost: 1024).flatMap { Hold(parsing: $0, now: now) }
    }
  }

  /// Writes it down, instead of the one before.
  public func keep(in state: borrowing StateFolder, tool: StaticString) throws(Failure) {
    let drafts = try Drafts(of: tool, in: state)
    try attempt(to: "write \(state.path)/\(Hold.file)") { () throws(SystemError) in
      try drafts.replace(Hold.file, in: state.folder, Drafts.Contents(text))
    }
  }
}
