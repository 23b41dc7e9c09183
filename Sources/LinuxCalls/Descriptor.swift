import CLinuxCalls

/// How a file is opened (open(2)).
public struct OpenFlags: OptionSet, Sendable {
  /// As the kernel wants them.
  public let rawValue: Int32

  /// Flags as the kernel has them.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// To read (O_RDONLY).
  public static var read: OpenFlags { .init(rawValue: O_RDONLY) }
  /// To write (O_WRONLY).
  public static var write: OpenFlags { .init(rawValue: O_WRONLY) }
  /// To read and to write (O_RDWR).
  public static var readWrite: OpenFlags { .init(rawValue: O_RDWR) }
  /// At its end (O_APPEND).
  public static var append: OpenFlags { .init(rawValue: O_APPEND) }
  /// It is made when it is missing (O_CREAT).
  public static var create: OpenFlags { .init(rawValue: O_CREAT) }
  /// It must not be there yet (O_EXCL).
  public static var exclusive: OpenFlags { .init(rawValue: O_EXCL) }
  /// It must be a directory (O_DIRECTORY).
  public static var directory: OpenFlags { .init(rawValue: O_DIRECTORY) }
  /// It must be no symbolic link (O_NOFOLLOW).
  public static var noFollow: OpenFlags { .init(rawValue: O_NOFOLLOW) }
  /// To be read is not noted in its date of access, which would be one more thing to write to the disk. Only the owner may
  /// ask for it (O_NOATIME).
  public static var noDate: OpenFlags { .init(rawValue: clinux_no_date) }
  /// Neither opening nor reading holds the caller up (O_NONBLOCK).
  public static var nonBlocking: OpenFlags { .init(rawValue: O_NONBLOCK) }
}

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

  /// Lets the open file, and a lock on it, stay until this process ends or executes a program.
  public borrowing func keep() throws(SystemError) {
    _ = try check { clinux_fcntl(number, F_DUPFD_CLOEXEC, 3) }
  }

  /// Opens a path. The corresponding C function is `open`.
  public static func open(
    _ path: String, _ flags: OpenFlags, mode: UInt32 = 0
  ) throws(SystemError) -> Descriptor {
    try open(path, flags, mode: mode, inFolder: AT_FDCWD)
  }

  static func open(
    _ path: String, _ flags: OpenFlags, mode: UInt32, inFolder folder: Int32
  ) throws(SystemError) -> Descriptor {
    let flags = flags.rawValue | O_CLOEXEC | O_NOCTTY
    return try Descriptor(owning: check(path) { clinux_openat(folder, $0, flags, mode) })
  }

  /// Opens /dev/null to write.
  public static func openNothing() throws(SystemError) -> Descriptor {
    try open("/dev/null", .write)
  }

  /// The first `limit` bytes of the file at `path`; symbolic links are followed. What is no ordinary file fails with
  /// `invalidArgument`, and holds nobody up.
  public static func contents(
    of path: String, atMost limit: Int
  ) throws(SystemError) -> [UInt8] {
    let file = try open(path, [.read, .nonBlocking])
    guard try file.status().kind == .file else { throw SystemError.invalidArgument }
    return try file.readOn(atMost: limit)
  }

  /// What it is, whose, how large and how old. The corresponding C function is `fstat`.
  public borrowing func status() throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try check { fstat(number, &status) }
    return FileStatus(status)
  }

  /// Whether it is the same file as the one with this status.
  public borrowing func isSame(as other: FileStatus) throws(SystemError) -> Bool {
    let own = try status()
    return own.inode == other.inode && own.device == other.device
  }

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

// MARK: Reading

extension Descriptor {
  /// Reads what comes next, at most `limit` bytes, in one call: of a file, its start. The corresponding C function is
  /// `read`.
  public borrowing func readStart(atMost limit: Int) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit) { read(number, $0, limit) }
  }

  /// Reads at most `limit` bytes from a place of the file on. The corresponding C function is `pread`.
  public borrowing func bytes(
    atMost limit: Int, from offset: Int64 = 0
  ) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit) { pread(number, $0, limit, off_t(offset)) }
  }

  private borrowing func bytes(
    atMost limit: Int, _ read: (UnsafeMutableRawPointer?) -> Int
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do throws(SystemError) { count = try check { read(buffer.baseAddress) } } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the last bytes of the file, at most `limit`.
  public borrowing func readEnd(atMost limit: Int) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit, from: max(status().size - Int64(limit), 0))
  }

  /// Whether the last byte of the file is a newline; an empty file is as good as one that ends in it.
  public borrowing func endsInNewline() throws(SystemError) -> Bool {
    let size = try status().size
    let last = try size == 0 ? nil : bytes(atMost: 1, from: size - 1).first
    return last ?? .newline == .newline
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

  /// Reads on until the end of the file, at most `limit` bytes.
  ///
  /// - Parameter endsShort: see `readAll(into:atMost:endsShort:)`.
  public borrowing func readOn(
    atMost limit: Int, endsShort: Bool = false
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    let count = try readAll(into: &bytes, atMost: limit, endsShort: endsShort)
    return Array(bytes[..<count])
  }

  /// Reads an ordinary file from its start to its end: a small one with a single call.
  public borrowing func readAll() throws(SystemError) -> [UInt8] {
    if let bytes = try startIfShort() { return bytes }
    var bytes = [UInt8](repeating: 0, count: Int(try status().size))
    let count = try readAll(into: &bytes, atMost: bytes.count)
    return count == bytes.count ? bytes : Array(bytes[..<count])
  }

  /// The whole file where it is small; else nil.
  private borrowing func startIfShort() throws(SystemError) -> [UInt8]? {
    var bytes: [UInt8]?
    var failure: SystemError?
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4096) { buffer in
      do throws(SystemError) {
        let count = try check { pread(number, buffer.baseAddress, buffer.count, 0) }
        // Only at its end there is less than was asked for.
        if count < buffer.count { bytes = Array(UnsafeBufferPointer(rebasing: buffer[..<count])) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Waits until there is something to read, or until CLOCK_MONOTONIC shows `deadline`. The corresponding C function is
  /// `poll`.
  ///
  /// - Returns: whether there is.
  borrowing func waitForInput(untilMonotonic deadline: Duration) -> Bool {
    while true {
      let left = deadline - Clock.monotonic
      // Rounded up: a rest of a fraction of a millisecond must not become a loop without waiting.
      let milliseconds = left <= .zero ? 0 : left.nanoseconds / 1_000_000 + 1
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      let answer = poll(&entry, 1, Int32(clamping: milliseconds))
      if answer > 0 { return true }
      if answer == 0, Clock.monotonic >= deadline { return false }
    }
  }

  /// Reads until nobody writes any more, or until CLOCK_MONOTONIC shows `deadline`; at most `limit` bytes.
  public borrowing func readUntilEnd(
    atMost limit: Int, untilMonotonic deadline: Duration
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit, waitForInput(untilMonotonic: deadline) {
      guard let more = try? readStart(atMost: limit - bytes.count), !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }
}

// MARK: Writing

extension Descriptor {
  /// Writes all of `bytes`. The corresponding C function is `write`.
  public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
    try writeAll(bytes) { CLinuxCalls.write(number, $0, $1) }
  }

  /// Writes all of `bytes` at a place of the file. The corresponding C function is `pwrite`.
  public borrowing func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
    var place = off_t(offset)
    try writeAll(bytes) { start, count in
      let wrote = pwrite(number, start, count, place)
      place += off_t(max(wrote, 0))
      return wrote
    }
  }

  private borrowing func writeAll(
    _ bytes: [UInt8], _ write: (UnsafeRawPointer?, Int) -> Int
  ) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      done += try check {
        bytes.withUnsafeBytes { write($0.baseAddress?.advanced(by: done), $0.count - done) }
      }
    }
  }

  /// Cuts the file off, with what it was given beyond its end. The corresponding C function is `ftruncate`.
  public borrowing func truncate(to size: Int64) throws(SystemError) {
    _ = try check { ftruncate(number, off_t(size)) }
  }

  /// Waits until everything that was written is on the disk. The corresponding C function is `fsync`.
  public borrowing func synchronize() throws(SystemError) { _ = try check { fsync(number) } }

  /// Lets the disk begin to write what was written, and waits for nothing. The corresponding C function is
  /// `sync_file_range`.
  public borrowing func startWriting() throws(SystemError) {
    _ = try unless(.noSuchCall, check { clinux_start_writing(number) })
  }

  /// Waits until the disk has what it began with; a power failure may take that away still. The corresponding C function
  /// is `sync_file_range`.
  public borrowing func waitForWriting() throws(SystemError) {
    _ = try unless(.noSuchCall, check { clinux_wait_for_writing(number) })
  }

  /// Waits until its contents are on the disk, with what is needed to find them again, but not its times. The
  /// corresponding C function is `fdatasync`.
  public borrowing func synchronizeData() throws(SystemError) {
    _ = try check { fdatasync(number) }
  }
}
