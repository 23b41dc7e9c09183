import LinuxCalls

/// A value as it stands in its file: its bytes, and after them a newline, the 16 digits of its checksum, and a
/// newline. So `cat` shows it, and what is torn is known.
enum StoredValue {
  private static let endLength = Checksum.length + 2

  /// What is written after the value.
  static func end(of value: [UInt8]) -> [UInt8] {
    [.newline] + value.withUnsafeBufferPointer { Checksum(of: $0) }.digits + [.newline]
  }

  /// The value in a file; nil when it is torn, or nobody here wrote it.
  static func read(_ contents: consuming [UInt8]) -> [UInt8]? {
    let count = contents.count - endLength
    guard count >= 0, contents[count] == .newline, contents[contents.count - 1] == .newline else {
      return nil
    }
    let wanted = Checksum.read(contents[(count + 1)..<(contents.count - 1)])
    let found = contents.withUnsafeBufferPointer {
      Checksum(of: UnsafeBufferPointer(rebasing: $0[..<count]))
    }
    guard found.value == wanted else { return nil }
    contents.removeLast(endLength)
    return contents
  }
}
