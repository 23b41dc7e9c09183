import LinuxCalls
import Rules

/// What a tool was called with.
public struct Arguments: Sendable {
  /// The words that are no options.
  public let operands: [String]
  /// What stands after the first `--`, or nil where there is none.
  public let command: [String]?
  private let options: [(name: StaticString, value: String)]
  private let tool: StaticString

  /// Reads a command line; `words` starts with the program's name.
  ///
  /// - Throws: what getopt_long(3) does not understand, as `ExitCode.usage`.
  public init(_ words: [String], for tool: Command) throws(Failure) {
    let end = words.firstIndex { $0.isEqual(to: "--") } ?? words.endIndex
    let known = tool.options.map {
      Options.Known(name: $0.name, takesValue: $0.value != nil)
    }
    do throws(Mistake) {
      let given = try Options.parse(Array(words[..<end]), known: known)
      operands = given.operands
      options = given.options.map { (known[$0.known].name, $0.value) }
    } catch {
      throw Arguments.mistake(error.sentence, in: tool.name)
    }
    command = end == words.endIndex ? nil : Array(words[(end + 1)...])
    self.tool = tool.name
  }

  /// Whether an option was given.
  public func has(_ name: StaticString) -> Bool { value(of: name) != nil }

  /// The value of an option, the last one where it was given several times; nil where it was not given.
  public func value(of name: StaticString) -> String? {
    options.last { "\($0.name)".isEqual(to: "\(name)") }?.value
  }

  /// The value of an option that is a number of seconds, at least 1 and at most a year.
  public func seconds(of name: StaticString, default fallback: Int64) throws(Failure) -> Duration {
    guard let value = value(of: name) else { return .seconds(fallback) }
    do throws(Mistake) {
      return try Seconds.parse(one: Array(value.utf8))
    } catch {
      throw mistake("--\(name): \(error.sentence)")
    }
  }

  /// A failure that says what is wrong with the command line and where to read about it.
  public func mistake(_ sentence: String) -> Failure { Arguments.mistake(sentence, in: tool) }

  private static func mistake(_ sentence: String, in tool: StaticString) -> Failure {
    Failure(.usage, "\(sentence): see \(tool) --help")
  }

  /// Fails when there are words that this tool has no use for.
  public func expectNoOperands() throws(Failure) {
    if let first = operands.first { throw mistake("unknown word \"\(first.printable)\"") }
    if command != nil { throw mistake("nothing can follow --") }
  }
}

extension Name {
  /// A name from a command line, or the mistake that it is none.
  public init(operand text: String, of arguments: Arguments) throws(Failure) {
    guard let name = Name(text) else {
      throw Failure(
        .usage, "\"\(text.printable)\" is no name: use letters, digits, _ and -, at most 200")
    }
    self = name
  }
}

extension Roots {
  /// Where the options say, else where the environment says, else where the design says.
  public init(_ arguments: Arguments) {
    func root(_ option: StaticString?, _ variable: StaticString, _ usual: String) -> String {
      let option = option.flatMap { arguments.value(of: $0) }
      let given = option ?? ThisProcess.environment(variable) ?? ""
      if given.utf8.isEmpty { return usual }
      // What is started from here may be in another folder.
      return ThisProcess.absolute(given)
    }
    self.init(
      config: root("config", "WATCHDOG_CONFIG", "/etc/watchdog"),
      state: root("state", "WATCHDOG_STATE", Roots.usualState),
      data: root("data", "WATCHDOG_DATA", "/var/lib/watchdog"),
      logs: root(nil, "WATCHDOG_LOGS", "/var/log/watchdog"))
  }
}
