import Linux
import Rules

/// The settings that are words: how far a ladder goes, and by which signal a program is asked to end. Each is read from
/// of/NAME first.
extension Settings {
  /// The file of how far the ladder of a problem goes.
  public static let lastStepFile = "last-step"
  /// The file of the signal by which a program is asked to end.
  public static let endSignalFile = "end-signal"

  /// How far the ladder of a heart's problem goes; nil where the administrator said nothing.
  ///
  /// - Parameter heart: nil for what counts where of/NAME says nothing.
  public borrowing func lastStep(for heart: Name?) throws(Failure) -> Step? {
    guard let (file, word) = try word(Settings.lastStepFile, for: heart) else { return nil }
    guard let step = Step(word) else {
      throw Failure(
        .configuration,
        "\(path)/\(file): \"\(printable(word))\" is no step: write mark, solve, restart or reboot")
    }
    return step
  }

  /// By which signal a heart's program is asked to end, by its number.
  public borrowing func endSignal(for heart: Name?) throws(Failure) -> Int32 {
    guard let (file, word) = try word(Settings.endSignalFile, for: heart) else {
      return Linux.endSignal
    }
    guard let number = SignalName.number(word) else {
      throw Failure(
        .configuration,
        "\(path)/\(file): \"\(printable(word))\" is no signal: write a name such as TERM or QUIT, or a number"
      )
    }
    return number
  }

  private borrowing func word(
    _ setting: String, for heart: Name?
  ) throws(Failure) -> (file: String, word: [UInt8])? {
    if let heart, let bytes = try contents("of/\(heart.text)/\(setting)") {
      return ("of/\(heart.text)/\(setting)", Settings.firstWord(bytes))
    }
    return try contents(setting).map { (setting, Settings.firstWord($0)) }
  }

  /// What stands before a comment on the first line that has anything.
  private static func firstWord(_ bytes: [UInt8]) -> [UInt8] {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let value = line.prefix { $0 != UInt8(ascii: "#") }
      let words = value.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      if let first = words.first {
        return words.count == 1 ? Array(first) : Array(value)
      }
    }
    return []
  }
}

extension Step {
  /// Reads mark, solve, restart or reboot; nil when it is anything else.
  public init?(_ word: [UInt8]) {
    let all: [Step] = [.mark, .solve, .restart, .reboot]
    guard let step = all.first(where: { word.elementsEqual("\($0.name)".utf8) }) else {
      return nil
    }
    self = step
  }

  /// As the file has it.
  public var name: StaticString {
    switch self {
    case .mark: "mark"
    case .solve: "solve"
    case .restart: "restart"
    case .reboot: "reboot"
    }
  }
}

/// Names of signals (signal(7)), as kill(1) knows them.
enum SignalName {
  /// The number of a signal by its name, with or without SIG, or by its number; nil when there is none. KILL and STOP
  /// ask nobody.
  static func number(_ word: [UInt8]) -> Int32? {
    var scanner = Scanner(word)
    if let number = scanner.number(), scanner.isAtEnd {
      return number >= 1 && number <= 64 && number != 9 && number != 19 ? Int32(number) : nil
    }
    let name = word.starts(with: "SIG".utf8) ? Array(word.dropFirst(3)) : word
    return askingSignals.first { name.elementsEqual("\($0.name)".utf8) }?.number
  }
}
