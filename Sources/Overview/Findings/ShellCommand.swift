import Linux
import Watchdog

/// A command in a line for the shell, as far as that can be told without being one: quotes are taken off, and what
/// is only known when it is run ($…) stays as it is written.
struct ShellCommand {
  /// The program, by path or by name, and its arguments.
  let words: [String]

  /// The last part of the program's path.
  var program: String { ShellCommand.lastPart(of: words[0]) }

  static func lastPart(of path: String) -> String {
    String(decoding: Array(path.utf8.split(separator: 0x2F).last ?? []), as: UTF8.self)
  }

  /// The arguments that are no options, up to --, and the value of an option that is a number.
  ///
  /// - Parameter options: those that take a value.
  func operands(_ options: [StaticString]) -> (operands: [String], numbers: [(String, UInt64)]) {
    var operands: [String] = []
    var numbers: [(String, UInt64)] = []
    var waiting: String?
    for word in words.dropFirst() {
      if word.isEqual(to: "--") { break }
      var scanner = Scanner(Array(word.utf8))
      if let name = waiting {
        waiting = nil
        if let number = scanner.number() { numbers.append((name, number)) }
      } else if word.utf8.starts(with: "--".utf8) {
        let parts = word.utf8.dropFirst(2).split(separator: 0x3D, maxSplits: 1)
        let name = String(decoding: parts.first.map { Array($0) } ?? [], as: UTF8.self)
        if parts.count == 2 {
          var scanner = Scanner(Array(parts[1]))
          if let number = scanner.number() { numbers.append((name, number)) }
        } else if options.contains(where: { "\($0)".isEqual(to: name) }) {
          waiting = name
        }
      } else {
        operands.append(word)
      }
    }
    return (operands, numbers)
  }

  /// All commands in a line.
  static func all(in line: [UInt8]) -> [ShellCommand] {
    var commands: [ShellCommand] = []
    var words: [String] = []
    for token in tokens(of: line) {
      if token.isOperator {
        append(words, to: &commands)
        words = []
      } else {
        words.append(token.text)
      }
    }
    append(words, to: &commands)
    return commands
  }

  /// Without what only prepares a command: exec, env, variables, nice and the like.
  private static func append(_ words: [String], to commands: inout [ShellCommand]) {
    var words = words[...]
    let helpers: [StaticString] = [
      "exec", "env", "nice", "ionice", "nohup", "setsid", "chrt", "then", "do", "else", "if", "!",
      "{", "(",
    ]
    while let first = words.first {
      let isVariable = first.utf8.contains(0x3D) && first.utf8.first != 0x2D
      let isHelper = helpers.contains { "\($0)".isEqual(to: lastPart(of: first)) }
      // The options of a helper, with their values.
      let isOption = first.utf8.first == 0x2D || first.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
      guard isVariable || isHelper || isOption else { break }
      words = words.dropFirst()
    }
    if !words.isEmpty { commands.append(ShellCommand(words: Array(words))) }
  }

  private struct Token {
    let text: String
    let isOperator: Bool
  }

  private static func tokens(of line: [UInt8]) -> [Token] {
    var tokens: [Token] = []
    var word: [UInt8] = []
    var isWord = false
    var quote: UInt8?
    var isEscaped = false
    func end() {
      if isWord {
        tokens.append(Token(text: String(decoding: word, as: UTF8.self), isOperator: false))
      }
      word = []
      isWord = false
    }
    for byte in line {
      if isEscaped {
        word.append(byte)
        isEscaped = false
        continue
      }
      if let open = quote {
        if byte == open { quote = nil } else { word.append(byte) }
        continue
      }
      switch byte {
      case 0x22, 0x27:
        quote = byte
        isWord = true
      case 0x5C:
        isEscaped = true
        isWord = true
      case 0x20, 0x09: end()
      case 0x3B, 0x26, 0x7C, 0x28, 0x29, 0x3C, 0x3E:
        // 2>&1: the number belongs to what follows.
        let isNumber =
          byte == 0x3C || byte == 0x3E ? word.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } : false
        if isNumber {
          word = []
          isWord = false
        }
        end()
        tokens.append(Token(text: "", isOperator: true))
      default:
        word.append(byte)
        isWord = true
      }
    }
    end()
    return tokens
  }
}
