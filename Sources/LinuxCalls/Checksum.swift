/// FNV-1a of 64 bits (RFC 9923), in 16 hexadecimal digits: it tells what was torn or never written apart from
/// what was, and names from each other. It is no protection from people: a user that can write the file can write this too.
public struct Checksum: Equatable, Sendable {
  /// The number.
  public private(set) var value: UInt64

  /// That of nothing.
  ///
  /// - Parameter begin: what it begins with; another one gives another checksum of the same bytes.
  public init(from begin: UInt64 = 0xCBF2_9CE4_8422_2325) { value = begin }

  /// That of some bytes.
  public init(of bytes: some Sequence<UInt8>) {
    self.init()
    for byte in bytes { add(byte) }
  }

  /// That of bytes that lie in one piece: values are large.
  public init(of bytes: UnsafeBufferPointer<UInt8>) {
    self.init()
    for byte in bytes { add(byte) }
  }

  /// Goes on with another byte.
  public mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// How many bytes `digits` has.
  public static let length = 16

  /// As it is written.
  public var digits: [UInt8] { Hexadecimal.digits(of: value) }

  /// Reads 16 digits; nil when it is anything else.
  public static func read(_ digits: some Collection<UInt8>) -> UInt64? {
    guard digits.count == length else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      guard let number = Hexadecimal.number(digit) else { return nil }
      value = value << 4 | UInt64(number)
    }
    return value
  }
}
