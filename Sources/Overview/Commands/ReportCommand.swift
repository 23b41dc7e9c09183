import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain report`: how available this box and its hearts were, and what would help most.
enum ReportCommand {
  static let command = Command(
    name: "watchdog-chain report",
    usage: ["[--since TIME] [--json | --html FILE]"],
    summary: """
      Reports how often each heart was down since TIME, how long noticing and recovering took, how available that
      made it, and what would help most. A heart is down from its last beat until it beats again, also during
      a hold and while the box is rebooted. Nines are 5 - log10(seconds of downtime per day), truncated to one digit.
      """,
    options: [
      .init("since", value: "TIME", "such as 90s, 15m, 24h, 30d, or 2026-11-01 (30d)"),
      .init("json", "print it for programs"),
      .init("html", value: "FILE", "write it as a page with pictures; - for standard output"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    let html = call.value(of: "html")
    guard html == nil || !call.has("json") else {
      throw call.mistake("only one of --json and --html")
    }
    let now = Moment.now()
    let since = try since(call.value(of: "since") ?? "30d", now: now.realtime, call)
    let box = try look(call.roots, since: since, now: now)
    if call.has("json") { return call.say(Field<BoxReport>.ofReport.json(of: box).text()) }
    let text = html == nil ? ReportText(report: box).text(Style()) : ReportPage(report: box).text
    if let html, !html.isEqual(to: "-") {
      try OutputFile.write(text, to: html)
    } else {
      Console.write(text)
    }
    return .success
  }

  private static func look(
    _ roots: Roots, since: Duration, now: Moment
  ) throws(Failure) -> BoxReport {
    let history = try Incident.history(roots)
    let record = Record(
      history, boot: Boot.name(), sinceBoot: Clock.sinceBoot, now: now)
    let problems = Guarded.problems(roots)
    let names = BoxReport.names(record, roots.names(in: "hearts"), problems ?? [])
    var report = BoxReport(
      host: host, since: since, record, names.map { Guarded($0, roots) },
      isWhole: Incident.isHistoryWhole(roots), problems: problems)
    report.close = CloseCall.all(roots, since: report.period.begin)
    report.alike = Alike.count(history, in: report.period)
    return report
  }

  private static var host: String {
    let bytes = Outside(root: "").contents("/proc/sys/kernel/hostname") ?? []
    let name = printable(bytes.firstLine, atMost: 64)
    return name.utf8.isEmpty ? "this box" : name
  }

  // MARK: The command line

  /// Reads "90", "90s", "15m", "24h", "30d", "2026-11-01" or "2026-11-01T10:00:00Z".
  private static func since(
    _ word: String, now: Duration, _ call: Call
  ) throws(Failure) -> Duration {
    if let date = date(word) {
      guard date < now else {
        throw call.mistake("\(word.printable) is in the future: give a time in the past")
      }
      return date
    }
    guard let time = Duration(words: word) else {
      throw call.mistake(
        "\"\(word.printable)\" is no time such as 90s, 15m, 24h or 30d, at most ten years, and no date such as "
          + "2026-11-01")
    }
    return max(now - time, .zero)
  }

  private static func date(_ word: String) -> Duration? {
    let isDay = word.utf8.count == 10
    guard let date = Duration(date: isDay ? "\(word)T00:00:00Z" : word), date >= .zero else {
      return nil
    }
    // The 31st of November would be the 1st of December.
    return date.date.utf8.prefix(10).elementsEqual(word.utf8.prefix(10)) ? date : nil
  }
}
