import Linux
import Watchdog

/// `watchdog-chain note`: a line of incidents.jsonl by a person or a script.
package enum NoteCommand {
  package static let command = Command(
    name: "watchdog-chain note",
    usage: ["[--by WHO] SENTENCE"],
    summary: """
      Writes a sentence into incidents.jsonl, where explain and report find it: what was changed on the box,
      for example.
      """,
    options: [
      .init("by", value: "WHO", "who notes it (watchdog-chain)"),
      .init("dry-run", "say what would be done, and do nothing"),
    ])

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    guard arguments.operands.count == 1, arguments.command == nil,
      !arguments.operands[0].utf8.isEmpty
    else { throw arguments.mistake("say what is to be noted, in quotes") }
    let sentence = printable(Array(arguments.operands[0].utf8), atMost: 1000)
    if arguments.has("dry-run") {
      Console.write("would note: \(sentence)\n")
      return .success
    }
    let by = (arguments.value(of: "by") ?? "watchdog-chain").printable
    try Incident(.note, by: by, why: sentence).write(Roots(arguments))
    return .success
  }
}
