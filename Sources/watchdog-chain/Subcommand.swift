import Linux
import Overview
import Watchdog

/// One thing that watchdog-chain does: its command line, and what it runs.
struct Subcommand {
  /// Its name is "watchdog-chain WORD".
  let command: Command
  /// What it does, in a line of help.
  let help: StaticString
  private let onFailure: (Report, Failure) -> Never
  private let body: (Arguments, Report) throws(Failure) -> ExitCode

  init(
    _ command: Command, _ help: StaticString,
    onFailure: @escaping (Report, Failure) -> Never = Command.end,
    _ body: @escaping (Arguments, Report) throws(Failure) -> ExitCode
  ) {
    self.command = command
    self.help = help
    self.onFailure = onFailure
    self.body = body
  }

  /// "status".
  var word: String {
    String(
      decoding: Array("\(command.name)".utf8.dropFirst("watchdog-chain ".utf8.count)), as: UTF8.self
    )
  }

  /// Runs it with a command line that starts with "watchdog-chain WORD".
  func run(_ words: [String]) -> Never {
    command.run([words[0]] + words.dropFirst(2), onFailure: onFailure, body)
  }

  /// watchdog-chain itself, which does nothing without a word.
  static var tool: Command {
    Command(
      name: "watchdog-chain",
      usage: ["WORD [OPTIONS]"],
      summary: "For people, and for their monitoring. Each WORD has a --help of its own.",
      words: all.map { Command.Word($0.word, $0.help) })
  }

  /// All, in the order of the help.
  static var all: [Subcommand] {
    [
      Subcommand(
        Status.command, "whether this box is guarded, and how everything is", Status.run),
      Subcommand(
        Explain.command, "the story of one heart: what happened, and what comes next", Explain.run),
      Subcommand(Check.command, "every mistake in /etc/watchdog, with the cure", Check.run),
      Subcommand(
        Doctor.command, "is the chain running, and could the device reboot this box?", Doctor.run),
      Subcommand(
        ReportCommand.command, "how available everything was, and what would help",
        ReportCommand.run),
      Subcommand(Metrics.command, "how this box is, for Prometheus", Metrics.run),
      Subcommand(
        Nagios.command, "how this box is, as a plugin of Nagios", onFailure: Nagios.end, Nagios.run),
      Subcommand(
        HoldCommand.command, "maintenance: for a while nothing, or not NAME, is restarted",
        HoldCommand.run),
      Subcommand(NoteCommand.command, "writes a sentence into the incidents", NoteCommand.run),
      Subcommand(
        ResumeCommand.command, "restart programs again after the box gave up", ResumeCommand.run),
      Subcommand(
        Drill.command, "breaks things in a world of its own, and shows what is done", Drill.run),
      Subcommand(
        Completion.command, "what completes all this in bash, zsh and fish", Completion.run),
    ]
  }
}
