import LinuxCalls
import Rules

/// A tool at its post: its look at the clock, and its vigil, kept up from one run to the next in vigils/TOOL.
///
/// The vigil is written by each run, also by one that could not do all of its work; alive/TOOL says only that a whole
/// run went well. It is dated with the beginning of the run: what is touched later counts for the next one.
public struct Watch: ~Copyable {
  /// The look with which this run began.
  public let look: Look
  private let folder: Folder
  private let tool: StaticString
  /// What was written after the vigil's own line.
  private let lines: [UInt8]

  /// The largest vigils/TOOL that is read, in bytes: a hundred thousand hearts that were silent when a vigil broke.
  private static let largestFile = 32 << 20

  /// Goes on where the last run of this tool ended.
  public init(of tool: StaticString, in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.vigils)
    self.tool = tool
    // A record that cannot be read is the same as none: we begin to watch anew.
    let record = Watch.read(tool, in: folder)
    look = Look(after: record.vigil, now: Moment.now())
    lines = record.lines
  }

  /// Whether nothing is known of an earlier look in this boot.
  var isFirst: Bool { look.counted == .zero && look.broken == nil }

  /// Whether this is the first look of a minute since boot.
  var hasMinutePassed: Bool { hasPassed(.seconds(60)) }

  /// Whether a multiple of this time since boot lies between the last look and this one.
  func hasPassed(_ period: Duration) -> Bool {
    let (now, period) = (look.now.monotonic.wholeSeconds, period.wholeSeconds)
    let before = (look.now.monotonic - look.counted).wholeSeconds
    return now / period != before / period
  }

  /// What a tool has written down; for those that only look, nothing is changed.
  static func read(
    _ tool: StaticString, in folder: borrowing Folder
  ) -> (vigil: Vigil?, lines: [UInt8]) {
    guard let file = try? folder.openToRead("\(tool)"),
      let bytes = try? file.readOn(atMost: largestFile, endsShort: true),
      let end = bytes.firstIndex(of: .newline)
    else { return (nil, []) }
    guard let vigil = Vigil(line: Array(bytes[..<end])) else { return (nil, []) }
    return (vigil, Array(bytes[(end + 1)...]))
  }

  /// What the last run remembered; nothing when it was of another boot.
  public borrowing func memories<Memory: Remembered>(of: Memory.Type) -> Memories<Memory> {
    lines.isEmpty || look.breach == .otherBoot ? Memories() : Memories(parsing: lines)
  }

  /// How close what this tool watches came to its limits.
  var margins: Margins { Margins(parsing: lines) }

  /// The line of what is no name, and begins with a dot; empty when there is none.
  var special: [UInt8] {
    let line = lines.prefix { $0 != .newline }
    return line.first == .dot && look.breach != .otherBoot ? Array(line) : []
  }

  /// Whether the clock was set since this look: then dates that were read since mean something else, and nobody is to
  /// be blamed for them in this run.
  borrowing func isClockDoubtful() -> Bool {
    let now = Moment.now()
    return (now.clockOffset - look.now.clockOffset).magnitude > Vigil.clockTolerance
  }

  /// Writes the vigil down, with what is to be remembered.
  public borrowing func keep(_ memories: String, with drafts: borrowing Drafts) throws(Failure) {
    try drafts.keep("\(tool)", in: folder, "\(look.vigil.line)\(memories)")
  }

  /// The last thing that a tool does in a run that went well: tells the chain that it is alive.
  public borrowing func touch(
    in state: borrowing StateFolder, with drafts: borrowing Drafts
  ) throws(Failure) {
    if try state.touch("\(StateFolder.Part.alive.name)/\(tool)") { return }
    try drafts.keep("\(tool)", in: state.open(.alive), "")
  }
}

/// What a tool has written down of its watching, as it would go on now: for those that only look.
public struct VigilPeek: Sendable {
  /// The look that the tool would have now.
  public let look: Look
  private let lines: [UInt8]

  /// Reads vigils/TOOL.
  public init(
    of tool: StaticString, in state: borrowing StateFolder, at now: Moment
  ) throws(Failure) {
    guard let folder = try state.openIfThere(.vigils) else {
      self.init((nil, []), at: now)
      return
    }
    self.init(of: tool, in: folder, at: now)
  }

  /// Reads it in the folder of vigils.
  init(of tool: StaticString, in folder: borrowing Folder, at now: Moment) {
    self.init(Watch.read(tool, in: folder), at: now)
  }

  private init(_ record: (vigil: Vigil?, lines: [UInt8]), at now: Moment) {
    look = Look(after: record.vigil, now: now)
    lines = record.lines
  }

  /// How close what the tool watches came to its limits.
  public var margins: Margins { Margins(parsing: lines) }

  /// What the last run remembered; nothing when it was of another boot.
  public func memories<Memory: Remembered>(of: Memory.Type) -> Memories<Memory> {
    lines.isEmpty || look.breach == .otherBoot ? Memories() : Memories(parsing: lines)
  }
}

extension Vigil.Breach {
  /// What to tell people, or nil for what is ordinary after a boot, or too short to be worth a line.
  public var words: String? {
    switch self {
    case .clockMoved(let by) where by < .zero:
      "the clock was set back by \(by.magnitude.inSeconds) s"
    case .clockMoved(let by):
      "the clock was set forward by \(by.inSeconds) s, or the box slept"
    case .pause(let pause):
      pause > .seconds(5) ? "nothing ran for \(pause.inSeconds) s" : nil
    case .otherBoot: nil
    }
  }
}
