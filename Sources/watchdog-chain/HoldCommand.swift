import Linux
import Watchdog

/// `watchdog-chain hold`: nothing is restarted for a while, while marks go on and the device is fed.
enum HoldCommand {
  static let command = Command(
    name: "watchdog-chain hold",
    usage: ["TIME [REASON]", "--end"],
    summary: """
      Lets nothing be restarted for TIME, such as 90, 90s, 15m or 2h, at most 24h: problems are marked and the
      device is fed, so the box can be worked on. It ends by itself, at the latest with the next boot; what was
      marked meanwhile has its full time from then on.
      """,
    options: [
      .init("end", "end it now"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    let roots = Roots(arguments)
    let now = Moment.now().monotonic
    if arguments.has("end") {
      try arguments.expectNoOperands()
      return try end(roots, report, isDry: arguments.has("dry-run"), now: now)
    }
    guard let word = arguments.operands.first, arguments.operands.count <= 2,
      arguments.command == nil
    else { throw arguments.mistake("say for how long, such as 15m, and why, in quotes") }
    let time = try parse(word, arguments)
    let reason = arguments.operands.count > 1 ? arguments.operands[1] : "no reason was given"
    if arguments.has("dry-run") {
      Console.write("would restart nothing for \(time.wholeSeconds) s: \(reason.printable)\n")
      return .success
    }
    // Noted first: what follows a hold that nobody can explain is worse than one that did not begin.
    Incident(.hold, by: "watchdog-chain", why: "for \(time.wholeSeconds) s: \(reason.printable)")
      .note(roots, report)
    let state = try StateFolder(roots)
    try Hold(begin: now, end: now + time, reason: reason).keep(in: state, tool: report.tool)
    Console.write(
      "Nothing is restarted for \(time.wholeSeconds) s, until \(end(of: time)). "
        + "End it sooner: watchdog-chain hold --end\n")
    return .success
  }

  private static func end(of time: Duration) -> String {
    String(decoding: Array((Moment.now().realtime + time).date.utf8.prefix(19)), as: UTF8.self)
      + " UTC"
  }

  private static func end(
    _ roots: Roots, _ report: Report, isDry: Bool, now: Duration
  ) throws(Failure) -> ExitCode {
    let state = try StateFolder(roots)
    guard let hold = try Hold.read(in: state, now: now), hold.rest(at: now) != nil else {
      Console.write("There is no hold.\n")
      return .success
    }
    if isDry {
      Console.write("would end the hold: \(hold.reason)\n")
      return .success
    }
    try Hold(begin: hold.begin, end: now, reason: hold.reason).keep(in: state, tool: report.tool)
    Incident(.hold, by: "watchdog-chain", why: "ended: \(hold.reason)").note(roots, report)
    Console.write("The hold is over.\n")
    return .success
  }

  /// Reads "90", "90s", "15m" or "2h".
  static func parse(_ word: String, _ arguments: Arguments) throws(Failure) -> Duration {
    var scanner = Scanner(Array(word.utf8))
    let number = scanner.number()
    let unit: UInt64 = scanner.skip(0x68) ? 3600 : scanner.skip(0x6D) ? 60 : 1
    if unit == 1 { _ = scanner.skip(0x73) }
    guard let number, scanner.isAtEnd, number >= 1, number <= 86_400,
      .seconds(Int64(number * unit)) <= Hold.longest
    else {
      throw arguments.mistake(
        "\"\(word.printable)\" is no time such as 90s, 15m or 2h, at most 24h")
    }
    return .seconds(Int64(number * unit))
  }
}
