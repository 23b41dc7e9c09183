import Linux
import Watchdog

/// A crontab, read as cron reads it (crontab(5)).
struct Crontab {
  /// A line that is run.
  struct Job {
    /// The number of its line.
    let line: Int
    /// When; nil for a word such as @reboot.
    let schedule: Schedule?
    let isAtBoot: Bool
    /// As whom; nil where the crontab is one user's.
    let user: String?
    /// What is run.
    let commands: [ShellCommand]
    /// PATH, as the lines before it set it.
    let path: String
    /// Whether a variable moves our folders: then it is no business of this box's chain.
    let isMoved: Bool
    /// Whether there is a % in the command, which cron takes for the end of a line.
    let hasPercent: Bool
  }

  /// What cron does not understand.
  struct Mistake {
    let line: Int
    let sentence: String
    /// What to write instead, where that is known.
    let cure: String?
    /// Whether it is a value that is nothing, not even "".
    let isNothing: Bool
  }

  private(set) var jobs: [Job] = []
  private(set) var mistakes: [Mistake] = []
  private(set) var endsInNewline = true

  static let usualPath = "/usr/bin:/bin"
  private static let words: [StaticString] = [
    "@reboot", "@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly",
  ]

  /// An empty one.
  init() {}

  /// Reads it.
  ///
  /// - Parameter hasUsers: whether the sixth field of each line is a user, as in /etc/cron.d.
  init(_ bytes: [UInt8], hasUsers: Bool) {
    endsInNewline = bytes.isEmpty || bytes.last == 0x0A
    var path = Crontab.usualPath
    var isMoved = false
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = line.drop { $0 == 0x20 || $0 == 0x09 }
      if text.isEmpty || text.first == 0x23 { continue }
      if let (name, value) = Crontab.variable(text) {
        if let (sentence, cure) = Crontab.mistake(inValue: value, of: name) {
          mistakes.append(
            Mistake(line: index + 1, sentence: sentence, cure: cure, isNothing: value.isEmpty))
        }
        let value = String(decoding: Crontab.unquoted(value), as: UTF8.self)
        if name.isEqual(to: "PATH") { path = value }
        isMoved =
          isMoved || name.isEqual(to: "WATCHDOG_STATE") || name.isEqual(to: "WATCHDOG_CONFIG")
        continue
      }
      do throws(Schedule.Mistake) {
        let job = try Crontab.job(
          text, line: index + 1, hasUsers: hasUsers, path: path, isMoved: isMoved)
        if let job { jobs.append(job) }
      } catch {
        mistakes.append(
          Mistake(line: index + 1, sentence: error.sentence, cure: nil, isNothing: false))
      }
    }
  }

  // MARK: Lines

  /// NAME and value, if that is what a line is: a name is one word, or in quotes, before the first =.
  private static func variable(_ line: ArraySlice<UInt8>) -> (name: String, value: [UInt8])? {
    guard let equals = line.firstIndex(of: 0x3D) else { return nil }
    let word = trimmed(Array(line[..<equals]))
    let name = unquoted(word)
    let isQuoted = name.count < word.count
    guard isQuoted || !name.contains(where: { $0 == 0x20 || $0 == 0x09 }) else { return nil }
    return (String(decoding: name, as: UTF8.self), trimmed(Array(line[(equals + 1)...])))
  }

  /// Why a value is none that cron understands, and the cure; nil when it is one.
  private static func mistake(
    inValue value: [UInt8], of name: String
  ) -> (sentence: String, cure: String)? {
    let name = name.printable
    if value.isEmpty { return ("\(name)= has no value", "write \(name)=\"\"") }
    guard let quote = value.first, quote == 0x22 || quote == 0x27 else { return nil }
    let end = value.dropFirst().firstIndex(of: quote)
    return end == value.count - 1
      ? nil : ("\(name): the quotes must enclose the whole value", "move them")
  }

  /// - Returns: nil where there is no command, which cron runs all the same.
  private static func job(
    _ line: ArraySlice<UInt8>, line number: Int, hasUsers: Bool, path: String, isMoved: Bool
  ) throws(Schedule.Mistake) -> Job? {
    var rest = line
    var schedule: Schedule?
    var isAtBoot = false
    if rest.first == 0x40 {
      let word = Crontab.takeWord(&rest)
      guard words.contains(where: { "\($0)".utf8.elementsEqual(word) }) else {
        throw Schedule.Mistake(sentence: "\"\(printable(Array(word)))\" is none of cron's words")
      }
      isAtBoot = word.elementsEqual("@reboot".utf8)
    } else {
      if rest.first == 0x2D {
        throw Schedule.Mistake(
          sentence: "a - before the minute is not known to each cron: remove it")
      }
      var fields: [ArraySlice<UInt8>] = []
      for _ in 0..<5 { fields.append(Crontab.takeWord(&rest)) }
      guard fields.allSatisfy({ !$0.isEmpty }) else {
        throw Schedule.Mistake(sentence: "it has no five fields for the time")
      }
      schedule = try Schedule(fields)
    }
    var user: String?
    if hasUsers {
      let word = Crontab.takeWord(&rest)
      guard !word.isEmpty else { throw Schedule.Mistake(sentence: "it names no user") }
      user = String(decoding: Array(word), as: UTF8.self)
    }
    let command = trimmed(Array(rest))
    if command.isEmpty { return nil }
    return Job(
      line: number, schedule: schedule, isAtBoot: isAtBoot, user: user,
      commands: ShellCommand.all(in: command), path: path, isMoved: isMoved,
      hasPercent: hasPercent(command))
  }

  private static func takeWord(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let word = rest.prefix { $0 != 0x20 && $0 != 0x09 }
    rest = rest.dropFirst(word.count).drop { $0 == 0x20 || $0 == 0x09 }
    return word
  }

  private static func hasPercent(_ command: [UInt8]) -> Bool {
    var before: UInt8 = 0
    for byte in command {
      if byte == 0x25, before != 0x5C { return true }
      before = byte
    }
    return false
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    var bytes = Array(bytes.drop(while: isBlank))
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
  }

  private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 2, let first = bytes.first, first == 0x22 || first == 0x27,
      bytes.last == first
    else { return bytes }
    return Array(bytes[1..<(bytes.count - 1)])
  }

  // MARK: Mending

  /// The same with NAME="" for each NAME= that has no value.
  ///
  /// - Returns: the text, and in how many lines.
  static func quotingNothing(in bytes: [UInt8]) -> (text: [UInt8], count: Int) {
    var count = 0
    var text: [UInt8] = []
    for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
    {
      if index > 0 { text.append(0x0A) }
      let start = line.drop { $0 == 0x20 || $0 == 0x09 }
      if start.first != 0x23, let (_, value) = variable(start), value.isEmpty {
        count += 1
        text += trimmed(Array(line)) + [0x22, 0x22]
      } else {
        text += line
      }
    }
    return (text, count)
  }
}
