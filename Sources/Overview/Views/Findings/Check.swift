import Linux
import Watchdog

/// `watchdog-chain check`: every mistake in the configuration and in what runs the tools, before it matters.
package enum Check {
  package static let command = Command(
    name: "watchdog-chain check",
    usage: ["[--root DIR]", "--fix [--dry-run]"],
    summary: """
      Names every mistake in /etc/watchdog, and in the crontab those that cron does not report, with the file
      and what to do about it, then what is no mistake but worth knowing, and how long it takes at the worst
      until the box is reset. Exits with 78 when there is a mistake. Changes nothing without --fix, which does
      what cannot do harm: it takes from others the right to write, ends the last line of a crontab, and writes
      MAILTO="" for a bare MAILTO=.
      """,
    options: [
      .init("fix", "mend what can be mended safely, say so, and name what is left"),
      .init("root", value: "DIR", "look for crontabs, services and devices below DIR"),
      .init("dry-run", "with --fix: say what would be done, and do nothing"),
    ])

  /// Prints what is wrong, after mending what is asked to be mended.
  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    var configuration = try read(arguments)
    var findings = ConfigurationRules.all.findings(in: configuration)
    if arguments.has("fix") {
      let isDry = arguments.has("dry-run")
      let fixes = findings.wrong.bySubject.compactMap { $0.fix }
      for fix in fixes { fix.run(report, isDry: isDry) }
      // What was mended may have hidden something else.
      if !fixes.isEmpty, !isDry {
        configuration = try read(arguments)
        findings = ConfigurationRules.all.findings(in: configuration)
      }
    }
    Console.write(text(findings.bySubject, configuration))
    return findings.wrong.isEmpty ? .success : .configuration
  }

  private static func read(_ arguments: Arguments) throws(Failure) -> Configuration {
    let roots = Roots(arguments)
    let root = arguments.value(of: "root") ?? ""
    let isAbsolute = root.utf8.isEmpty || root.utf8.first == UInt8(ascii: "/")
    let around = Outside(
      root: isAbsolute
        ? (root.isEqual(to: "/") ? "" : root) : "\(ThisProcess.folder)/\(root)")
    return try Configuration.ofBox(roots, around, seesOutside: arguments.has("root"))
  }

  private static func text(_ findings: [Finding], _ configuration: Configuration) -> String {
    let mistakes = findings.wrong
    let verdict =
      switch mistakes.count {
      case 0: "no mistakes"
      case 1: "1 mistake"
      default: "\(mistakes.count) mistakes"
      }
    let lines =
      mistakes.map { $0.line } + findings.filter { !$0.isWrong }.map { "note: \($0.line)" }
      + ["\(configuration.roots.config): \(verdict)"] + configuration.worstCases
    return lines.map { "\($0)\n" }.joined()
  }
}
