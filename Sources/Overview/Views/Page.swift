import LinuxCalls
import Watchdog

/// A page of text that is 80 columns wide.
struct Page {
  static let width = 80
  let style: Style
  /// All of it.
  private(set) var text = ""

  /// Heads what follows, after an empty line.
  mutating func head(_ text: String) {
    self.text += "\n"
    cut(text, .head)
  }

  /// Writes a text in as many lines as it needs; all but the first begin a little further in.
  mutating func write(_ text: String, _ paint: Paint = .plain) {
    let indent = String(repeating: " ", count: text.utf8.prefix { $0 == .space }.count)
    // Blanks between columns are kept as long as all fits into one line.
    if text.utf8.count <= Page.width {
      cut(text, paint)
      return
    }
    let wrapped = wrap(text, at: Page.width - 4 - indent.utf8.count)
    for (index, line) in wrapped.utf8.lines.enumerated() {
      cut(indent + (index == 0 ? "" : "  ") + line.text, paint)
    }
  }

  /// Writes a text beside a column, under which nothing else stands.
  mutating func writeColumns(_ left: String, _ right: String, _ paint: Paint = .plain) {
    let width = left.utf8.count
    let lines = wrap(right, at: Page.width - width).utf8.lines
    for (index, line) in lines.enumerated() {
      let begin = index == 0 ? left : String(repeating: " ", count: width)
      cut(begin + line.text, paint)
    }
  }

  /// Writes one line, which is cut off where it is too long.
  mutating func cut(_ line: String, _ paint: Paint = .plain) {
    let end = line.utf8.lastIndex { $0 != .space }
    let kept = end.map { line.utf8[...$0].text } ?? ""
    text += style.show(Page.column(kept, Page.width, pads: false), paint) + "\n"
  }

  /// A text in a column of this many characters; a longer one is cut off, and shows that.
  static func column(_ text: String, _ width: Int, pads: Bool = true) -> String {
    guard text.utf8.count > width else { return pads ? text.padded(to: width) : text }
    return text.utf8.prefix(width - 1).text + "~"
  }
}
