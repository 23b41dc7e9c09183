import LinuxCalls
import Watchdog

/// A command in a line for the shell, as far as that can be told without being one: quotes are taken off, and what
/// is only known when it is run ($…) stays as it is written.
struct ShellCommand {
  /// The program, by path or by name, and its arguments.
  let words: [String]
  /// The arguments that are neither options nor, of our own tools, their values, up to --.
  let operands: [String]

  private init(_ words: [String]) {
    self.words = words
    let tool = Command.tools.first { "\($0.name)".isEqual(to: words[0].lastPathPart) }
    let valued = (tool?.options ?? []).filter { $0.value != nil }.map { "--\($0.name)" }
    var operands: [String] = []
    var isValue = false
    for word in words.dropFirst() {
      if word.isEqual(to: "--") { break }
      if !isValue, !word.utf8.starts(with: "--".utf8) { operands.append(word) }
      isValue = !isValue && valued.has(word)
    }
    self.operands = operands
  }

  /// The last part of the program's path.
  var program: String { words[0].lastPathPart }

  /// All commands in a line.
  static func all(in line: [UInt8]) -> [ShellCommand] {
    lists(of: line).map { $0.drop(while: isPreparation) }.filter { !$0.isEmpty }.map {
      ShellCommand(Array($0))
    }
  }

  /// What only prepares a command: exec, env, variables, nice and the like, and their options.
  private static func isPreparation(_ word: String) -> Bool {
    let isVariable = word.utf8.contains(UInt8(ascii: "="))
    let isOption = word.utf8.first == UInt8(ascii: "-") || word.utf8.allSatisfy { $0.isDigit }
    return isVariable || isOption
      || [
        "exec", "env", "nice", "ionice", "nohup", "setsid", "chrt", "then", "do", "else", "if", "!",
        "{", "(",
      ].has(word.lastPathPart)
  }

  /// The words between the operators of a line.
  private static func lists(of line: [UInt8]) -> [[String]] {
    var lists: [[String]] = [[]]
    var word: [UInt8]?
    var quote: UInt8?
    var isEscaped = false
    func end() {
      if let word { lists[lists.count - 1].append(word.text) }
      word = nil
    }
    for byte in line {
      if isEscaped {
        word = (word ?? []) + [byte]
        isEscaped = false
      } else if let open = quote {
        if byte == open { quote = nil } else { word = (word ?? []) + [byte] }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
        word = word ?? []
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == .space || byte == 0x09 {
        end()
      } else if ";&|()<>".utf8.contains(byte) {
        // 2>&1: the number belongs to what follows.
        if "<>".utf8.contains(byte), word?.allSatisfy({ $0.isDigit }) ?? false { word = nil }
        end()
        lists.append([])
      } else {
        word = (word ?? []) + [byte]
      }
    }
    end()
    return lists
  }
}
