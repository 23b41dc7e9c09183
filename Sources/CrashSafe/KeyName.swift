import LinuxCalls

/// Where the value of a key is, below the store's directory `values`.
///
/// Only `a` to `z`, `0` to `9`, `-`, `_` and `%` occur in such names, so that two keys have two names on every file
/// system, also on those that take `A` for `a`, or one spelling of `ä` for another. A key's other bytes are written as
/// `%` and two digits.
///
/// - `k` and the key, where it has no more than 80 bytes: `Web` is `k%57eb`.
/// - A longer one lies in directories: `p` and 80 bytes each, and in the last of them `k` and the rest. So each name
///   says all of its key, and no two keys can meet.
struct KeyName: Sendable {
  /// The path below `values`.
  let path: String
  /// The directories that it leads through, from above: each by its own name.
  let folders: [String]
  /// Its own name, in the last of them.
  let last: String
  /// Of the path.
  let checksum: UInt64

  /// How many bytes of a key a name holds: with three bytes for each it stays below 255.
  static let pieceLength = 80

  init(_ key: [UInt8]) {
    var path: [UInt8] = []
    path.reserveCapacity(3 * key.count + 1)
    var folders: [String] = []
    var rest = key[...]
    var start = 0
    while rest.count > KeyName.pieceLength {
      path.append(folderMark)
      KeyName.append(rest.prefix(KeyName.pieceLength), to: &path)
      folders.append(path[start...].text)
      path.append(.slash)
      start = path.count
      rest = rest.dropFirst(KeyName.pieceLength)
    }
    path.append(valueMark)
    KeyName.append(rest, to: &path)
    checksum = Checksum(of: path).value
    self.path = path.text
    self.folders = folders
    last = folders.isEmpty ? self.path : path[start...].text
  }

  private static func append(_ piece: ArraySlice<UInt8>, to path: inout [UInt8]) {
    for byte in piece {
      if isPlain(byte) {
        path.append(byte)
      } else {
        path += [escape] + Hexadecimal.digits(of: byte)
      }
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// What a name in a directory says.
  enum Meaning: Equatable {
    /// It is the value of the key that ends so.
    case value([UInt8])
    /// It is the directory of the keys that go on so.
    case folder([UInt8])
  }

  /// Reads a name that `init` wrote; nil when somebody else put it there.
  ///
  /// - Parameter prefix: what the directories above it say of the key.
  static func meaning(of name: [UInt8], below prefix: [UInt8]) -> Meaning? {
    guard let first = name.first, let piece = decode(name.dropFirst()) else { return nil }
    let key = prefix + piece
    switch first {
    case valueMark:
      let isRest = prefix.isEmpty || !piece.isEmpty
      return piece.count <= pieceLength && isRest ? .value(key) : nil
    case folderMark:
      return piece.count == pieceLength && key.count < KeyValueStore.largestKey
        ? .folder(key) : nil
    default: return nil
    }
  }

  private static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      if isPlain(byte) {
        bytes.append(byte)
      } else {
        guard byte == escape, let high = rest.popFirst().flatMap(Hexadecimal.number),
          let low = rest.popFirst().flatMap(Hexadecimal.number)
        else { return nil }
        // What stands for itself is never written so: a key has one name.
        let meant = high << 4 | low
        if isPlain(meant) { return nil }
        bytes.append(meant)
      }
    }
    return bytes
  }

  /// A number that says which keys exclude each other while they are changed. Where two have the same, one waits for
  /// the other for nothing.
  var lockNumber: UInt64 { checksum >> 1 }
}

private let folderMark = UInt8(ascii: "p")
private let valueMark = UInt8(ascii: "k")
private let escape = UInt8(ascii: "%")
