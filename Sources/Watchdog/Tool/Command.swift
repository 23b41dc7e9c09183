import LinuxCalls

/// The version of everything in this package.
public let version: StaticString = "0.1.0"

/// A tool's command line: from this one description come parsing, `--help`, `--version` and what shells complete;
/// and the manual is held against it by a test.
public struct Command: Sendable {
  /// One option.
  public struct Option: Sendable {
    /// Its name without the dashes.
    public let name: StaticString
    /// What its value is called in the help, for example "SECONDS"; nil when it takes none.
    public let value: StaticString?
    /// What it does, in a line of help.
    public let help: StaticString

    /// An option that takes no value, or one that is called `value` in the help.
    public init(_ name: StaticString, value: StaticString? = nil, _ help: StaticString) {
      self.name = name
      self.value = value
      self.help = help
    }
  }

  /// The tool's name.
  public let name: StaticString
  /// What follows the name, a line for each way to call it.
  public let usage: [StaticString]
  /// What it is for.
  public let summary: StaticString
  /// What it knows.
  public let options: [Option]
  /// The words that say what it does; none where it does one thing.
  public let words: [Word]

  /// One of the things that a tool does.
  public struct Word: Sendable {
    /// As it is written.
    public let name: String
    /// What it does, in a line of help.
    public let help: StaticString

    /// A word.
    public init(_ name: String, _ help: StaticString) {
      self.name = name
      self.help = help
    }
  }

  /// A tool.
  ///
  /// - Parameters:
  ///   - words: the things that it does, where they are several.
  ///   - options: its own; those that all tools have are added.
  public init(
    name: StaticString, usage: [StaticString], summary: StaticString, words: [Word] = [],
    options: [Option] = []
  ) {
    self.name = name
    self.usage = usage
    self.summary = summary
    self.words = words
    self.options = options + Command.shared
  }

  private static let shared = [
    Option("config", value: "DIR", "read DIR instead of /etc/watchdog (or WATCHDOG_CONFIG)"),
    Option("state", value: "DIR", "use DIR instead of /run/watchdog (or WATCHDOG_STATE)"),
    Option("data", value: "DIR", "use DIR instead of /var/lib/watchdog (or WATCHDOG_DATA)"),
    Option("help", "show this help and exit"),
    Option("version", "show the version and exit"),
  ]

  /// Runs the tool: reads the command line, answers `--help` and `--version`, calls `body`, says what
  /// failed, and ends the process with the exit code.
  ///
  /// - Parameters:
  ///   - words: the command line, with the name first.
  ///   - onFailure: what says it and ends instead, for tools whose caller wants another answer.
  public func run(
    _ words: [String] = ThisProcess.words,
    onFailure: (Report, Failure) -> Never = Command.end,
    _ body: (Arguments, Report) throws(Failure) -> ExitCode
  ) -> Never {
    ThisProcess.letWritesFail()
    let report = Report(tool: name)
    do throws(Failure) {
      let arguments = try Arguments(words, for: self)
      let code = introduces(arguments) ? .success : try body(arguments, report)
      if let error = Console.lost, code == .success {
        throw Failure.unable(to: "write what it has to say", error)
      }
      report.journal.send(report)
      ThisProcess.exit(code.rawValue)
    } catch {
      report.journal.send(report)
      onFailure(report, error)
    }
  }

  /// Answers `--help` and `--version`.
  ///
  /// - Returns: whether that was asked for.
  @inline(never) private func introduces(_ arguments: Arguments) -> Bool {
    if arguments.has("help") {
      Console.write(help)
    } else if arguments.has("version") {
      Console.write("\(name) (watchdog-chain) \(version)\n")
    } else {
      return false
    }
    return true
  }

  /// Says what failed, and ends the process with its code.
  public static func end(_ report: Report, _ failure: Failure) -> Never {
    report.say(.error, failure.sentence)
    ThisProcess.exit(failure.code.rawValue)
  }

  /// What `--help` says.
  public var help: String {
    var text = ""
    for (index, line) in usage.enumerated() {
      let gap: StaticString = line.utf8CodeUnitCount == 0 ? "" : " "
      text += "\(index == 0 ? "usage:" : "      ") \(name)\(gap)\(line)\n"
    }
    text += "\n\(wrap("\(summary)", at: 78))\n\n"
    text += Command.columns(words.map { ($0.name, $0.help) })
    if !words.isEmpty { text += "\n" }
    text += Command.columns(
      options.map { option in
        (option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)", option.help)
      })
    return text
  }

  private static func columns(_ lines: [(left: String, right: StaticString)]) -> String {
    let width = lines.map { $0.left.utf8.count }.max() ?? 0
    return lines.map { "  \($0.left.padded(to: width))  \($0.right)\n" }.joined()
  }
}
