/// Reads decimal numbers and single bytes from the front of a few bytes.
public struct Scanner {
  private let bytes: [UInt8]
  /// How many bytes were read.
  public internal(set) var position = 0

  /// Starts at the first byte.
  public init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether everything was read.
  public var isAtEnd: Bool { position == bytes.count }

  /// Reads digits. Nil, and nothing read, when there is none here, or when they mean more than a UInt64.
  public mutating func number() -> UInt64? {
    var value: UInt64 = 0
    var end = position
    while end < bytes.count, bytes[end].isDigit {
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooLargeStill) = product.addingReportingOverflow(
        UInt64(bytes[end] - UInt8(ascii: "0")))
      if tooLarge || tooLargeStill { return nil }
      value = sum
      end += 1
    }
    if end == position { return nil }
    position = end
    return value
  }

  /// Reads what stands after the point of a number of seconds: at most nine digits. Nil when it is anything else.
  public mutating func fraction() -> Duration? {
    let start = position
    guard var fraction = number(), position - start <= 9 else { return nil }
    for _ in (position - start)..<9 { fraction *= 10 }
    return .nanoseconds(Int64(fraction))
  }

  /// Reads one byte, whatever it is; nil at the end.
  public mutating func byte() -> UInt8? {
    guard position < bytes.count else { return nil }
    position += 1
    return bytes[position - 1]
  }

  /// Reads what stands before the next space; nil when that is nothing.
  public mutating func word() -> [UInt8]? {
    let word = Array(bytes[position...].prefix { $0 != .space })
    position += word.count
    return word.isEmpty ? nil : word
  }

  /// Reads `byte`, if it stands here.
  public mutating func skip(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Reads blanks, tabs and line ends, as many as there are; false when there is none.
  public mutating func skipWhite() -> Bool {
    let start = position
    while position < bytes.count, bytes[position].isBlank || bytes[position] == .newline {
      position += 1
    }
    return position > start
  }
}

extension UInt64 {
  /// The number that is all of these digits; nil when they are anything else, or mean more than a UInt64.
  @inline(never)
  public init?(digits bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let number = scanner.number(), scanner.isAtEnd else { return nil }
    self = number
  }

  /// The number that these bytes begin with; nil where they do not, or it is more than a UInt64.
  @inline(never)
  public init?(leading bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let number = scanner.number() else { return nil }
    self = number
  }
}

extension Int64 {
  /// The number that a text begins with; nil where it does not, or there is none.
  public init?(leading text: String?) {
    guard let number = UInt64(leading: Array((text ?? "").utf8)) else { return nil }
    self.init(clamping: number)
  }
}
