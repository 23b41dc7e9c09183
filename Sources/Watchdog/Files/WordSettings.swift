import LinuxCalls
import Rules

/// A file of one value that is no number. One in of/NAME counts for NAME before that in /etc/watchdog.
public struct WordSetting<Value> {
  /// The file's name.
  public let name: StaticString
  /// What holds when there is no file.
  public let usual: Value
  /// Whether only of/NAME has it.
  public var isOfHeartsAlone = false
  /// Reads what the file says.
  let parse: ([UInt8]) throws(Mistake) -> Value
}

extension WordSetting<Step?> {
  /// How far the ladder of a heart's problem goes; nil where the administrator said nothing.
  public static var lastStep: WordSetting {
    WordSetting(name: "last-step", usual: nil) { bytes throws(Mistake) in
      let word = Settings.firstWord(bytes)
      if let step = Step(named: word) { return step }
      throw Mistake(
        "\"\(printable(word))\" is no step: write mark, solve, restart or reboot")
    }
  }
}

extension WordSetting<Signal> {
  /// By which signal a heart's program is asked to end.
  public static var endSignal: WordSetting {
    WordSetting(name: "end-signal", usual: .terminate) { bytes throws(Mistake) in
      let word = Settings.firstWord(bytes)
      if let signal = Signal(asking: word) { return signal }
      throw Mistake(
        "\"\(printable(word))\" is no signal: write a name such as TERM or QUIT, or a number")
    }
  }
}

extension WordSetting<[[UInt8]]> {
  /// The executables that are left alive when a heart's program is ended, with all that they started: a name or a path a
  /// line.
  public static var spare: WordSetting {
    WordSetting(name: "spare", usual: []) { bytes throws(Mistake) in
      var spared: [[UInt8]] = []
      for line in bytes.lines {
        let word = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
        if word.isEmpty { continue }
        guard word.first == .slash || !word.contains(.slash) else {
          throw Mistake(
            "\"\(printable(word))\" is neither a name such as tmux nor a path that starts with /")
        }
        spared.append(word)
      }
      return spared
    }
  }
}

extension WordSetting<UInt32?> {
  /// Who beats for a heart: a number, or a name of /etc/passwd. No other place is asked, for a directory of users may not
  /// answer. Nil where hearts/NAME says whose heart it is.
  public static var user: WordSetting {
    WordSetting(name: "user", usual: nil, isOfHeartsAlone: true) { bytes throws(Mistake) in
      let word = Settings.firstWord(bytes)
      if let user = User.number(named: word) { return user }
      throw Mistake(
        "\"\(printable(word))\" is no user of /etc/passwd: write a name from it, or a number")
    }
  }
}

extension Settings {
  /// One of them, for a look for mistakes: `check` throws what is wrong with it.
  public typealias Word = (
    name: StaticString, isOfHeartsAlone: Bool,
    check: (borrowing Settings, Name?) throws(Failure) -> Void
  )

  /// All of them.
  public static var words: [Word] {
    [word(.lastStep), word(.endSignal), word(.spare), word(.user)]
  }

  private static func word<Value>(_ setting: WordSetting<Value>) -> Word {
    (
      setting.name, setting.isOfHeartsAlone,
      { settings, heart throws(Failure) in _ = try settings.read(setting, for: heart) }
    )
  }

  /// The value of a setting that is no number.
  ///
  /// - Parameter heart: nil for what counts where of/NAME says nothing.
  public borrowing func read<Value>(
    _ setting: WordSetting<Value>, for heart: Name?
  ) throws(Failure) -> Value {
    guard let (file, bytes) = try find("\(setting.name)", for: heart, setting.isOfHeartsAlone)
    else { return setting.usual }
    do throws(Mistake) { return try setting.parse(bytes) } catch {
      throw mistake(file, error.sentence)
    }
  }

  /// What stands before a comment on the first line that has anything: one word, or all of it.
  static func firstWord(_ bytes: [UInt8]) -> [UInt8] {
    for line in bytes.lines {
      let words = Seconds.words(of: line)
      if let first = words.first {
        return words.count == 1 ? first : line.prefix { $0 != UInt8(ascii: "#") }.map { $0 }
      }
    }
    return []
  }
}
