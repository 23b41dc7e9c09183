import Linux

/// What is wrong with the contents of a file or the value of an option.
public struct Mistake: Error, Sendable {
  /// In words, without the file's name.
  public let sentence: String

  /// A mistake.
  public init(_ sentence: String) { self.sentence = sentence }
}

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
    for line in bytes.split(separator: 0x0A) {
      let values = line.prefix { $0 != 0x23 }
      for word in values.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
        numbers.append(try parse(word: Array(word)))
      }
    }
    if numbers.isEmpty { throw Mistake("it is empty: write a number of seconds into it") }
    return numbers
  }

  private static func parse(word: [UInt8]) throws(Mistake) -> Duration {
    var scanner = Scanner(word)
    let value = scanner.number()
    guard scanner.isAtEnd, let value else {
      let allDigits = word.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
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
