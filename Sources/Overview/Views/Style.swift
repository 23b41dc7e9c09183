import LinuxCalls

/// How a text looks, where there is colour.
enum Paint {
  case plain
  /// What is well.
  case good
  /// What is wrong.
  case bad
  /// What was done on purpose.
  case act
  /// What heads other lines.
  case head

  /// Of ECMA-48; nil for none.
  fileprivate var code: StaticString? {
    switch self {
    case .plain: nil
    case .good: "32"
    case .bad: "31"
    case .act: "33"
    case .head: "1"
    }
  }
}

/// Colour, where a person looks at a terminal and has not asked for none (NO_COLOR, see no-color.org).
struct Style {
  private let isColoured: Bool

  /// The style for standard output.
  init() {
    let refusal = ThisProcess.environment("NO_COLOR") ?? ""
    isColoured = Console.isTerminal(.output) && refusal.utf8.isEmpty
  }

  func show(_ text: String, _ paint: Paint) -> String {
    guard isColoured, let code = paint.code else { return text }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
