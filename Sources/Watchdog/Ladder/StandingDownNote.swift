import LinuxCalls
import Rules

/// stood-down, in /run/watchdog and in /var/lib/watchdog: the box rests. Line 1 is since when and why; line 2 is when it
/// began, in running time.
public struct StandingDownNote: Sendable {
  /// Since when and why, for people.
  public var why: String
  /// When it began, in running time; nil where an older version did not say.
  public var since: Duration?

  static let file = "stood-down"
  static let largestFile = 1024

  /// A rest that begins now.
  init(why: String, since: Duration) {
    self.why = noteWords(Array("\(Clock.realtime.date): \(why)".utf8))
    self.since = since
  }

  /// Reads what `text` wrote.
  init(parsing bytes: [UInt8]) {
    let lines = bytes.lines
    why = noteWords(lines.line(0))
    var fields = FieldReader(lines.line(1))
    since = fields.time()
  }

  var text: String { "\(why)\n\(since.map { "\($0.field)\n" } ?? "")" }

  /// Whether the box rests, as /run/watchdog has it: no step of the chain waits for a disk.
  ///
  /// - Returns: nil when it does not.
  public static func read(in state: borrowing StateFolder) throws(Failure) -> StandingDownNote? {
    try state.read(file, atMost: largestFile).map { StandingDownNote(parsing: $0) }
  }

  /// As `read`, and where no clerk has read the disk yet in this boot, as the disk has it: for those that only look.
  public static func look(
    _ roots: Roots, _ state: borrowing StateFolder
  ) throws(Failure) -> StandingDownNote? {
    if try state.status(of: RebootsNote.file) != nil { return try read(in: state) }
    if let here = try read(in: state) { return here }
    return try onDisk(roots)
  }

  /// As the disk has it.
  public static func onDisk(_ roots: Roots) throws(Failure) -> StandingDownNote? {
    try roots.dataIfThere()?.read(file, atMost: largestFile).map { StandingDownNote(parsing: $0) }
  }
}
