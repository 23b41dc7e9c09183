import LinuxCalls
import Watchdog

/// `watchdog-chain check`: every mistake in the configuration and in what runs the tools, before it matters.
enum CheckCommand {
  static let command = Command(
    name: "watchdog-chain check",
    usage: ["[--root DIR]", "--fix [--dry-run]"],
    summary: """
      Reports every mistake in /etc/watchdog, and those in the crontab that cron does not report, with the file
      and the cure; then what is worth knowing, and how long it takes at the worst until the box is reset. Exits
      with 78 if there is a mistake. Changes nothing without --fix, which does only what cannot do harm: it takes
      the right to write from others, ends the last line of a crontab, and writes MAILTO="" for a bare MAILTO=.
      """,
    options: [
      .init("fix", "mend what can be mended safely, and report that and what is left"),
      .init("root", value: "DIR", "look for crontabs, services and devices below DIR"),
      .init("dry-run", "with --fix: say what would be done, and do nothing"),
    ])

  /// Prints what is wrong, after mending what is asked to be mended.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    var configuration = try read(call)
    var findings = ConfigurationRules.all.findings(in: configuration)
    if call.has("fix") {
      let fixes = findings.wrong.bySubject.compactMap { $0.fix }
      for fix in fixes { fix.run(call.report, isDry: call.isDry) }
      // What was mended may have hidden something else.
      if !fixes.isEmpty, !call.isDry {
        configuration = try read(call)
        findings = ConfigurationRules.all.findings(in: configuration)
      }
    }
    Console.write(text(findings.bySubject, configuration))
    return findings.wrong.isEmpty ? .success : .configuration
  }

  private static func read(_ call: Call) throws(Failure) -> Configuration {
    let root = call.around.root
    let around = Outside(
      root: root.utf8.isEmpty || root.isEqual(to: "/") ? "" : ThisProcess.absolute(root))
    return try Configuration.ofBox(call.roots, around, seesOutside: call.has("root"))
  }

  private static func text(_ findings: [Finding], _ configuration: Configuration) -> String {
    let mistakes = findings.wrong
    let verdict = mistakes.isEmpty ? "no mistakes" : mistakes.count.counted("mistake")
    let lines =
      mistakes.map { $0.line } + findings.filter { !$0.isWrong }.map { "note: \($0.line)" }
      + ["\(configuration.roots.config): \(verdict)"] + configuration.worstCases
    return lines.map { "\($0)\n" }.joined()
  }
}
