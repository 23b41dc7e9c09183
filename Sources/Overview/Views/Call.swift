import LinuxCalls
import Watchdog

/// What a word of watchdog-chain was called with.
struct Call {
  let arguments: Arguments
  let report: Report

  var roots: Roots { Roots(arguments) }
  /// Whether it is only to say what it would do.
  var isDry: Bool { arguments.has("dry-run") }
  /// What lies round the chain, where --root says.
  var around: Outside { Outside(root: arguments.value(of: "root") ?? "") }

  func has(_ option: StaticString) -> Bool { arguments.has(option) }

  func value(of option: StaticString) -> String? { arguments.value(of: option) }

  func mistake(_ sentence: String) -> Failure { arguments.mistake(sentence) }

  /// The only word, where there has to be one.
  func onlyWord(orElse sentence: String) throws(Failure) -> String {
    guard arguments.operands.count == 1, arguments.command == nil else { throw mistake(sentence) }
    return arguments.operands[0]
  }

  /// Prints a line, and all is done.
  func say(_ line: String) -> ExitCode {
    Console.write("\(line)\n")
    return .success
  }
}
