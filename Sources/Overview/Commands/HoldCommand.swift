import Linux
import Rules
import Watchdog

/// `watchdog-chain hold`: nothing is restarted for a while, while marks go on and the device is fed.
package enum HoldCommand {
  package static let command = Command(
    name: "watchdog-chain hold",
    usage: ["TIME [-- REASON]", "TIME NAME [REASON]", "--end [NAME]"],
    summary: """
      Lets nothing be restarted for TIME, such as 90, 90s, 15m or 2h, at most 24h: problems are marked and the
      device is fed, so the box can be worked on. With NAME only the program of that heart is left alone. It ends
      by itself, at the latest with the next boot; what was marked meanwhile has its full time from then on.
      """,
    options: [
      .init("end", "end it now"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  /// What is asked for.
  private struct Wish {
    let time: Duration
    /// Of which heart; nil for the box.
    let heart: Name?
    let reason: String
  }

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    let roots = Roots(arguments)
    let now = Clock.monotonic
    if arguments.has("end") {
      let heart = try heartToEnd(arguments)
      return try end(heart, roots, report, isDry: arguments.has("dry-run"), now: now)
    }
    let wish = try read(arguments, roots)
    let what = wish.heart.map { "\($0.text) is not restarted" } ?? "nothing is restarted"
    if arguments.has("dry-run") {
      Console.write("for \(wish.time.wholeSeconds) s \(what): \(wish.reason.printable)\n")
      return .success
    }
    // Noted first: what follows a hold that nobody can explain is worse than one that did not begin.
    Incident(
      .hold(heart: wish.heart, seconds: Int(wish.time.wholeSeconds)), by: "watchdog-chain",
      why: wish.reason.printable
    )
    .note(roots, report)
    let state = try StateFolder(roots)
    try HoldNote(Hold(begin: now, end: now + wish.time), reason: wish.reason)
      .keep(for: wish.heart, in: state, tool: report.tool)
    Console.write(
      "For \(wish.time.wholeSeconds) s, until \(end(of: wish.time)), \(what). End it sooner: "
        + "watchdog-chain hold --end\(wish.heart.map { " \($0.text)" } ?? "")\n")
    return .success
  }

  /// Reads TIME, then what is held and why. A single word after TIME is a heart where there is one of that name, else, as
  /// it was before there were holds of hearts, a reason.
  private static func read(_ arguments: Arguments, _ roots: Roots) throws(Failure) -> Wish {
    let words = arguments.operands
    guard let first = words.first, words.count <= 3 else {
      throw arguments.mistake("say for how long, such as 15m, and why, in quotes")
    }
    let time = try parse(first, arguments)
    let after = arguments.command.map { $0.joined(separator: " ") }
    if let after, words.count == 1 { return Wish(time: time, heart: nil, reason: after) }
    guard words.count > 1 else {
      return Wish(time: time, heart: nil, reason: "no reason was given")
    }
    let heart = Name(words[1])
    if words.count == 3 || after != nil {
      guard let heart, isKnown(heart, roots) else {
        throw arguments.mistake("\(words[1].printable) is no heart: ls \(roots.config)/hearts")
      }
      return Wish(time: time, heart: heart, reason: after ?? words[2])
    }
    guard let heart else { return Wish(time: time, heart: nil, reason: words[1]) }
    if isKnown(heart, roots) {
      return Wish(time: time, heart: heart, reason: "no reason was given")
    }
    // What is no heart is a reason, as it always was. Held is then more than a misspelt heart, which is printed.
    return Wish(time: time, heart: nil, reason: words[1])
  }

  /// Whether there is a heart, a program or a problem of this name.
  private static func isKnown(_ name: Name, _ roots: Roots) -> Bool {
    let folders = ["hearts", "programs", "solutions"].map { "\(roots.config)/\($0)" }
    return (folders + ["\(roots.state)/problems"]).contains {
      (try? Folder(path: $0).status(of: name.text)) != nil
    }
  }

  private static func end(of time: Duration) -> String {
    String(decoding: Array((Clock.realtime + time).date.utf8.prefix(19)), as: UTF8.self)
      + " UTC"
  }

  private static func heartToEnd(_ arguments: Arguments) throws(Failure) -> Name? {
    guard arguments.operands.count <= 1, arguments.command == nil else {
      throw arguments.mistake("--end takes one heart, or none for the box")
    }
    guard let word = arguments.operands.first else { return nil }
    return try Name(operand: word, of: arguments)
  }

  private static func end(
    _ heart: Name?, _ roots: Roots, _ report: Report, isDry: Bool, now: Duration
  ) throws(Failure) -> ExitCode {
    let state = try StateFolder(roots)
    guard let note = try HoldNote.read(of: heart, in: state, now: now),
      note.hold.rest(at: now) != nil
    else {
      Console.write("There is no hold\(heart.map { " of \($0.text)" } ?? "").\n")
      return .success
    }
    if isDry {
      Console.write("would end the hold: \(note.reason)\n")
      return .success
    }
    try HoldNote(Hold(begin: note.hold.begin, end: now), reason: note.reason)
      .keep(for: heart, in: state, tool: report.tool)
    Incident(.hold(heart: heart, seconds: nil), by: "watchdog-chain", why: note.reason)
      .note(roots, report)
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
