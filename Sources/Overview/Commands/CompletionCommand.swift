import LinuxCalls
import Watchdog

/// `watchdog-chain completion`: what makes a shell complete the command lines of the tools. That asks
/// `watchdog-chain complete`, at each press of the key, what can follow.
enum CompletionCommand {
  static let command = Command(
    name: "watchdog-chain completion",
    usage: ["[--for TOOL] SHELL"],
    summary: """
      Prints what completes the command lines of all tools in SHELL, which is bash, zsh or fish: source it, or put
      it where the shell looks. If the tools were installed, it is there already.
      """,
    options: [.init("for", value: "TOOL", "only that of TOOL, as shells load them")])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let shell = try call.onlyWord(orElse: "say for which shell: bash, zsh or fish")
    var tools = Completer.tools.map { "\($0.name)" }
    if let wanted = call.value(of: "for") {
      tools = tools.filter { $0.isEqual(to: wanted) }
      if tools.isEmpty { throw call.mistake("there is no tool \"\(wanted.printable)\"") }
    }
    guard let stub = Stub.all.first(where: { "\($0.shell)".isEqual(to: shell) }) else {
      throw call.mistake("\"\(shell.printable)\" is none of bash, zsh and fish")
    }
    Console.write(stub.text(tools))
    return .success
  }

  /// The word that those in the shells ask. People have no use for it, so no help tells of it.
  static var question: Subcommand {
    Subcommand(Completer.command, "") { (call) throws(Failure) in
      guard let words = call.arguments.command, call.arguments.operands.isEmpty else {
        throw call.mistake("the words come after --")
      }
      Console.write(Completer.all.candidates(for: words).map { $0.line }.joined())
      return .success
    }
  }
}
