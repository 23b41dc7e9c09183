import LinuxCalls
import Watchdog

/// `watchdog-chain doctor`: whether what is installed is really at work, and will reboot the box when it must.
enum DoctorCommand {
  static let command = Command(
    name: "watchdog-chain doctor",
    usage: ["[--seconds N] [--root DIR]", "--reboot-test [--end | --dry-run]"],
    summary: """
      Measures for some seconds whether the chain is really at work, and looks at all that could keep the device
      from rebooting this box when it must. Each line is fine, or says what to do. Exits with 69 if there is
      something to do. Never opens the device. With --reboot-test it lets the device reboot the box, after you
      type: reboot this box. The next boot's doctor says whether it worked, and after how long.
      """,
    options: [
      .init("seconds", value: "N", "measure for that long, at least 3 (4)"),
      .init("reboot-test", "let the device reboot this box"),
      .init("end", "end the reboot test, while the box is there"),
      .init("root", value: "DIR", "find /etc, /sys, /tmp, /proc/sys and so on in DIR"),
      .init("dry-run", "with --reboot-test: say what would be done"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    if call.has("reboot-test") { return try RebootTestCommand.run(call) }
    for option: StaticString in ["end", "dry-run"] where call.has(option) {
      throw call.mistake("--\(option) goes with --reboot-test")
    }
    let seconds = try call.arguments.seconds(of: "seconds", default: 4)
    // In less, a tool that is run each second may not have its turn.
    guard seconds >= .seconds(3), seconds <= .seconds(600) else {
      throw call.mistake("--seconds: a look takes from 3 to 600 seconds")
    }
    let examination = try Examination(call.roots, call.around, watching: seconds)
    let findings = ExaminationRules.findings(in: examination)
    Console.write(text(findings))
    keep(examination)
    return findings.wrong.isEmpty ? .success : .unavailable
  }

  /// Later boots cannot know any more what came of a test. A user that may not write leaves it to the next.
  private static func keep(_ examination: Examination) {
    guard let (last, verdict) = examination.test, last.result != verdict else { return }
    if case .running = verdict { return }
    var test = last
    test.result = verdict
    try? test.keep(examination.box.roots)
  }

  /// Cron starts the tools within two minutes after boot.
  private static let started: Duration = .seconds(120)
  /// So many findings of a rule are told one by one.
  private static let most = 5

  private static func text(_ findings: [Finding]) -> String {
    var page = Page(style: Style())
    let count = findings.wrong.count
    if count == 0 {
      let isUnseen = findings.contains { $0.severity == .unseen }
      page.write(
        isUnseen ? "All is fine, as far as this user can see." : "All is fine.", .good)
    } else {
      let early =
        Clock.sinceBoot < started
        ? " But the box was booted only \(Clock.sinceBoot.short) ago: look again in two minutes."
        : ""
      page.write("\(count == 1 ? "One thing is" : "\(count) things are") to be done.\(early)", .bad)
    }
    let groups: [(word: StaticString, is: (Finding) -> Bool)] = [
      ("to do", { $0.isWrong }), ("unseen", { $0.severity == .unseen }),
      ("note", { $0.severity == .note }), ("fine", { $0.severity == .fine }),
    ]
    for group in groups { write(findings.filter(group.is), group.word, &page) }
    return page.text
  }

  private static func write(_ findings: [Finding], _ word: StaticString, _ page: inout Page) {
    for group in findings.runs(where: { "\($0.id)".isEqual(to: "\($1.id)") }) {
      for (row, finding) in group.prefix(most).enumerated() {
        // What files of others say may stand in it, and must not drive a terminal.
        var text = printable(Array(finding.line.utf8), atMost: 2000)
        let left = group.count - most
        if row == most - 1, left > 0 { text += " (and \(left) more)" }
        page.writeColumns(
          "\(word)".padded(to: 8) + "\(finding.id)".padded(to: 12), text,
          finding.isWrong ? .bad : .plain)
      }
    }
  }
}
