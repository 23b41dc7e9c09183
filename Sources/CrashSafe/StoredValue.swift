import LinuxCalls

/// A value as it stands in its file: its bytes, and after them a newline, the 16 digits of its checksum, and a
/// newline. So `cat` shows it, and what is torn is known.
enum StoredValue {
  private static let endLength = Checksum.length + 2
  /// What is larger is none, and not read to its end: another user's file may say that it has a terabyte.
  static let largest = KeyValueStore.largestValue + endLength

  /// What is written after the value.
  static func end(of value: [UInt8]) -> [UInt8] {
    [.newline] + value.withUnsafeBufferPointer { Checksum(of: $0) }.digits + [.newline]
  }

  /// The value in a file; nil when it is torn, or nobody here wrote it.
  static func read(_ contents: consuming [UInt8]) -> [UInt8]? {
    let count = contents.count - endLength
    guard count >= 0, contents.count <= largest else { return nil }
    let isRight = contents.withUnsafeBufferPointer { bytes in
      let digits = UnsafeBufferPointer(rebasing: bytes[(count + 1)..<(bytes.count - 1)])
      return bytes[count] == .newline && bytes[bytes.count - 1] == .newline
        && Checksum(of: UnsafeBufferPointer(rebasing: bytes[..<count])).isWritten(digits)
    }
    guard isRight else { return nil }
    contents.removeLast(endLength)
    return contents
  }
}
