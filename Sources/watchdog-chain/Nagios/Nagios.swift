import Linux
import Watchdog

/// `watchdog-chain nagios`: a plugin for Nagios, Icinga and what understands their plugins: one line, performance
/// data after a bar, and 0, 1, 2 or 3 (https://www.monitoring-plugins.org/doc/guidelines.html).
enum Nagios {
  static let command = Command(
    name: "watchdog-chain nagios",
    usage: [""],
    summary: """
      Says in one line how this box is, as a plugin of Nagios does, and ends with 0 when it is well, 1 when
      somebody should look (a hold, a mistake), 2 when something is wrong (not guarded, a problem, a late heart),
      3 when that cannot be told. Changes nothing.
      """)

  /// What a plugin ends with.
  private enum State: Int32 {
    case well = 0
    case warning = 1
    case critical = 2
    case unknown = 3

    var word: StaticString {
      switch self {
      case .well: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }
  }

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    let box: Box
    do throws(Failure) {
      try arguments.expectNoOperands()
      box = try Box(Roots(arguments))
    } catch {
      say(.unknown, withoutBar(error.sentence), "")
    }
    let late = box.hearts.filter { $0.isLate }
    let mistakes = box.hearts.filter { $0.mistake != nil }
    let data =
      "hearts=\(box.hearts.count);;;0 late=\(late.count);;0;0 problems=\(box.problems.count);;0;0"
    // A hold is one of the reasons why a box is not guarded, but it was wanted.
    let objections = box.objections.count - (box.holdRest == nil ? 0 : 1)
    if objections > 0 || !late.isEmpty || !box.problems.isEmpty {
      var words = box.objections
      words += box.problems.prefix(5).map { "\($0.name.text): \($0.problem.reason)" }
      words += late.prefix(5).filter { heart in !box.problems.contains { $0.name == heart.name } }
        .map { "\($0.name.text) is late: no beat for \($0.age.short)" }
      say(.critical, words.joined(separator: "; "), data)
    }
    if let hold = box.hold, let rest = box.holdRest {
      say(.warning, "on hold for another \(rest.short): \(hold.reason)", data)
    }
    if let first = mistakes.first {
      say(
        .warning,
        "\(mistakes.count) hearts are passed over: \(first.name.text): \(first.mistake ?? "")", data
      )
    }
    say(.well, "guarded, \(box.hearts.count) hearts beat", data)
  }

  private static func say(_ state: State, _ words: String, _ data: String) -> Never {
    let line = printable(Array(withoutBar(words).utf8), atMost: 1000)
    Console.write("WATCHDOG \(state.word) - \(line)\(data.utf8.isEmpty ? "" : " | \(data)")\n")
    ThisProcess.exit(state.rawValue)
  }

  /// A bar begins the performance data.
  private static func withoutBar(_ text: String) -> String {
    String(decoding: text.utf8.map { $0 == 0x7C ? 0x2F : $0 }, as: UTF8.self)
  }
}
