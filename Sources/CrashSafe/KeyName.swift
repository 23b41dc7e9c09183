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
    let room = 3 * key.count + 2 * (key.count / KeyName.pieceLength) + 1
    self = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
      KeyName(key, writingIn: buffer)
    }
  }

  /// - Parameter buffer: where the path is put together; a short one needs no memory but this.
  private init(_ key: [UInt8], writingIn buffer: UnsafeMutableBufferPointer<UInt8>) {
    var (start, end) = (0, 0)
    func put(_ byte: UInt8) {
      buffer.initializeElement(at: end, to: byte)
      end += 1
    }
    func text(from start: Int) -> String {
      String(decoding: UnsafeBufferPointer(rebasing: buffer[start..<end]), as: UTF8.self)
    }
    var folders: [String] = []
    var rest = key[...]
    while true {
      let isLast = rest.count <= KeyName.pieceLength
      put(isLast ? valueMark : folderMark)
      for byte in rest.prefix(KeyName.pieceLength) {
        if KeyName.isPlain(byte) {
          put(byte)
        } else {
          put(escape)
          put(Hexadecimal.digit(byte >> 4))
          put(Hexadecimal.digit(byte & 15))
        }
      }
      if isLast { break }
      folders.append(text(from: start))
      put(.slash)
      start = end
      rest = rest.dropFirst(KeyName.pieceLength)
    }
    checksum = Checksum(of: buffer[..<end]).value
    path = text(from: 0)
    last = folders.isEmpty ? path : text(from: start)
    self.folders = folders
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
