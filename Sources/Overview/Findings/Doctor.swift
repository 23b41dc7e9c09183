import Linux
import Watchdog

/// `watchdog-chain doctor`: whether what is installed is really at work, and will reboot the box when it must.
package struct Doctor {
  package static let command = Command(
    name: "watchdog-chain doctor",
    usage: ["[--seconds N] [--root DIR]", "--reboot-test [--end | --dry-run]"],
    summary: """
      Looks for some seconds whether the chain is really at work, and at all that could keep the device from
      rebooting this box when it must. Each line is fine, or says what to do: then it ends with 69. Never opens the
      device. With --reboot-test it lets the device reboot the box, after you type: reboot this box; the next
      boot's doctor says whether it worked, and after how long.
      """,
    options: [
      .init("seconds", value: "N", "look so long, at least 3 (4)"),
      .init("reboot-test", "let the device reboot this box"),
      .init("end", "end the reboot test, while the box is there"),
      .init("root", value: "DIR", "find /etc, /sys, /tmp, /proc/sys and so on in DIR"),
      .init("dry-run", "with --reboot-test: say what would be done"),
    ])

  /// What was found of one thing.
  struct Finding {
    /// What follows from it. In the order in which they are printed.
    enum Verdict: Int {
      case todo
      case unseen
      case remark
      case fine

      var word: StaticString {
        switch self {
        case .todo: "to do"
        case .unseen: "unseen"
        case .remark: "note"
        case .fine: "fine"
        }
      }
    }

    let verdict: Verdict
    let about: StaticString
    let sentence: String
  }

  let roots: Roots
  let box: Box
  let around: Surroundings
  let watched: Watched
  let processes: Processes
  private(set) var findings: [Finding] = []

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    if arguments.has("reboot-test") { return try RebootTestCommand.run(arguments, report) }
    for option: StaticString in ["end", "dry-run"] where arguments.has(option) {
      throw arguments.mistake("--\(option) goes with --reboot-test")
    }
    let seconds = try arguments.seconds(of: "seconds", default: 4)
    // In less, a tool that is run each second may not have its turn.
    guard seconds >= .seconds(3), seconds <= .seconds(600) else {
      throw arguments.mistake("--seconds: a look takes from 3 to 600 seconds")
    }
    var doctor = try Doctor(arguments, watching: seconds)
    try doctor.lookAtAll()
    doctor.print()
    return doctor.findings.contains { $0.verdict == .todo } ? .unavailable : .success
  }

  /// Looks at the box, for as long as it is to be watched.
  init(_ arguments: Arguments, watching seconds: Duration) throws(Failure) {
    roots = Roots(arguments)
    around = Surroundings(root: arguments.value(of: "root") ?? "")
    watched = try Watched(roots, around, for: seconds)
    // After that, so that it is as fresh as what it is judged by.
    box = try Box(roots, system: around.path("/sys"))
    processes = Processes.look()
  }

  /// Cron starts the tools within two minutes after boot.
  private static let started: Duration = .seconds(120)

  /// In this order they are printed, as far as they are equally important.
  private mutating func lookAtAll() throws(Failure) {
    try lookAtRebootTest()
    lookAtWork()
    lookAtCron()
    lookAtGenerations()
    lookAtLinks()
    lookAtLadder()
    lookAtDevice()
    lookAtRivals()
    lookAtKernel()
    lookAtStateFolder()
    lookAtTemporaryFolder()
    lookAtDataFolder()
    lookAtClock()
    lookAtPrograms()
    lookAtTools()
    lookAtConfiguration()
    lookAtLogs()
  }

  /// Adds a finding. What files of others say may stand in it, and must not drive a terminal.
  mutating func find(_ verdict: Finding.Verdict, _ about: StaticString, _ sentence: String) {
    let text = printable(Array(sentence.utf8), atMost: 2000)
    findings.append(Finding(verdict: verdict, about: about, sentence: text))
  }

  private func print() {
    var page = Page(style: Style())
    let todo = findings.filter { $0.verdict == .todo }.count
    let unseen = findings.contains { $0.verdict == .unseen }
    if todo == 0 {
      page.write(
        unseen ? "All is fine, as far as this user can see." : "All is fine.", .good)
    } else {
      let early =
        Clock.sinceBoot < Doctor.started
        ? " But the box was booted only \(Clock.sinceBoot.short) ago: look again in two minutes."
        : ""
      page.write("\(todo == 1 ? "One thing is" : "\(todo) things are") to be done.\(early)", .bad)
    }
    for verdict: Finding.Verdict in [.todo, .unseen, .remark, .fine] {
      for finding in findings where finding.verdict == verdict {
        let left = "\(verdict.word)".padded(to: 8) + "\(finding.about)".padded(to: 12)
        page.writeColumns(left, finding.sentence, verdict == .todo ? .bad : .plain)
      }
    }
    Console.write(page.text)
  }
}
