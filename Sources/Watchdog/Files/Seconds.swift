import LinuxCalls

/// Numbers of seconds as people write them: digits only, at least 1, at most a year. A `#` makes the rest
/// of its line a comment.
public enum Seconds {
  /// The largest number: 365 days.
  public static let most: Int64 = 31_536_000

  /// Reads one number.
  public static func parse(one bytes: [UInt8]) throws(Mistake) -> Duration {
    let numbers = try parse(bytes)
    guard numbers.count == 1 else { throw Mistake("it holds more than one number") }
    return numbers[0]
  }

  /// Reads numbers with white space between them, at least one.
  public static func parse(_ bytes: [UInt8]) throws(Mistake) -> [Duration] {
    var numbers: [Duration] = []
    for line in bytes.lines {
      for word in words(of: line) { numbers.append(try parse(word: word)) }
    }
    if numbers.isEmpty { throw Mistake("it is empty: write a number of seconds into it") }
    return numbers
  }

  /// What stands before a comment, without white space.
  static func words(of line: [UInt8]) -> [[UInt8]] {
    line.prefix { $0 != UInt8(ascii: "#") }.split { $0.isBlank }.map { Array($0) }
  }

  private static func parse(word: [UInt8]) throws(Mistake) -> Duration {
    guard let value = UInt64(digits: word) else {
      let allDigits = word.allSatisfy { $0.isDigit }
      throw Mistake(
        allDigits
          ? "\"\(printable(word))\" is too large: at most \(most) seconds (a year)"
          : "\"\(printable(word))\" is no whole number of seconds, such as 30")
    }
    guard value >= 1 else { throw Mistake("0 seconds is too short: at least 1") }
    guard value <= UInt64(most) else {
      throw Mistake("\(value) is too large: at most \(most) seconds (a year)")
    }
    return .seconds(Int64(value))
  }
}
