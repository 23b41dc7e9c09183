import LinuxCalls
import Watchdog

/// `watchdog-chain note`: a line of incidents.jsonl by a person or a script.
enum NoteCommand {
  static let command = Command(
    name: "watchdog-chain note",
    usage: ["[--by WHO] [--dry-run] SENTENCE"],
    summary: """
      Writes a sentence into incidents.jsonl, where explain and report find it: what was changed on the box,
      for example.
      """,
    options: [
      .init("by", value: "WHO", "who notes it (watchdog-chain)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let wanted = "say what is to be noted, in quotes"
    let word = try call.onlyWord(orElse: wanted)
    if word.utf8.isEmpty { throw call.mistake(wanted) }
    let sentence = printable(Array(word.utf8), atMost: 1000)
    if call.isDry { return call.say("would note: \(sentence)") }
    let by = (call.value(of: "by") ?? "\(Tool.people)").printable
    try Incident(.note, by: by, why: sentence).write(call.roots)
    return .success
  }
}
