import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain hold`: nothing is restarted for a while, while marks go on and the device is fed.
enum HoldCommand {
  static let command = Command(
    name: "watchdog-chain hold",
    usage: [
      "[--dry-run] TIME [-- REASON]", "[--dry-run] TIME NAME [REASON]", "[--dry-run] --end [NAME]",
    ],
    summary: """
      Nothing is restarted for TIME, such as 90, 90s, 15m or 2h, at most 24h. Problems are marked and the device
      is fed, so you can work on the box. With NAME only the program of that heart is left alone. A hold ends by
      itself, at the latest with the next boot; then each problem marked meanwhile has its full time.
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

    /// "90 s", "15 min", "2 h": as it is typed.
    var words: String { time < .seconds(100) ? "\(time.wholeSeconds) s" : time.span }
  }

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let now = Clock.monotonic
    if call.has("end") { return try end(call, now: now) }
    let wish = try read(call)
    let what = wish.heart.map { "\($0.text) is not restarted" } ?? "nothing is restarted"
    if call.isDry {
      return call.say("for \(wish.words) \(what): \(wish.reason.printable)")
    }
    // Noted first: what follows a hold that nobody can explain is worse than one that did not begin.
    Incident(
      .held(heart: wish.heart, .lasting(seconds: Int(wish.time.wholeSeconds))),
      by: "\(Tool.people)",
      why: wish.reason.printable
    )
    .note(call.roots, call.report)
    try HoldNote(Hold(begin: now, end: now + wish.time), reason: wish.reason)
      .keep(for: wish.heart, in: StateFolder(call.roots))
    let end = (Clock.realtime + wish.time).utc
    return call.say(
      "For \(wish.words), until \(end), \(what). End it sooner: watchdog-chain hold --end"
        + (wish.heart.map { " \($0.text)" } ?? ""))
  }

  /// Reads TIME, then what is held and why. A single word after TIME is a heart where there is one of that name, else, as
  /// it was before there were holds of hearts, a reason.
  private static func read(_ call: Call) throws(Failure) -> Wish {
    let words = call.arguments.operands
    guard let first = words.first, words.count <= 3 else {
      throw call.mistake("say for how long, such as 15m, and why, in quotes")
    }
    let time = try parse(first, call.arguments)
    let after = call.arguments.command.map { $0.joined(separator: " ") }
    let unsaid = "no reason was given"
    guard words.count > 1 else { return Wish(time: time, heart: nil, reason: after ?? unsaid) }
    let heart = Name(words[1]).flatMap { isKnown($0, call.roots) ? $0 : nil }
    if words.count == 3 || after != nil {
      guard let heart else {
        throw call.mistake("\(words[1].printable) is no heart: ls \(call.roots.config)/hearts")
      }
      return Wish(time: time, heart: heart, reason: after ?? words[2])
    }
    // What is no heart is a reason, as it always was. Held is then more than a misspelt heart, which is printed.
    return Wish(time: time, heart: heart, reason: heart == nil ? words[1] : unsaid)
  }

  /// Whether there is a heart, a program or a problem of this name.
  private static func isKnown(_ name: Name, _ roots: Roots) -> Bool {
    (["hearts", "programs", "solutions"] as [StaticString]).contains { roots.has($0, name) }
      || roots.folder(.problems).status(of: name.text) != nil
  }

  private static func end(_ call: Call, now: Duration) throws(Failure) -> ExitCode {
    guard call.arguments.operands.count <= 1, call.arguments.command == nil else {
      throw call.mistake("--end takes one heart, or none for the box")
    }
    var heart: Name?
    if let word = call.arguments.operands.first {
      heart = try Name(operand: word, of: call.arguments)
    }
    let state = try StateFolder(call.roots)
    guard let note = try HoldNote.read(of: heart, in: state, now: now),
      note.hold.rest(at: now) != nil
    else { return call.say("There is no hold\(heart.map { " of \($0.text)" } ?? "").") }
    if call.isDry { return call.say("would end the hold: \(note.reason)") }
    try HoldNote(Hold(begin: note.hold.begin, end: now), reason: note.reason)
      .keep(for: heart, in: state)
    Incident(.held(heart: heart, .ended), by: "\(Tool.people)", why: note.reason)
      .note(call.roots, call.report)
    return call.say("The hold is over.")
  }

  /// Reads "90", "90s", "15m" or "2h".
  static func parse(_ word: String, _ arguments: Arguments) throws(Failure) -> Duration {
    guard let time = Duration(words: word, units: "smh"), time <= Hold.longest else {
      throw arguments.mistake(
        "\"\(word.printable)\" is no time such as 90s, 15m or 2h, at most 24h")
    }
    return time
  }
}
