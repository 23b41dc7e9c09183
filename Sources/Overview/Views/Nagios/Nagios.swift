import Linux
import Rules
import Watchdog

/// `watchdog-chain nagios`: a plugin for Nagios, Icinga and what understands their plugins: one line with performance
/// data after a bar, further lines for what does not fit, and 0, 1, 2 or 3
/// (https://www.monitoring-plugins.org/doc/guidelines.html).
package struct Nagios {
  package static let command = Command(
    name: "watchdog-chain nagios",
    usage: [""],
    summary: """
      Says in one line how this box is, as a plugin of Nagios does, and ends with 0 when it is well, 1 when
      somebody should look (a hold, a heart whose file is wrong), 2 when something is wrong (not guarded, a
      problem, a late heart; only a warning during a hold), 3 when that cannot be told. A box that only marks
      problems need not be guarded. What else there is to say follows in lines of its own. Changes nothing.
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

  /// More lines than these nobody reads, and some servers cut an answer off after a few kilobytes.
  private static let mostLines = 20

  private let box: Box

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let roots = Roots(arguments)
    let box = try Box(roots)
    // What cannot see whether the box stood down must not say that it is well.
    if let obstacle = box.standingObstacle { throw Failure(.inputOutput, obstacle) }
    Nagios(box: box).answer()
  }

  /// Whatever failed, also the reading of the command line: that cannot be told.
  package static func end(_ report: Report, _ failure: Failure) -> Never {
    Console.write(line(.unknown, failure.sentence) + "\n")
    ThisProcess.exit(State.unknown.rawValue)
  }

  private func answer() -> Never {
    let findings = self.findings
    let state = findings.first?.state ?? .well
    let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
    let first = findings.first.map { $0.words } ?? wellness
    var text = "\(Nagios.line(state, first))\(more) | \(performance)\n"
    for finding in findings.dropFirst().prefix(Nagios.mostLines) {
      text += "\(finding.state.word): \(Nagios.fit(finding.words))\n"
    }
    let rest = findings.count - 1 - Nagios.mostLines
    if rest > 0 { text += "and \(rest) more: see watchdog-chain status\n" }
    Console.write(text)
    ThisProcess.exit(state.rawValue)
  }

  /// What there is to say, the worst first. A box that only marks problems needs no device.
  private var findings: [(state: State, words: String)] {
    let guarding = box.objections.filter { !box.onlyMarks || !"\($0.id)".isEqual(to: "device") }
    let all = guarding + BoxRules.hearts.findings(in: box)
    func state(_ finding: Finding) -> State {
      finding.severity == .critical ? .critical : .warning
    }
    let words = all.map { (state: state($0), words: $0.words(at: box.now.realtime)) }
    return words.filter { $0.state == .critical } + words.filter { $0.state == .warning }
  }

  private var wellness: String {
    let hearts = box.hearts.count == 1 ? "1 heart beats" : "\(box.hearts.count) hearts beat"
    return "\(box.onlyMarks ? "only marks problems" : "guarded"), \(hearts)"
  }

  /// What is outside of 0 to the threshold is told.
  private var performance: String {
    Field<Box>.ofBox.compactMap { $0.performance(of: box, isHeld: box.holdRest != nil) }
      .joined(separator: " ")
  }

  private static func line(_ state: State, _ words: String) -> String {
    "WATCHDOG \(state.word) - \(fit(words))"
  }

  /// On one line, and without a bar: that begins the performance data.
  private static func fit(_ words: String) -> String {
    printable(words.utf8.map { $0 == 0x7C ? 0x2F : $0 }, atMost: 200)
  }
}
