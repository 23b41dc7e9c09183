import CLinuxCalls

/// A name in a folder, as the kernel gives it: any bytes but `/` and zero.
public struct FolderEntry {
  /// The name's bytes. They need not be text.
  public let bytes: UnsafeRawBufferPointer
  /// The number of its inode.
  public let inode: UInt64
  /// What it is, where the file system says so for nothing; nil on those that do not.
  public let kind: FileStatus.Kind?
}

extension Folder {
  /// Calls `body` for each entry but `.` and `..`, in the folder's order. It takes the same little
  /// memory however many there are. The corresponding system call is `getdents64`.
  ///
  /// - Throws: what reading the folder fails with, and what `body` throws, as it is.
  public borrowing func forEachEntry<Failure: Error>(
    onSystemError failure: (SystemError) -> Failure,
    _ body: (FolderEntry) throws(Failure) -> Void
  ) throws(Failure) {
    let size = 32_768
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
    defer { buffer.deallocate() }
    // From its start, wherever it was left.
    _ = lseek(descriptor.number, 0, SEEK_SET)
    while true {
      let got: Int
      do throws(SystemError) {
        got = try check { clinux_getdents64(descriptor.number, buffer, size) }
      } catch {
        throw failure(error)
      }
      if got == 0 { return }
      var position = 0
      while position < got {
        // struct linux_dirent64 of getdents64(2): u64 inode, s64 offset, u16 length, u8 type, name.
        let record = UnsafeRawPointer(buffer).advanced(by: position)
        position += Int(record.loadUnaligned(fromByteOffset: 16, as: UInt16.self))
        let kind = record.load(fromByteOffset: 18, as: UInt8.self)
        let name = record.advanced(by: 19)
        let bytes = UnsafeRawBufferPointer(
          start: name, count: strlen(name.assumingMemoryBound(to: CChar.self)))
        if bytes.elementsEqual([.dot]) || bytes.elementsEqual([.dot, .dot]) { continue }
        let inode = record.loadUnaligned(as: UInt64.self)
        try body(FolderEntry(bytes: bytes, inode: inode, kind: .init(directoryType: kind)))
      }
    }
  }

  /// As above, for a caller that fails with a SystemError.
  public borrowing func forEachEntry(
    _ body: (FolderEntry) throws(SystemError) -> Void
  ) throws(SystemError) {
    try forEachEntry(onSystemError: { $0 }, body)
  }

  /// The names in the folder, in its order.
  ///
  /// - Parameter kind: of what kind of files; nil for all.
  public borrowing func names(of kind: FileStatus.Kind? = nil) throws(SystemError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    try forEachEntry { (entry) throws(SystemError) in
      if kind == nil || entry.kind == kind { names.append(Array(entry.bytes)) }
    }
    return names
  }
}

extension FileStatus.Kind {
  /// From the `d_type` of getdents64(2).
  fileprivate init?(directoryType: UInt8) {
    guard directoryType != DT_UNKNOWN else { return nil }
    self.init(mode: mode_t(directoryType) << 12)
  }
}
