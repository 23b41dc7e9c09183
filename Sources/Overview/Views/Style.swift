import Linux

/// Colour, where a person looks at a terminal and has not asked for none (NO_COLOR, see no-color.org).
struct Style {
  private let isColoured: Bool

  /// The style for standard output.
  init() {
    let refusal = ThisProcess.environment("NO_COLOR") ?? ""
    isColoured = Console.isTerminal(.output) && refusal.utf8.isEmpty
  }

  /// What is well.
  func good(_ text: String) -> String { wrap(text, "32") }
  /// What is wrong.
  func bad(_ text: String) -> String { wrap(text, "31") }
  /// What was done on purpose.
  func act(_ text: String) -> String { wrap(text, "33") }
  /// What heads other lines.
  func head(_ text: String) -> String { wrap(text, "1") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
