import LinuxCalls
import Rules

/// The settings that are words: how far a ladder goes, and by which signal a program is asked to end. Each is read from
/// of/NAME first.
extension Settings {
  /// The file of how far the ladder of a problem goes.
  public static let lastStepFile = "last-step"
  /// The file of the signal by which a program is asked to end.
  public static let endSignalFile = "end-signal"
  /// The file of the executables that are left alive.
  public static let spareFile = "spare"

  /// How far the ladder of a heart's problem goes; nil where the administrator said nothing.
  ///
  /// - Parameter heart: nil for what counts where of/NAME says nothing.
  public borrowing func lastStep(for heart: Name?) throws(Failure) -> Step? {
    guard let (file, bytes) = try find(Settings.lastStepFile, for: heart) else { return nil }
    let word = Settings.firstWord(bytes)
    guard let step = Step(named: word) else {
      throw mistake(
        file, "\"\(printable(word))\" is no step: write mark, solve, restart or reboot")
    }
    return step
  }

  /// By which signal a heart's program is asked to end.
  public borrowing func endSignal(for heart: Name?) throws(Failure) -> Signal {
    guard let (file, bytes) = try find(Settings.endSignalFile, for: heart) else {
      return .terminate
    }
    let word = Settings.firstWord(bytes)
    guard let signal = Signal(asking: word) else {
      throw mistake(
        file, "\"\(printable(word))\" is no signal: write a name such as TERM or QUIT, or a number")
    }
    return signal
  }

  /// The executables that are left alive when a heart's program is ended, with all that they started: a name or a path a
  /// line.
  public borrowing func spared(for heart: Name?) throws(Failure) -> [[UInt8]] {
    guard let (file, bytes) = try find(Settings.spareFile, for: heart) else { return [] }
    var spared: [[UInt8]] = []
    for line in bytes.lines {
      let word = line.prefix { $0 != UInt8(ascii: "#") }.trimmed
      if word.isEmpty { continue }
      guard word.first == .slash || !word.contains(.slash) else {
        throw mistake(
          file,
          "\"\(printable(word))\" is neither a name such as tmux nor a path that starts with /")
      }
      spared.append(word)
    }
    return spared
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
