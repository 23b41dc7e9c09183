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
  public static func contents(of path: String, atMost limit: Int) throws(SystemError) -> [UInt8] {
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
    try status().isSame(as: other)
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
