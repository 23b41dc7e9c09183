import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain nagios`: a plugin for Nagios, Icinga and what understands their plugins: one line with performance
/// data after a bar, further lines for what does not fit, and 0, 1, 2 or 3
/// (https://www.monitoring-plugins.org/doc/guidelines.html).
struct NagiosCommand {
  static let command = Command(
    name: "watchdog-chain nagios",
    usage: [""],
    summary: """
      Prints in one line how this box is, as a plugin of Nagios does. Exits with 0 if it is well, 1 if somebody
      should look (a hold, a heart whose file is wrong), 2 if something is wrong (not guarded, a problem, a late
      heart; only a warning during a hold), 3 if that is unknown. A box that only marks problems need not be
      guarded. Details follow in lines of their own. Changes nothing.
      """)

  /// What a plugin ends with.
  private struct State {
    let code: Int32
    let word: StaticString

    static let well = State(code: 0, word: "OK")
    static let warning = State(code: 1, word: "WARNING")
    static let critical = State(code: 2, word: "CRITICAL")
    static let unknown = State(code: 3, word: "UNKNOWN")
  }

  /// More lines than these nobody reads, and some servers cut an answer off after a few kilobytes.
  private static let mostLines = 20

  private let box: Box

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    let box = try Box(call.roots)
    // What cannot see whether the box stood down must not say that it is well.
    if let obstacle = box.standingObstacle { throw Failure(.inputOutput, obstacle) }
    NagiosCommand(box: box).answer()
  }

  /// Whatever failed, also the reading of the command line: that cannot be told.
  static func end(_ report: Report, _ failure: Failure) -> Never {
    Console.write(line(.unknown, failure.sentence) + "\n")
    ThisProcess.exit(State.unknown.code)
  }

  private func answer() -> Never {
    let findings = self.findings
    let state = findings.first?.state ?? .well
    let more = findings.count > 1 ? " (and \(findings.count - 1) more)" : ""
    let first = findings.first.map { $0.words } ?? wellness
    var text = "\(NagiosCommand.line(state, first))\(more) | \(performance)\n"
    for finding in findings.dropFirst().prefix(NagiosCommand.mostLines) {
      text += "\(finding.state.word): \(NagiosCommand.fit(finding.words))\n"
    }
    let rest = findings.count - 1 - NagiosCommand.mostLines
    if rest > 0 { text += "and \(rest) more: see watchdog-chain status\n" }
    Console.write(text)
    ThisProcess.exit(state.code)
  }

  /// What there is to say, the worst first. A box that only marks problems needs no device.
  private var findings: [(state: State, words: String)] {
    let guarding = box.objections.filter { !box.onlyMarks || !$0.isOf(BoxRules.aboutDevice) }
    let all = guarding + BoxRules.hearts.findings(in: box)
    let critical = all.filter { $0.severity == .critical }
    let others = all.filter { $0.severity != .critical }
    return critical.map { (.critical, $0.words(at: box.now.realtime)) }
      + others.map { (.warning, $0.words(at: box.now.realtime)) }
  }

  private var wellness: String {
    let hearts = box.hearts.count == 1 ? "1 heart beats" : "\(box.hearts.count) hearts beat"
    return "\(box.onlyMarks ? "only marks problems" : "guarded"), \(hearts)"
  }

  /// What is outside of 0 to the threshold is told.
  private var performance: String {
    Field<Box>.ofBox.compactMap { $0.performance(of: box, isHeld: box.hold != nil) }
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
