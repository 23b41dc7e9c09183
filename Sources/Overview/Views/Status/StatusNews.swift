import Linux
import Watchdog

/// What is new since it was told last: for the mails of a crontab. What was told is remembered in
/// /run/watchdog/told, a line each.
struct StatusNews {
  private static let file = "told"
  private static let largestFile = 1 << 20

  /// Something to tell.
  private struct Item {
    /// By this it is known again: without figures that change each second.
    let key: String
    let words: String
  }

  private let items: [Item]

  init(_ box: Box) {
    items =
      box.objections.map {
        Item(key: "not guarded: \(StatusNews.withoutNumbers($0))", words: "not guarded: \($0)")
      }
      + box.problems.map {
        Item(
          key: "problem \($0.name.text) \($0.noticed.nanoseconds)",
          words:
            "\($0.name.text): \($0.problem.reason) (since \($0.noticed.minute), noticed by "
            + "\($0.problem.detector)); \($0.nextWords)")
      }
      + box.hearts.compactMap { heart in
        heart.mistake.map {
          Item(
            key: "passed over \(heart.name.text) \($0)",
            words: "\(heart.name.text): passed over: \($0)")
        }
      }
  }

  /// Prints what was not printed before, and what is over; remembers what there is now.
  func tell(_ roots: Roots, _ report: Report) throws(Failure) {
    let state = try StateFolder(roots)
    let bytes = try state.read(StatusNews.file, atMost: StatusNews.largestFile)
    let told = (bytes ?? []).split(separator: 0x0A).map {
      String(decoding: Array($0), as: UTF8.self)
    }
    var page = Page(style: Style())
    for item in items where !told.contains(where: { $0.isEqual(to: item.key) }) {
      page.write(item.words)
    }
    for key in told where !items.contains(where: { $0.key.isEqual(to: key) }) {
      page.write("over: \(StatusNews.withoutDate(key).printable)")
    }
    Console.write(page.text)
    // After it was printed: what is told twice is better than what is told never.
    let text = items.map { "\($0.key)\n" }.joined()
    if text.isEqual(to: told.map { "\($0)\n" }.joined()) { return }
    try state.replace(StatusNews.file, text, by: "watchdog-chain")
  }

  private static func withoutNumbers(_ text: String) -> String {
    let kept = text.utf8.filter { !(0x30...0x39).contains($0) && $0 != 0x2E }
    return String(decoding: Array(kept), as: UTF8.self)
  }

  private static func withoutDate(_ key: String) -> String {
    guard key.utf8.starts(with: "problem ".utf8) else { return key }
    let words = key.utf8.split(separator: 0x20)
    return String(decoding: Array(words.dropLast().joined(separator: [0x20])), as: UTF8.self)
  }
}
