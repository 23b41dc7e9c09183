// Text is bytes: Embedded Swift has no tables to compare text by its meaning, and names of files are bytes anyway.

extension UInt8 {
  /// What ends a line.
  @inlinable public static var newline: UInt8 { 0x0A }
  /// What stands between words.
  @inlinable public static var space: UInt8 { 0x20 }
  /// What stands between the parts of a path.
  @inlinable public static var slash: UInt8 { UInt8(ascii: "/") }
  /// What stands before the ending of a name.
  @inlinable public static var dot: UInt8 { UInt8(ascii: ".") }

  /// Whether it is a decimal digit.
  @inlinable public var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  /// Whether it stands between words of a line: a space, a tab or a carriage return.
  @inlinable public var isBlank: Bool { self == .space || self == 0x09 || self == 0x0D }
}

extension Collection<UInt8> {
  /// The bytes as text.
  @inlinable public var text: String { String(decoding: Array(self), as: UTF8.self) }

  /// Without the blanks at both ends.
  public var trimmed: [UInt8] {
    var bytes = Array(drop { $0.isBlank })
    while bytes.last?.isBlank ?? false { bytes.removeLast() }
    return bytes
  }

  /// The pieces between these bytes; empty ones are left out, unless said otherwise.
  public func pieces(between byte: UInt8, keepsEmpty: Bool = false) -> [[UInt8]] {
    split(separator: byte, omittingEmptySubsequences: !keepsEmpty).map { Array($0) }
  }

  /// The lines that are not empty, without their ends.
  public var lines: [[UInt8]] { pieces(between: .newline) }

  /// What stands before the first newline.
  public var firstLine: [UInt8] { Array(prefix { $0 != .newline }) }
}

extension String {
  /// Whether both are the same bytes.
  public func isEqual(to other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether it comes before another text, in the order of their bytes.
  public func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }

  /// The names that a path is made of.
  public var pathParts: [String] { utf8.pieces(between: .slash).map { $0.text } }

  /// What stands before the last slash of a path, and after it: "." where there is none, and "/" for the root.
  public var folderAndName: (folder: String, name: String) {
    guard let slash = utf8.lastIndex(of: .slash) else { return (".", self) }
    let folder = utf8[..<slash]
    return (folder.isEmpty ? "/" : folder.text, utf8[utf8.index(after: slash)...].text)
  }

  /// The last name of a path; empty where there is none.
  public var lastPathPart: String { utf8.split(separator: .slash).last?.text ?? "" }

  /// In a column of this many bytes: blanks follow.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - utf8.count, 0))
  }

  /// In a column of this many bytes: `filler` stands before it.
  public func paddedLeft(to width: Int, with filler: String = " ") -> String {
    String(repeating: filler, count: max(width - utf8.count, 0)) + self
  }
}

extension Int {
  /// "1 restart", "3 restarts": so many things, of which more than one end in s.
  public func counted(_ thing: StaticString) -> String {
    "\(self) \(thing)\(self == 1 ? "" : "s")"
  }
}

extension FixedWidthInteger {
  /// In decimal digits, with zeros before it where it has fewer than `count`.
  public func digits(_ count: Int) -> String { description.paddedLeft(to: count, with: "0") }
}

/// Hexadecimal digits; letters are small.
public enum Hexadecimal {
  /// The digit of a number below 16.
  @inlinable public static func digit(_ number: UInt8) -> UInt8 {
    number < 10 ? UInt8(ascii: "0") + number : UInt8(ascii: "a") + number - 10
  }

  /// What a small digit means; nil when it is none.
  @inlinable public static func number(_ digit: UInt8) -> UInt8? {
    switch digit {
    case _ where digit.isDigit: digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// The number that these digits mean, of its last 16; nil when one of them is none, or there are none.
  @inlinable public static func value(of digits: some Collection<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
      guard let number = number(digit) else { return nil }
      value = value << 4 | UInt64(number)
    }
    return digits.isEmpty ? nil : value
  }

  /// A byte in two digits.
  public static func digits(of byte: UInt8) -> [UInt8] { [digit(byte >> 4), digit(byte & 15)] }

  /// A number in 16 digits.
  public static func digits(of number: UInt64) -> [UInt8] {
    (0..<16).map { digit(UInt8(truncatingIfNeeded: number >> UInt64(60 - 4 * $0)) & 15) }
  }
}

extension RandomAccessCollection where Index == Int {
  /// Where the first element stands that does not come before what is looked for, in a sorted collection; its end where
  /// all do.
  ///
  /// - Parameter isBefore: whether an element comes before what is looked for.
  public func partitioningIndex(after isBefore: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
