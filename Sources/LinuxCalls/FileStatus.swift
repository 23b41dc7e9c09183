import CLinuxCalls

/// What stat(2) says of a file.
public struct FileStatus: Equatable, Sendable {
  /// The kinds of files that the tools tell apart.
  public enum Kind: Literal, Sendable {
    /// An ordinary file.
    case file = "a file"
    /// A directory.
    case folder = "a directory"
    /// A symbolic link.
    case symbolicLink = "a symbolic link"
    /// A named pipe.
    case fifo = "a FIFO"
    /// A character device, such as /dev/watchdog.
    case characterDevice = "a character device"
    /// A socket or a block device.
    case other = "a socket or block device"

    /// "a directory", for messages.
    public var words: StaticString { name }
  }

  /// What kind of file it is.
  public var kind: Kind
  /// The user whose file it is.
  public var owner: UInt32
  /// The permission bits and the sticky bit.
  public var permissions: UInt32
  /// Under how many names it is known (hard links).
  public var links: UInt64
  /// In bytes.
  public var size: Int64
  /// The room that it takes, in bytes: less where it has holes, more where it was given blocks beyond its end
  /// (fallocate(2)).
  public var room: Int64
  /// When the contents changed, since 1970.
  public var modified: Duration
  /// When the contents, the name, the owner or the permissions changed, since 1970. Nobody can set this date.
  public var changed: Duration
  /// Which file on its file system: two names with equal `inode` and `device` are the same file.
  public var inode: UInt64
  /// Which file system.
  public var device: UInt64
  /// For a device node: which device (major and minor number).
  public var node: DeviceNumber

  /// Asks for the status of a name.
  init(of name: String, _ call: (UnsafePointer<CChar>, inout stat) -> Int32) throws(SystemError) {
    var status = stat()
    _ = try check(name) { call($0, &status) }
    self.init(status)
  }

  init(_ status: stat) {
    kind = Kind(mode: status.st_mode)
    owner = status.st_uid
    permissions = status.st_mode & 0o7777
    links = UInt64(status.st_nlink)
    size = Int64(status.st_size)
    room = min(Int64(status.st_blocks), 1 << 50) * 512
    modified = Duration(status.st_mtim)
    changed = Duration(status.st_ctim)
    inode = UInt64(status.st_ino)
    device = UInt64(status.st_dev)
    node = DeviceNumber(
      major: clinux_major(status.st_rdev), minor: clinux_minor(status.st_rdev))
  }

  /// What is at a path, itself and not what a link there points to (lstat(2)).
  public static func at(_ path: String) throws(SystemError) -> FileStatus {
    try FileStatus(of: path) { lstat($0, &$1) }
  }

  /// What a path leads to, links followed (stat(2)).
  public static func following(_ path: String) throws(SystemError) -> FileStatus {
    try FileStatus(of: path) { stat($0, &$1) }
  }

  /// Whether another name leads to the same file.
  public func isSame(as other: FileStatus) -> Bool {
    inode == other.inode && device == other.device
  }

  /// Whether it has contents, or takes room all the same.
  public var isFilled: Bool { size != 0 || room != 0 }

  /// Whether it belongs to root or to our user.
  public var isOurs: Bool { owner == 0 || owner == geteuid() }

  /// Whether users other than the owner and root may write.
  public var isWritableByOthers: Bool { permissions & 0o022 != 0 }

  /// Whether only an entry's owner may rename or remove it (the sticky bit of /tmp).
  public var isSticky: Bool { permissions & 0o1000 != 0 }
}

extension FileStatus.Kind {
  init(mode: mode_t) {
    switch clinux_kind(mode) {
    case UInt32(S_IFREG): self = .file
    case UInt32(S_IFDIR): self = .folder
    case UInt32(S_IFLNK): self = .symbolicLink
    case UInt32(S_IFIFO): self = .fifo
    case UInt32(S_IFCHR): self = .characterDevice
    default: self = .other
    }
  }
}

/// Which device a device node stands for.
public struct DeviceNumber: Equatable, Sendable {
  /// The driver's number.
  public let major: UInt32
  /// Which of the driver's devices.
  public let minor: UInt32

  /// The device with these numbers.
  public init(major: UInt32, minor: UInt32) {
    self.major = major
    self.minor = minor
  }

  /// Reads "254:0", as sysfs has it.
  public init?(parsing bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let major = scanner.number(), scanner.skip(UInt8(ascii: ":")),
      let minor = scanner.number()
    else { return nil }
    self.init(major: UInt32(truncatingIfNeeded: major), minor: UInt32(truncatingIfNeeded: minor))
  }
}
