import Linux
import Watchdog

/// `watchdog-chain note`: a line of incidents.jsonl by a person, or by a tool that cannot wait for a disk.
enum NoteCommand {
  static let command = Command(
    name: "watchdog-chain note",
    usage: ["[--event EVENT] [--by WHO] SENTENCE"],
    summary: """
      Writes a sentence into incidents.jsonl, where explain and report find it: what was changed on the box,
      for example. kwatchdog-feeder notes in this way that it does not feed any more.
      """,
    options: [
      .init("event", value: "EVENT", "note, not-fed or fed-again (note)"),
      .init("by", value: "WHO", "who notes it (watchdog-chain)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    guard arguments.operands.count == 1, arguments.command == nil,
      !arguments.operands[0].utf8.isEmpty
    else { throw arguments.mistake("say what is to be noted, in quotes") }
    let word = arguments.value(of: "event") ?? "note"
    let events: [Incident.Event] = [.note, .notFed, .fedAgain]
    guard let event = events.first(where: { "\($0.name)".isEqual(to: word) }) else {
      throw arguments.mistake("\"\(word.printable)\" is none of note, not-fed and fed-again")
    }
    let sentence = printable(Array(arguments.operands[0].utf8), atMost: 1000)
    if arguments.has("dry-run") {
      Console.write("would note \(event.name): \(sentence)\n")
      return .success
    }
    let by = (arguments.value(of: "by") ?? "watchdog-chain").printable
    try Incident(event, by: by, why: sentence).write(Roots(arguments))
    return .success
  }
}
