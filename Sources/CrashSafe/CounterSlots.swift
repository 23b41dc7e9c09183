import Linux

/// What stands in the file of a counter: its last two numbers, each with a checksum, in two blocks of the disk.
///
/// A write that the power cuts off spoils one block at most, and it is always the older number that is written
/// over. `cat` shows both; the larger one is it. Each is a line of 38 bytes: the number, with blanks before it, and
/// 16 hexadecimal digits; between them are zero bytes.
struct CounterSlots {
  /// The numbers; nil is what is torn, or was never written.
  var numbers: (first: UInt64?, second: UInt64?)
  /// The number in a file that holds nothing but one and a newline, as a person may write it.
  var plain: UInt64?

  /// Far enough for each to have a physical sector of its own.
  static let distance = 4096
  private static let width = 20
  static let lineLength = width + 1 + Checksum.length + 1
  static let size = distance + lineLength

  /// Reads a file's first `size` bytes.
  init(_ bytes: [UInt8]) {
    numbers = (Self.number(in: bytes, at: 0), Self.number(in: bytes, at: Self.distance))
    guard bytes.count <= Self.width + 1, bytes.last == .newline else { return }
    plain = CounterSlots.decimal(bytes.dropLast())
  }

  /// How far it has counted; nil when nobody here wrote this.
  var newest: UInt64? {
    guard let first = numbers.first else { return numbers.second }
    return max(first, numbers.second ?? first)
  }

  /// Whether both are there.
  var isWhole: Bool { numbers.first != nil && numbers.second != nil }

  /// Whether one is there, and in `other` the same one was.
  func lacksTheSame(as other: CounterSlots) -> Bool {
    newest != nil && (numbers.first == nil) == (other.numbers.first == nil)
      && (numbers.second == nil) == (other.numbers.second == nil)
  }

  /// Where the older number is, which the next one takes the place of.
  var placeOfOlder: Int64 {
    guard let first = numbers.first else { return 0 }
    guard let second = numbers.second else { return Int64(Self.distance) }
    return first < second ? 0 : Int64(Self.distance)
  }

  /// The line of a number.
  static func line(_ number: UInt64) -> [UInt8] {
    let field = Array(number.description.paddedLeft(to: width).utf8)
    return field + [.space] + Checksum(of: field).digits + [.newline]
  }

  /// A whole file.
  static func file(_ number: UInt64) -> [UInt8] {
    let line = line(number)
    return line + [UInt8](repeating: 0, count: distance - line.count) + line
  }

  /// The number of a line that begins there; nil when it is torn.
  static func number(in bytes: [UInt8], at start: Int) -> UInt64? {
    guard bytes.count >= start + lineLength else { return nil }
    let line = bytes[start..<(start + lineLength)]
    let field = line.prefix(width)
    guard let number = decimal(field.drop { $0 == .space }) else { return nil }
    return line.elementsEqual(CounterSlots.line(number)) ? number : nil
  }

  private static func decimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var scanner = Scanner(Array(digits))
    guard let number = scanner.number(), scanner.isAtEnd else { return nil }
    return number
  }
}
