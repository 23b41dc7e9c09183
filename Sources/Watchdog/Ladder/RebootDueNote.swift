import LinuxCalls
import Rules

/// /run/watchdog/reboot-due: the ladder has come to its end, and why. Once its count is on the disk check-solutions is
/// no longer alive, so the device is not fed and reboots the box, which clears the note.
///
/// Line 1 is why; line 2 is `ladder` or `test`, CLOCK_MONOTONIC when it was decided, whether the box was left to the
/// device already (1 or 0), and the problem.
public struct RebootDueNote: Sendable {
  /// Why, for people.
  public var why: String
  /// Whether a person asked for it, to see whether the device reboots the box.
  public var isTest: Bool
  /// CLOCK_MONOTONIC when it was decided.
  public var decided: Duration
  /// Whether the box was left to the device already.
  public var isLeft: Bool
  /// Because of which problem; nil for a test.
  public var name: Name?

  private static let file = "reboot-due"

  private var text: String {
    "\(why.printable)\n\(isTest ? "test" : "ladder") \(decided.field) \(isLeft ? 1 : 0)"
      + "\(name.map { " \($0.text)" } ?? "")\n"
  }

  /// What is due; nil when nothing is.
  public static func read(in state: borrowing StateFolder) throws(Failure) -> RebootDueNote? {
    try state.read(file, atMost: 1024).map { RebootDueNote(parsing: $0) }
  }

  /// Writes it down, instead of what was there.
  func keep(in state: borrowing StateFolder) throws(Failure) {
    try state.replace(RebootDueNote.file, text)
  }

  /// Takes it back.
  static func clear(in state: borrowing StateFolder) throws(Failure) { try state.remove(file) }
}

extension RebootDueNote {
  /// Reads what `text` wrote. A note with one line is a person's, or of an older version: the box was left.
  init(parsing bytes: [UInt8]) {
    let lines = bytes.pieces(between: .newline, keepsEmpty: true)
    let why = noteWords(lines.line(0))
    var fields = FieldReader(lines.line(1))
    guard let word = fields.word(), let decided = fields.time(), let left = fields.number() else {
      self.init(why: why, isTest: false, decided: .zero, isLeft: true, name: nil)
      return
    }
    self.init(
      why: why, isTest: word.elementsEqual("test".utf8), decided: decided, isLeft: left == 1,
      name: fields.word().flatMap { Name($0) })
  }
}
