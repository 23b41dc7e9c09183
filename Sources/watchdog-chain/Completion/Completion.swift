import Linux
import Watchdog

/// `watchdog-chain completion`: what completes the command lines of the tools in a shell. It is made from the
/// same tables by which they are read, so an option cannot be forgotten here.
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
    var tools = Completable.tools
    if let wanted = arguments.value(of: "for") {
      tools = tools.filter { $0.name.isEqual(to: wanted) }
      if tools.isEmpty { throw arguments.mistake("there is no tool \"\(wanted.printable)\"") }
    }
    let shell = arguments.operands[0]
    if shell.isEqual(to: "bash") {
      Console.write(Bash.script(for: tools))
    } else if shell.isEqual(to: "zsh") {
      Console.write(Zsh.script(for: tools))
    } else if shell.isEqual(to: "fish") {
      Console.write(Fish.script(for: tools))
    } else {
      throw arguments.mistake("\"\(shell.printable)\" is none of bash, zsh and fish")
    }
    return .success
  }

  /// What the first line of each script says.
  static func title(_ tools: [Completable]) -> String {
    "# Completes \(tools.map { $0.name }.joined(separator: ", ")). Made by watchdog-chain completion.\n"
  }
}

/// A command line, as far as a shell can complete it.
struct Completable {
  /// An option, and what its value can be; nil where it takes none.
  struct Option {
    let name: StaticString
    let value: Place?
    let help: StaticString
  }

  /// The tool, or the word of watchdog-chain.
  let name: String
  /// In a line; empty for a tool.
  let help: StaticString
  let options: [Option]
  /// What can stand where no option does.
  let operand: Place
  /// Whether another command line can follow after `--`.
  let takesCommand: Bool
  /// The words of watchdog-chain, of which one comes first.
  let words: [Completable]

  init(_ command: Command, name: String, help: StaticString = "", words: [Completable] = []) {
    self.name = name
    self.help = help
    self.words = words
    options = command.options.map { option in
      Option(
        name: option.name, value: option.value.map { Place(word: Array("\($0)".utf8)) },
        help: option.help)
    }
    let operands = Completable.operands(of: command)
    operand = operands.map { Place(word: $0) }.first { !$0.isAnything } ?? .anything
    takesCommand = operands.contains { $0.elementsEqual("COMMAND".utf8) }
  }

  /// The tools and watchdog-chain.
  static var tools: [Completable] {
    Command.tools.map { Completable($0, name: "\($0.name)") } + [
      Completable(
        Subcommand.tool, name: "watchdog-chain",
        words: Subcommand.all.map { Completable($0.command, name: $0.word, help: $0.help) })
    ]
  }

  /// What the usage lines have beside options and their values, without brackets and dots.
  private static func operands(of command: Command) -> [[UInt8]] {
    var operands: [[UInt8]] = []
    for line in command.usage {
      var isValue = false
      for part in "\(line)".utf8.split(separator: 0x20) {
        let word = part.filter { !"[].|".utf8.contains($0) }
        if word.starts(with: "--".utf8) {
          isValue = command.options.contains {
            $0.value != nil && "--\($0.name)".utf8.elementsEqual(word)
          }
        } else {
          if !isValue { operands.append(word) }
          isValue = false
        }
      }
    }
    return operands
  }
}

/// What a word stands for that the help writes in capitals.
enum Place {
  /// A name out of hearts.
  case hearts
  case folders
  case files
  case users
  /// One of these, with blanks between.
  case oneOf(String)
  /// Nothing that a shell could know.
  case anything

  init(word: [UInt8]) {
    self = Place.known.first { "\($0.word)".utf8.elementsEqual(word) }?.place ?? .anything
  }

  /// A new option or operand is completed as soon as its help has such a word.
  private static var known: [(word: StaticString, place: Place)] {
    [
      ("NAME", .hearts), ("DIR", .folders), ("FILE", .files), ("USER", .users),
      ("TOOL", .oneOf(Completable.names)), ("SHELL", .oneOf("bash zsh fish")),
    ]
  }

  var isAnything: Bool {
    if case .anything = self { return true }
    return false
  }
}

extension Completable {
  /// The names of all tools, with blanks between.
  fileprivate static var names: String {
    (Command.tools.map { "\($0.name)" } + ["watchdog-chain"]).joined(separator: " ")
  }
}

extension String {
  /// With a backslash before each of these ASCII characters.
  func escaping(_ characters: String) -> String {
    var bytes: [UInt8] = []
    for byte in utf8 {
      if characters.utf8.contains(byte) { bytes.append(0x5C) }
      bytes.append(byte)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
