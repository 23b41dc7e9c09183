import LinuxCalls
import Rules

/// A tool at its post: its look at the clock, and its vigil, kept up from one run to the next in vigils/TOOL.
///
/// The vigil is written by each run, also by one that could not do all of its work; alive/TOOL says only that a whole
/// run went well. It is dated with the beginning of the run: what is touched later counts for the next one.
public struct Watch: ~Copyable {
  /// What the last run has written down, and the look with which this one began.
  public let last: VigilPeek
  private let folder: Folder
  private let tool: StaticString

  /// Goes on where the last run of this tool ended.
  public init(of tool: StaticString, in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.vigils)
    self.tool = tool
    last = VigilPeek(of: tool, in: folder, at: Moment.now())
  }

  /// The look with which this run began.
  public var look: Look { last.look }

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

/// What a tool has written down of its watching, as it goes on now. Nothing is changed by that.
public struct VigilPeek: Sendable {
  /// The look that the tool has now.
  public let look: Look
  /// What was written after the vigil's own line.
  private let lines: [UInt8]

  /// The largest vigils/TOOL that is read, in bytes: a hundred thousand hearts that were silent when a vigil broke.
  private static let largestFile = 32 << 20

  /// Reads vigils/TOOL.
  ///
  /// - Parameter now: asked for once it is read. Another run may write it meanwhile, and what was written later than now
  ///   would be of another boot.
  public init(
    of tool: StaticString, in state: borrowing StateFolder, at now: @autoclosure () -> Moment
  ) throws(Failure) {
    if let vigils = try state.openIfThere(.vigils) {
      self.init(of: tool, in: vigils, at: now())
    } else {
      self.init([], at: now())
    }
  }

  /// Reads it in the folder of vigils. A record that cannot be read is the same as none: the watching begins anew.
  init(of tool: StaticString, in folder: borrowing Folder, at now: @autoclosure () -> Moment) {
    let file = try? folder.openToRead("\(tool)")
    let bytes = try? file?.readOn(atMost: VigilPeek.largestFile, endsShort: true)
    self.init(bytes ?? [], at: now())
  }

  private init(_ bytes: [UInt8], at now: Moment) {
    let end = bytes.firstIndex(of: .newline) ?? 0
    let vigil = Vigil(line: Array(bytes[..<end]))
    look = Look(after: vigil, now: now)
    lines = vigil == nil ? [] : Array(bytes[(end + 1)...])
  }

  /// How close what the tool watches came to its limits.
  public var margins: Margins { Margins(parsing: lines) }

  /// The line of what is no name, and begins with a dot; empty when there is none.
  var special: [UInt8] {
    let line = lines.prefix { $0 != .newline }
    return line.first == .dot && look.breach != .otherBoot ? Array(line) : []
  }

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
