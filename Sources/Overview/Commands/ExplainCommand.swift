import LinuxCalls
import Watchdog

/// `watchdog-chain explain NAME`: the story of one heart.
enum ExplainCommand {
  static let command = Command(
    name: "watchdog-chain explain",
    usage: ["[--all] [--json] NAME"],
    summary: """
      Tells the story of the heart NAME as a timeline: its last beat, when it was late, what noticed that, what was
      done about it, and what it is waiting for now; what its threads waited for when it was last ended; and the
      last words of its program. Changes nothing.
      """,
    options: [
      .init("all", "all that is known, and not only the last 30 entries"),
      .init("json", "print it for programs"),
    ])

  /// Prints it.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let word = try call.onlyWord(orElse: "name one heart")
    let name = try Name(operand: word, of: call.arguments)
    let explanation = try Explain(name, call.roots, isAll: call.has("all"))
    if call.has("json") { return call.say(Field<Explain>.ofStory.json(of: explanation).text()) }
    Console.write(explanation.text(Style()))
    return .success
  }
}
