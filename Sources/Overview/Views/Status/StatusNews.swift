import LinuxCalls
import Watchdog

/// What is new since it was told last: for the mails of a crontab. What was told is remembered in
/// /run/watchdog/told, a line each.
enum StatusNews {
  private static let file = "told"
  private static let largestFile = 1 << 20

  /// Prints what was not printed before, and what is over; remembers what there is now.
  static func tell(_ box: Box) throws(Failure) -> ExitCode {
    let state = try StateFolder(box.roots)
    let guarding = box.objections
    let news =
      guarding.map { (key: key(of: $0), words: "not guarded: \($0.what)") }
      + BoxRules.hearts.findings(in: box).map { (key: key(of: $0), words: words(of: $0)) }
    let bytes = try state.read(file, atMost: largestFile)
    let told = (bytes ?? []).lines.map { $0.text }
    var page = Page(style: Style())
    for item in news where !told.contains(where: { $0.isEqual(to: item.key) }) {
      page.write(item.words)
    }
    for key in told where !news.contains(where: { $0.key.isEqual(to: key) }) {
      page.write("over: \(withoutDate(key).printable)")
    }
    Console.write(page.text)
    // After it was printed: what is told twice is better than what is told never.
    let text = news.map { "\($0.key)\n" }.joined()
    if !text.isEqual(to: told.map { "\($0)\n" }.joined()) {
      try state.replace(file, text)
    }
    return .success
  }

  private static func words(of finding: Finding) -> String {
    let since = finding.since.map { " (since \($0.utc))" } ?? ""
    return "\(finding.subject): \(finding.what)\(since)"
  }

  /// By this it is known again: by its date, else by its words without figures that change each second.
  private static func key(of finding: Finding) -> String {
    if let since = finding.since { return "\(finding.id) \(finding.subject) \(since.nanoseconds)" }
    let words = finding.what.utf8.filter { !$0.isDigit && $0 != .dot }.text
    return finding.subject.utf8.isEmpty
      ? "not guarded: \(words)" : "\(finding.id) \(finding.subject): \(words)"
  }

  private static func withoutDate(_ key: String) -> String {
    guard key.utf8.starts(with: "problem ".utf8) else { return key }
    return key.utf8.pieces(between: .space).dropLast().map { $0.text }.joined(separator: " ")
  }
}
