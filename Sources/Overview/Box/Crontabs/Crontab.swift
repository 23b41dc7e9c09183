import LinuxCalls
import Watchdog

/// A crontab (crontab(5)), as far as cron is silent about it. What cron does not understand it says in the system's log.
struct Crontab {
  /// A line that is run.
  struct Job {
    /// The number of its line.
    let line: Int
    /// When; nil where it is not run in each hour.
    let schedule: Schedule?
    let isAtBoot: Bool
    /// What is run.
    let commands: [ShellCommand]
    /// PATH, as the lines before it set it.
    let path: String
    /// Whether a variable moves our folders: then it is no business of this box's chain.
    let isMoved: Bool
    /// Whether there is a % in the command, which cron takes for the end of a line.
    let hasPercent: Bool
  }

  private(set) var jobs: [Job] = []
  /// The variables that have no value, not even "": cron drops the whole file for one.
  private(set) var bare: [(line: Int, name: String)] = []
  private(set) var endsInNewline = true

  private static let usualPath = "/usr/bin:/bin"

  /// An empty one.
  init() {}

  /// Reads it.
  ///
  /// - Parameter hasUsers: whether the sixth field of each line is a user, as in /etc/cron.d.
  init(_ bytes: [UInt8], hasUsers: Bool) {
    endsInNewline = bytes.isEmpty || bytes.last == .newline
    var path = Crontab.usualPath
    var isMoved = false
    for (index, line) in Crontab.lines(of: bytes).enumerated() {
      let text = line.drop(while: Crontab.isBlank)
      if text.isEmpty || text.first == UInt8(ascii: "#") { continue }
      if let (name, value) = Crontab.variable(text) {
        if value.isEmpty { bare.append((index + 1, name)) }
        if name.isEqual(to: "PATH") { path = value.text }
        isMoved = isMoved || ["WATCHDOG_STATE", "WATCHDOG_CONFIG"].has(name)
        continue
      }
      var words = text.split(maxSplits: hasUsers ? 6 : 5, whereSeparator: Crontab.isBlank)
      var schedule: Schedule?
      let isWord = text.first == UInt8(ascii: "@")
      if isWord {
        words = text.split(maxSplits: hasUsers ? 2 : 1, whereSeparator: Crontab.isBlank)
      } else {
        schedule = Schedule(Array(words.prefix(5)))
      }
      let command = Array(words.dropFirst((isWord ? 1 : 5) + (hasUsers ? 1 : 0)).first ?? [])
      if command.isEmpty { continue }
      jobs.append(
        Job(
          line: index + 1, schedule: schedule, isAtBoot: text.starts(with: "@reboot".utf8),
          commands: ShellCommand.all(in: command), path: path, isMoved: isMoved,
          hasPercent: Crontab.hasPercent(command)))
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { " \t".utf8.contains(byte) }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    Array(bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }

  private static func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: .newline, omittingEmptySubsequences: false)
  }

  /// NAME and value without quotes, if that is what a line is: a name is one word, or in quotes, before the first =.
  /// A value of two quotes is not empty here.
  private static func variable(_ line: ArraySlice<UInt8>) -> (name: String, value: [UInt8])? {
    guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    func unquoted(_ bytes: [UInt8]) -> [UInt8] {
      guard bytes.count > 2, let first = bytes.first, "\"'".utf8.contains(first),
        bytes.last == first
      else { return bytes }
      return Array(bytes[1..<(bytes.count - 1)])
    }
    let word = trimmed(line[..<equals])
    let name = unquoted(word)
    guard name.count < word.count || !name.contains(where: isBlank) else { return nil }
    let value = unquoted(trimmed(line[(equals + 1)...]))
    return (name.text, value)
  }

  private static func hasPercent(_ command: [UInt8]) -> Bool {
    zip([0] + command, command).contains { $1 == UInt8(ascii: "%") && $0 != UInt8(ascii: "\\") }
  }

  /// The same with NAME="" for each NAME= that has no value.
  ///
  /// - Returns: the text, and in how many lines.
  static func quotingNothing(in bytes: [UInt8]) -> (text: [UInt8], count: Int) {
    let bare = Crontab(bytes, hasUsers: true).bare
    var lines = lines(of: bytes).map { Array($0) }
    for (line, _) in bare {
      lines[line - 1] = trimmed(lines[line - 1][...]) + Array("\"\"".utf8)
    }
    return (Array(lines.joined(separator: [.newline])), bare.count)
  }
}
