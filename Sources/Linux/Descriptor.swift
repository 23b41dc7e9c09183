import CLinux

/// An open file, closed when its owner lets go of it. Always close-on-exec: what a tool starts must not
/// keep its locks and devices.
public struct Descriptor: ~Copyable, Sendable {
  /// The number, for calls that this floor does not have.
  public let number: Int32

  /// Takes over an open descriptor, which this value closes from now on.
  ///
  /// A tool may be started with stdin, stdout or stderr closed. The next file opened would then be
  /// what error messages are written into, so such a number is moved out of the way.
  public init(owning number: Int32) throws(SystemError) {
    guard number <= 2 else {
      self.number = number
      return
    }
    let moved = clinux_fcntl(number, F_DUPFD_CLOEXEC, 3)
    let failure = SystemError.last
    close(number)
    guard moved >= 0 else { throw failure }
    self.number = moved
  }

  deinit { close(number) }

  /// Opens a path. The corresponding C function is `open`.
  public static func open(
    _ path: String, _ flags: Int32, mode: UInt32 = 0
  ) throws(SystemError) -> Descriptor {
    try open(path, flags, mode: mode, inFolder: AT_FDCWD)
  }

  /// Opens /dev/null to write.
  public static func openNothing() throws(SystemError) -> Descriptor {
    try open("/dev/null", O_WRONLY)
  }

  /// The first `limit` bytes of the file at `path`; symbolic links are followed. What is no ordinary file fails with
  /// `invalidArgument`, and holds nobody up.
  public static func contents(
    of path: String, atMost limit: Int
  ) throws(SystemError) -> [UInt8] {
    let file = try open(path, O_RDONLY | O_NONBLOCK)
    guard try file.status().kind == .file else { throw SystemError.invalidArgument }
    var bytes: [UInt8] = []
    let count = try file.readAll(into: &bytes, atMost: limit)
    return Array(bytes[..<count])
  }

  static func open(
    _ path: String, _ flags: Int32, mode: UInt32, inFolder folder: Int32
  ) throws(SystemError) -> Descriptor {
    let number = try check(path) { clinux_openat(folder, $0, flags | O_CLOEXEC | O_NOCTTY, mode) }
    return try Descriptor(owning: number)
  }

  /// What it is, whose, how large and how old. The corresponding C function is `fstat`.
  public borrowing func status() throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try check { fstat(number, &status) }
    return FileStatus(status)
  }

  /// Reads from the start, at most `limit` bytes. The corresponding C function is `pread`; where that
  /// cannot be (pipes, some files of /proc) it is `read`.
  public borrowing func readStart(atMost limit: Int) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do throws(SystemError) {
        count = try check { read(number, buffer.baseAddress, limit) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the last bytes of the file, at most `limit`. The corresponding C function is `pread`.
  public borrowing func readEnd(atMost limit: Int) throws(SystemError) -> [UInt8] {
    let start = try max(status().size - Int64(limit), 0)
    var bytes = [UInt8](repeating: 0, count: limit)
    let got = try check {
      bytes.withUnsafeMutableBytes {
        pread(number, $0.baseAddress, limit, off_t(start))
      }
    }
    return Array(bytes[..<got])
  }

  /// Reads on until the end of the file, into a buffer that is made larger where that is needed.
  ///
  /// - Parameter endsShort: whether less than was asked for means that the end was reached, which saves a call. It
  ///   does in an environment of /proc.
  /// - Returns: how many bytes were read; less than there are when `limit` is reached.
  public borrowing func readAll(
    into buffer: inout [UInt8], atMost limit: Int, endsShort: Bool = false
  ) throws(SystemError) -> Int {
    var done = 0
    while done < limit {
      if done == buffer.count {
        buffer += [UInt8](repeating: 0, count: max(buffer.count, 4096))
      }
      let room = buffer.count - done
      let got = try check {
        buffer.withUnsafeMutableBytes {
          read(number, $0.baseAddress?.advanced(by: done), room)
        }
      }
      done += got
      if got == 0 || endsShort && got < room { break }
    }
    return min(done, limit)
  }

  /// Reads on until the end of the file. A file that is not changed meanwhile is read with a single call.
  public borrowing func readAll() throws(SystemError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Int(try status().size))
    let count = try readAll(into: &bytes, atMost: bytes.count)
    return count == bytes.count ? bytes : Array(bytes[..<count])
  }

  /// Writes all of `bytes`. The corresponding C function is `write`.
  public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      done += try check {
        bytes.withUnsafeBytes {
          CLinux.write(number, $0.baseAddress?.advanced(by: done), $0.count - done)
        }
      }
    }
  }

  /// Replaces what stands at the start of the file, in one call. The corresponding C function is
  /// `pwrite`.
  public borrowing func overwriteStart(_ bytes: [UInt8]) throws(SystemError) {
    _ = try check { bytes.withUnsafeBytes { pwrite(number, $0.baseAddress, $0.count, 0) } }
  }

  /// Whether the last byte of the file is a newline; an empty file is as good as one that ends in it.
  public borrowing func endsInNewline() throws(SystemError) -> Bool {
    let size = try status().size
    if size == 0 { return true }
    var last: UInt8 = 0
    let got = try check { pread(number, &last, 1, off_t(size - 1)) }
    return got == 0 || last == 0x0A
  }

  /// Waits until everything that was written is on the disk. The corresponding C function is `fsync`.
  public borrowing func synchronize() throws(SystemError) { _ = try check { fsync(number) } }

  /// Gives the file to `owner`, leaving its group. The corresponding C function is `fchown`.
  public borrowing func give(to owner: UInt32) throws(SystemError) {
    _ = try check { fchown(number, owner, gid_t.max) }
  }

  /// Gives the file these permission bits. The corresponding C function is `fchmod`.
  public borrowing func permit(_ permissions: UInt32) throws(SystemError) {
    _ = try check { fchmod(number, permissions) }
  }

  /// Dates the file; the access time gets the same value. The corresponding C function is `futimens`.
  public borrowing func date(_ time: Duration) throws(SystemError) {
    let times = [timespec(time), timespec(time)]
    _ = try check { futimens(number, times) }
  }
}
