import LinuxCalls
import Rules

/// /run/watchdog/counted: what stands on the disk of this boot's reboot.
enum Counted: Sendable {
  /// This, or that there is none.
  case counted(Reboots.Kind?)
  /// Nothing, for this reason.
  case cannot(String)

  static let file = "counted"

  var text: String {
    switch self {
    case .counted(let kind): "\(kind?.name ?? "none")\n"
    case .cannot(let why): "cannot\n\(why)\n"
    }
  }

  /// Nil when no clerk has said anything in this boot.
  static func read(in state: borrowing StateFolder) throws(Failure) -> Counted? {
    guard let bytes = try state.read(file, atMost: 1024) else { return nil }
    let lines = bytes.lines
    guard let word = lines.first else { return nil }
    if let kind = Reboots.Kind(named: word) { return .counted(kind) }
    if word.elementsEqual("none".utf8) { return .counted(nil) }
    return .cannot(noteWords(lines.line(1)))
  }
}
