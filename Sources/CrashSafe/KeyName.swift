import Linux

/// The name of the file that holds the value of a key.
///
/// Only `a` to `z`, `0` to `9`, `-`, `_` and `%` occur in such names, so that two keys have two names on
/// every file system: on those that take `A` for `a`, or one spelling of `ä` for another, and on those
/// that allow no more than 143 bytes (eCryptfs; others allow 255).
///
/// - `k` and the key, where the key's other bytes are written as `%` and two digits: `Web` is `k%57eb`.
/// - `h` and the SHA-256 of the key, where that would have more than 120 bytes. The file begins with the
///   key then: with its length in two bytes, the larger first, and with its bytes.
struct KeyName: Sendable {
  /// As it stands in the folder.
  let text: String
  /// What stands in the file before the value.
  let header: [UInt8]

  private static let longest = 120

  init(_ key: [UInt8]) {
    var name: [UInt8] = [0x6B]
    let digits = Array("0123456789abcdef".utf8)
    for byte in key {
      if KeyName.isPlain(byte) {
        name.append(byte)
      } else {
        name += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    if name.count <= KeyName.longest {
      text = String(decoding: name, as: UTF8.self)
      header = []
    } else {
      text = "h\(hexadecimal(SHA256.hash(key)))"
      header = [UInt8(key.count >> 8), UInt8(key.count & 0xFF)] + key
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F: true
    default: false
    }
  }

  /// What a name in the folder says of its key.
  enum Meaning: Equatable {
    /// It is this one.
    case key([UInt8])
    /// The file says which.
    case long
    /// None: somebody else put it there.
    case none
  }

  /// Reads what `text` wrote.
  static func meaning(of name: [UInt8]) -> Meaning {
    guard let first = name.first, first == 0x6B || first == 0x68 else { return .none }
    if first == 0x68 { return name.count == 65 ? .long : .none }
    var key: [UInt8] = []
    var position = 1
    while position < name.count {
      let byte = name[position]
      position += 1
      if byte == 0x25 {
        guard position + 1 < name.count, let high = digit(name[position]),
          let low = digit(name[position + 1])
        else { return .none }
        key.append(high << 4 | low)
        position += 2
      } else if isPlain(byte) {
        key.append(byte)
      } else {
        return .none
      }
    }
    return .key(key)
  }

  /// The key that a file under the name of a long one begins with, and nil when it does not begin with one.
  static func longKey(in start: [UInt8]) -> [UInt8]? {
    guard start.count >= 2 else { return nil }
    let count = Int(start[0]) << 8 | Int(start[1])
    return start.count >= 2 + count ? Array(start[2..<(2 + count)]) : nil
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}
