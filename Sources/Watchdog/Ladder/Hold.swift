import Linux
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
    let lines = bytes.split(separator: 0x0A)
    guard let first = lines.first else { return nil }
    var scanner = Scanner(Array(first))
    guard let begin = scanner.number(), scanner.skip(0x20), let end = scanner.number(),
      scanner.isAtEnd, begin <= end, end - begin <= UInt64(Hold.longest.wholeSeconds),
      begin <= UInt64(now.wholeSeconds) + 1
    else { return nil }
    self.init(
      Hold(begin: .seconds(Int64(begin)), end: .seconds(Int64(end))),
      reason: lines.count > 1 ? String(decoding: Array(lines[1]), as: UTF8.self) : "")
  }

  var text: String { "\(hold.begin.wholeSeconds) \(hold.end.wholeSeconds)\n\(reason)\n" }

  /// The last hold, be it over or not; nil when there was none, or none that can be understood.
  ///
  /// - Parameter heart: of which heart alone; nil for the box.
  public static func read(
    of heart: Name? = nil, in state: borrowing StateFolder, now: Duration
  ) throws(Failure) -> HoldNote? {
    let path = heart.map { "holds/\($0.text)" } ?? file
    return try attempt(to: "read \(state.path)/\(path)") { () throws(SystemError) in
      try state.folder.readFile(path, atMost: 1024).flatMap { HoldNote(parsing: $0, now: now) }
    }
  }

  /// Writes it down, instead of the one before.
  public func keep(
    for heart: Name?, in state: borrowing StateFolder, tool: StaticString
  ) throws(Failure) {
    let drafts = try Drafts(of: tool, in: state)
    let text = text
    guard let heart else {
      try attempt(to: "write \(state.path)/\(HoldNote.file)") { () throws(SystemError) in
        try drafts.replace(HoldNote.file, in: state.folder, Drafts.Contents(text))
      }
      return
    }
    let holds = try state.open(.holds)
    try attempt(to: "write \(state.path)/holds/\(heart.text)") { () throws(SystemError) in
      try drafts.replace(heart.text, in: holds, Drafts.Contents(text))
    }
  }
}
