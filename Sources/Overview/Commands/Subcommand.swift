import LinuxCalls
import Watchdog

/// One thing that watchdog-chain does: its command line, and what it runs. Each has a file of its own beside this one, and
/// a row in `all`.
package struct Subcommand {
  /// Its name is "watchdog-chain WORD".
  let command: Command
  /// What it does, in a line of help.
  let help: StaticString
  let onFailure: (Report, Failure) -> Never
  let body: (Call) throws(Failure) -> ExitCode

  init(
    _ command: Command, _ help: StaticString, _ body: @escaping (Call) throws(Failure) -> ExitCode,
    onFailure: @escaping (Report, Failure) -> Never = Command.end
  ) {
    self.command = command
    self.help = help
    self.onFailure = onFailure
    self.body = body
  }

  /// "status".
  private var word: String {
    "\(command.name)".utf8.dropFirst("\(Tool.people) ".utf8.count).text
  }

  /// Runs what the word after the tool's name says.
  package static func run(_ words: [String]) -> Never {
    let word = words.count > 1 ? words[1] : ""
    if let one = (all + [CompletionCommand.question]).first(where: { $0.word.isEqual(to: word) }) {
      one.command.run([words[0]] + words.dropFirst(2), onFailure: one.onFailure) {
        (arguments, report) throws(Failure) in
        try one.body(Call(arguments: arguments, report: report))
      }
    }
    tool.run { (arguments, report) throws(Failure) in
      throw arguments.mistake(
        word.utf8.isEmpty ? "say what to do" : "unknown word \"\(word.printable)\"")
    }
  }

  /// watchdog-chain itself, which does nothing without a word.
  static var tool: Command {
    Command(
      name: Tool.people,
      usage: ["WORD [OPTIONS]"],
      summary: "For people, and for their monitoring. Each WORD has a --help of its own.",
      words: all.map { Command.Word($0.word, $0.help) })
  }

  /// All, in the order of the help.
  static var all: [Subcommand] {
    [
      Subcommand(
        StatusCommand.command, "is this box guarded, and how is everything?", StatusCommand.run),
      Subcommand(
        ExplainCommand.command, "the story of one heart: what happened, and what comes next",
        ExplainCommand.run),
      Subcommand(
        CheckCommand.command, "every mistake in /etc/watchdog, with the cure", CheckCommand.run),
      Subcommand(
        DoctorCommand.command, "is the chain running, and could the device reboot this box?",
        DoctorCommand.run),
      Subcommand(
        ReportCommand.command, "how available everything was, and what would help",
        ReportCommand.run),
      Subcommand(
        MetricsCommand.command, "how this box is, for Prometheus", MetricsCommand.run),
      Subcommand(
        NagiosCommand.command, "how this box is, as a plugin of Nagios", NagiosCommand.run,
        onFailure: NagiosCommand.end),
      Subcommand(
        HoldCommand.command, "for maintenance: no restarts for a while, or none of NAME",
        HoldCommand.run),
      Subcommand(GuardCommand.command, "writes the files that guard a program", GuardCommand.run),
      Subcommand(
        UnguardCommand.command, "removes the files that guard a program", UnguardCommand.run),
      Subcommand(NoteCommand.command, "writes a sentence into the incidents", NoteCommand.run),
      Subcommand(TellCommand.command, "gives new incidents to /etc/watchdog/tell", TellCommand.run),
      Subcommand(
        AcceptCommand.command, "accepts a good boot, or rolls a broken update back",
        AcceptCommand.run),
      Subcommand(
        ResumeCommand.command, "begins again after the box stood down", ResumeCommand.run),
      Subcommand(
        DrillCommand.command, "breaks things in a world of its own, and shows what is done",
        DrillCommand.run),
      Subcommand(
        CompletionCommand.command, "completion of commands in bash, zsh and fish",
        CompletionCommand.run),
    ]
  }
}
