import LinuxCalls
import Rules
import Watchdog

/// What the last word of a command line can be, answered from the same descriptions by which the tools read theirs, so
/// that an option cannot be forgotten here.
struct Completer {
  /// What asks it.
  static let command = Command(
    name: "watchdog-chain complete",
    usage: ["-- WORD..."],
    summary: """
      Answers a shell what the last WORD of a command line can be: a line for each candidate, with a tab before its
      help, or a line such as :file where the shell knows itself.
      """)

  /// Each can be called. One whose name is of two words is one of the things that a tool does.
  let commands: [Command]

  /// The tools and watchdog-chain.
  static var tools: [Command] { Command.tools + [Subcommand.tool] }

  /// For all of them, with all words of watchdog-chain.
  static var all: Completer { Completer(commands: tools + Subcommand.all.map { $0.command }) }

  /// What can stand where the last of these words does. Whether it begins like that is for the shell to see, which may
  /// be less strict.
  ///
  /// - Parameter words: the tool, by its name or path, and what was typed after it, up to a word that may be empty.
  ///   Where readline was at work, each `=` is a word of its own.
  func candidates(for words: [String]) -> [Candidate] {
    guard words.count > 1, let tool = command(words[0].lastPathPart) else { return [] }
    if tool.words.isEmpty || (words.count == 2 && words[1].utf8.first == UInt8(ascii: "-")) {
      return TypedLine(tool, words, operandsFrom: 1).candidates(tools: Completer.tools)
    }
    if words.count == 2 { return tool.words.map { Candidate($0.name, "\($0.help)") } }
    guard let part = command("\(tool.name) \(words[1])") else { return [] }
    return TypedLine(part, words, operandsFrom: 2).candidates(tools: Completer.tools)
  }

  private func command(_ name: String) -> Command? {
    commands.first { "\($0.name)".isEqual(to: name) }
  }
}

/// A line of the answer.
struct Candidate {
  let text: String
  let help: String

  /// What can be typed, and what it is, in a line; empty where there is nothing to say.
  init(_ text: String, _ help: String = "") {
    self.text = text
    self.help = help
  }

  /// What only the shell knows: see `Stub`.
  static func shell(_ kind: String) -> Candidate { Candidate(":\(kind)") }

  var line: String { help.utf8.isEmpty ? "\(text)\n" : "\(text)\t\(help.printable)\n" }
}

/// A command line that is being typed.
private struct TypedLine {
  let command: Command
  /// What stands between the name and the last word.
  let before: [String]
  let last: String
  /// Where another command line begins, after a `--`.
  let innerStart: Int?

  init(_ command: Command, _ words: [String], operandsFrom first: Int) {
    self.command = command
    innerStart = words[first...].dropLast().firstIndex { $0.isEqual(to: "--") }.map { $0 + 1 }
    var typed: [String] = []
    for (index, word) in words.enumerated().dropFirst(first) {
      let isReadlines = word.isEqual(to: "=") && typed.last?.utf8.starts(with: "--".utf8) == true
      if !isReadlines { typed.append(word) } else if index == words.count - 1 { typed.append("") }
    }
    last = typed.removeLast()
    before = typed
  }

  func candidates(tools: [Command]) -> [Candidate] {
    let operands = operands
    if let innerStart {
      return operands.has("COMMAND") ? [.shell("command \(innerStart)")] : []
    }
    let isOption = last.utf8.first == UInt8(ascii: "-")
    if isOption, let end = last.utf8.firstIndex(of: UInt8(ascii: "=")) {
      return option(last.utf8[..<end].text).flatMap { candidates(for: $0, tools) } ?? []
    }
    if let previous = before.last, let value = option(previous) {
      return candidates(for: value, tools) ?? []
    }
    if isOption { return options }
    return operands.lazy.compactMap { candidates(for: $0, tools) }.first ?? options
  }

  /// What the value of an option is called; nil where it takes none, or is none.
  private func option(_ word: String) -> String? {
    command.options.first { "--\($0.name)".isEqual(to: word) }?.value.map { "\($0)" }
  }

  /// The options, without those that were given.
  private var options: [Candidate] {
    let arguments = arguments
    return command.options.filter { arguments?.has($0.name) != true }.map {
      Candidate("--\($0.name)", "\($0.help)")
    }
  }

  /// What was typed so far, where that can be understood.
  private var arguments: Arguments? {
    let home = ThisProcess.environment("HOME") ?? ""
    let words = before.map { word in
      // The shell would do that before it runs a tool.
      word.utf8.starts(with: "~/".utf8) ? home + word.utf8.dropFirst().text : word
    }
    return try? Arguments(["\(command.name)"] + words, for: command)
  }

  /// What the usage lines have beside options and their values, without brackets and dots.
  private var operands: [String] {
    var operands: [String] = []
    for line in command.usage {
      var isValue = false
      for part in "\(line)".utf8.split(separator: .space) {
        let word = part.filter { !"[].|".utf8.contains($0) }.text
        let isOption = word.utf8.starts(with: "--".utf8)
        if !isOption, !isValue { operands.append(word) }
        isValue = isOption && option(word) != nil
      }
    }
    return operands
  }

  /// What can stand for a word that the help writes in capitals; nil where nobody could know. A new option or operand
  /// is completed as soon as its help has such a word.
  private func candidates(for word: String, _ tools: [Command]) -> [Candidate]? {
    func isWord(_ other: String) -> Bool { word.isEqual(to: other) }
    if isWord("NAME") { return names }
    if isWord("DIR") { return [.shell("directory")] }
    if isWord("FILE") { return [.shell("file")] }
    if isWord("USER") { return [.shell("user")] }
    if isWord("SHELL") { return Stub.all.map { Candidate("\($0.shell)") } }
    if isWord("TOOL") { return tools.map { Candidate("\($0.name)", $0.firstSentence) } }
    return nil
  }

  /// The hearts, and for words that concern problems also these.
  private var names: [Candidate] {
    guard let arguments = arguments ?? (try? Arguments(["\(command.name)"], for: command)) else {
      return []
    }
    let roots = Roots(arguments)
    let ofProblems = [Command.solveProblems, ExplainCommand.command].map { "\($0.name)" }
    let asksForProblems = ofProblems.has("\(command.name)")
    let problems = asksForProblems ? roots.problemCandidates : []
    let hearts = roots.heartCandidates.filter { heart in
      !problems.contains { $0.text.isEqual(to: heart.text) }
    }
    return (problems + hearts).sorted { $0.text.precedes($1.text) }
  }
}

extension Command {
  fileprivate var firstSentence: String {
    "\(summary)".utf8.prefix { $0 != .dot }.map { $0 == .newline ? .space : $0 }.text
  }
}

extension Roots {
  /// All hearts, also those whose files are wrong.
  fileprivate var heartCandidates: [Candidate] {
    guard let folder = try? configFolder("hearts") else { return [] }
    return folder.candidates { (name, folder) in
      let heart = try? Heart.read(name, kind: nil, in: folder)
      return heart.map { "late after \($0.limit.wholeSeconds) s" } ?? ""
    }
  }

  fileprivate var problemCandidates: [Candidate] {
    guard let folder = folder(.problems), let state = try? StateFolder.toLookAt(self),
      let problems = try? Problems(in: state)
    else { return [] }
    return folder.candidates { (name, _) in
      "a problem: \(((try? problems.read(name)) ?? nil)?.problem.reason ?? "")"
    }
  }
}

extension Folder {
  /// The files in it that have a name, each with a help.
  fileprivate borrowing func candidates(_ help: (Name, borrowing Folder) -> String) -> [Candidate] {
    var candidates: [Candidate] = []
    for bytes in (try? names(of: .file)) ?? [] {
      guard let name = Name(bytes) else { continue }
      candidates.append(Candidate(name.text, help(name, self)))
    }
    return candidates
  }
}
