/// FNV-1a of 64 bits (RFC 9923), in 16 hexadecimal digits: it tells what was torn or never written apart from
/// what was, and names from each other. It is no protection from people: a user that can write the file can write this too.
public struct Checksum: Equatable, Sendable {
  @usableFromInline var state: UInt64

  /// The number.
  @inlinable public var value: UInt64 { state }

  /// That of nothing.
  ///
  /// - Parameter begin: what it begins with; another one gives another checksum of the same bytes.
  @inlinable public init(from begin: UInt64 = 0xCBF2_9CE4_8422_2325) { state = begin }

  /// That of some bytes. It is inlined, as what follows: a generic function of another module takes a hundred times as
  /// long for each byte.
  @inlinable public init(of bytes: some Sequence<UInt8>) {
    self.init()
    for byte in bytes { add(byte) }
  }

  /// Goes on with another byte.
  @inlinable public mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// How many bytes `digits` has.
  @inlinable public static var length: Int { 16 }

  /// Whether it is written so.
  @inlinable public func isWritten(_ digits: some Collection<UInt8>) -> Bool {
    var rest = value
    return digits.count == Checksum.length
      && digits.allSatisfy { digit in
        defer { rest <<= 4 }
        return digit == Hexadecimal.digit(UInt8(truncatingIfNeeded: rest >> 60))
      }
  }

  /// As it is written.
  public var digits: [UInt8] { Hexadecimal.digits(of: value) }

  /// Reads 16 digits; nil when it is anything else.
  @inlinable public static func read(_ digits: some Collection<UInt8>) -> UInt64? {
    digits.count == length ? Hexadecimal.value(of: digits) : nil
  }
}
