import Linux
import Watchdog

/// `watchdog-chain completion`: what makes a shell complete the command lines of the tools. That asks
/// `watchdog-chain complete`, at each press of the key, what can follow.
enum Completion {
  static let command = Command(
    name: "watchdog-chain completion",
    usage: ["[--for TOOL] SHELL"],
    summary: """
      Prints what completes the command lines of all tools in SHELL, which is bash, zsh or fish: source it, or have
      it where the shell looks. Installed with the tools it is there already.
      """,
    options: [.init("for", value: "TOOL", "only that of TOOL, as shells load them")])

  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    guard arguments.operands.count == 1, arguments.command == nil else {
      throw arguments.mistake("say for which shell: bash, zsh or fish")
    }
    var tools = Completer.tools.map { "\($0.name)" }
    if let wanted = arguments.value(of: "for") {
      tools = tools.filter { $0.isEqual(to: wanted) }
      if tools.isEmpty { throw arguments.mistake("there is no tool \"\(wanted.printable)\"") }
    }
    let shell = arguments.operands[0]
    guard let stub = Stub.all.first(where: { "\($0.shell)".isEqual(to: shell) }) else {
      throw arguments.mistake("\"\(shell.printable)\" is none of bash, zsh and fish")
    }
    Console.write(stub.text(tools))
    return .success
  }

  /// The word that those in the shells ask. People have no use for it, so no help tells of it.
  static var question: Subcommand {
    Subcommand(Completer.command, "") { (arguments, report) throws(Failure) in
      guard let words = arguments.command, arguments.operands.isEmpty else {
        throw arguments.mistake("the words come after --")
      }
      Console.write(Completer.all.candidates(for: words).map { $0.line }.joined())
      return .success
    }
  }
}
