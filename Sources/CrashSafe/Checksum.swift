/// FNV-1a of 64 bits (RFC 9923), in 16 hexadecimal digits: it tells what was torn or never written apart from
/// what was. It is no protection from people: who can write the file can write this too.
struct Checksum: Equatable {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  init(of bytes: some Sequence<UInt8>) { for byte in bytes { add(byte) } }

  /// Bytes that lie in one piece: values are large.
  init(of bytes: UnsafeBufferPointer<UInt8>) { for byte in bytes { add(byte) } }

  private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// How many bytes `digits` has.
  static let length = 16

  var digits: [UInt8] { Checksum.digits(of: value) }

  static func digits(of value: UInt64) -> [UInt8] {
    (0..<length).map { digit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * $0)) & 15) }
  }

  /// Reads what `digits` wrote; nil when it is anything else.
  static func read(_ digits: some Collection<UInt8>) -> UInt64? {
    guard digits.count == length else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard let number = number(digit) else { return nil }
      value = value << 4 | UInt64(number)
    }
    return value
  }

  /// A hexadecimal digit; letters are small.
  static func digit(_ number: UInt8) -> UInt8 { number < 10 ? 0x30 + number : 0x61 + number - 10 }

  /// What a hexadecimal digit means.
  static func number(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
