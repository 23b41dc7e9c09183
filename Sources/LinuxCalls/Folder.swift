import CLinuxCalls

/// An open folder. Everything in it is reached through its descriptor and by a single name, and symbolic
/// links are never followed, so nobody can exchange a part of the path meanwhile.
public struct Folder: ~Copyable, Sendable {
  let descriptor: Descriptor
  /// By which it was opened, for messages.
  public let path: String

  init(_ descriptor: consuming Descriptor, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Opens a folder by its path; symbolic links on the way are followed.
  public init(path: String) throws(SystemError) {
    descriptor = try Descriptor.open(path, [.read, .directory])
    self.path = path
  }

  /// Opens the same folder once more: two that read it through one descriptor would share the place where they are.
  public borrowing func again() throws(SystemError) -> Folder {
    Folder(try open(".", [.read, .directory]), path: path)
  }

  /// Opens a folder by its path, which is made when it is missing; those above it must be there.
  ///
  /// - Parameter mode: the permissions of one that is made here, whatever the umask is; left out, those of 0755 that the
  ///   umask lets it have.
  public static func openOrMake(_ path: String, mode: UInt32? = nil) throws(SystemError) -> Folder {
    // First, for to make something waits for a frozen disk, even when it is there.
    if let folder = try unless(.noSuchFile, Folder(path: path)) { return folder }
    // Somebody else may be quicker.
    let isOurs = try unless(.fileExists, make(path, mode: mode ?? 0o755)) != nil
    let folder = try Folder(path: path)
    if isOurs, let mode { try folder.widen(to: mode) }
    return folder
  }

  /// Makes a folder by its path, with these permissions as far as the umask lets it. The corresponding C function is
  /// `mkdir`.
  public static func make(_ path: String, mode: UInt32 = 0o755) throws(SystemError) {
    _ = try check(path) { mkdir($0, mode) }
  }

  /// Opens the folder `name` in this one.
  public borrowing func folder(_ name: String) throws(SystemError) -> Folder {
    let isRelative = name.utf8.first != .slash
    return Folder(
      try open(name, [.read, .directory, .noFollow]), path: isRelative ? "\(path)/\(name)" : name)
  }

  /// Opens the folder `name` in this one, which is made when it is missing.
  public borrowing func openOrMakeFolder(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Folder {
    if let folder = try unless(.noSuchFile, folder(name)) { return folder }
    return try makeFolder(name, mode: mode)
  }

  /// Makes the folder `name` in this one, with these permissions whatever the umask is, and opens it. One that somebody
  /// else made meanwhile is as good. The corresponding C function is `mkdirat`.
  public borrowing func makeFolder(_ name: String, mode: UInt32) throws(SystemError) -> Folder {
    let isOurs =
      try unless(.fileExists, check(name) { mkdirat(descriptor.number, $0, mode) }) != nil
    let folder = try folder(name)
    if isOurs { try folder.widen(to: mode) }
    return folder
  }

  /// Makes the folder `name` in this one, with those permissions of 0755 that the umask lets it have.
  public borrowing func makeFolder(_ name: String) throws(SystemError) {
    _ = try check(name) { mkdirat(descriptor.number, $0, 0o755) }
  }

  /// Gives what the umask withheld. That of 0177 is for files, and lets nobody into a directory.
  private borrowing func widen(to mode: UInt32) throws(SystemError) {
    let found = try status().permissions
    if found & 0o777 != mode { try permit(found & 0o7000 | mode) }
  }

  /// Whether it belongs to root or to our user.
  var isOurs: Bool { (try? status().isOurs) ?? false }

  /// Takes from the folder the permissions that are not among these.
  public borrowing func close(to mode: UInt32) throws(SystemError) {
    let found = try status().permissions
    if found & ~mode != 0 { try permit(found & mode) }
  }

  /// What the folder itself is. The corresponding C function is `fstat`.
  public borrowing func status() throws(SystemError) -> FileStatus { try descriptor.status() }

  /// Gives the folder itself these permission bits. The corresponding C function is `fchmod`.
  public borrowing func permit(_ permissions: UInt32) throws(SystemError) {
    try descriptor.permit(permissions)
  }

  /// Gives the folder itself to `owner`, leaving its group.
  public borrowing func give(to owner: UInt32) throws(SystemError) {
    try descriptor.give(to: owner)
  }

  /// What `name` is, itself and not what a link points to. The corresponding C function is `fstatat`
  /// with AT_SYMLINK_NOFOLLOW.
  public borrowing func status(of name: String) throws(SystemError) -> FileStatus {
    try FileStatus(of: name) { fstatat(descriptor.number, $0, &$1, AT_SYMLINK_NOFOLLOW) }
  }

  /// What `name` is, or what a link of that name leads to. The corresponding C function is `fstatat`.
  public borrowing func followedStatus(of name: String) throws(SystemError) -> FileStatus {
    try FileStatus(of: name) { fstatat(descriptor.number, $0, &$1, 0) }
  }

  /// What is known of `name`, or of what a link of that name leads to, without asking anybody: a file server that is
  /// silent would not answer. The corresponding system call is statx(2) with AT_STATX_DONT_SYNC (Linux 4.11).
  borrowing func followedStatusAsKnown(of name: String) throws(SystemError) -> FileStatus {
    try FileStatus(of: name) { clinux_status_as_known(descriptor.number, $0, &$1) }
  }

  /// What `name` is, or nil when there is nothing of that name.
  public borrowing func statusIfThere(of name: String) throws(SystemError) -> FileStatus? {
    try unless(.noSuchFile, status(of: name))
  }

  /// Opens `name` as it is in this folder. The corresponding C function is `openat`.
  public borrowing func open(
    _ name: String, _ flags: OpenFlags, mode: UInt32 = 0
  ) throws(SystemError) -> Descriptor {
    try Descriptor.open(name, flags, mode: mode, inFolder: descriptor.number)
  }

  /// Opens `name` to be read. A FIFO does not hold the caller up (O_NONBLOCK), a symbolic link fails
  /// (`SystemError.symbolicLink`).
  public borrowing func openToRead(_ name: String) throws(SystemError) -> Descriptor {
    try open(name, [.read, .noFollow, .nonBlocking])
  }

  /// Opens `name`, or what a link of that name leads to, to be read. A FIFO does not hold the caller up.
  public borrowing func openFollowed(_ name: String) throws(SystemError) -> Descriptor {
    try open(name, [.read, .nonBlocking])
  }

  /// The first `limit` bytes of `name`, or nil when there is nothing of that name or it is no ordinary
  /// file.
  public borrowing func readFile(_ name: String, atMost limit: Int) throws(SystemError) -> [UInt8]?
  {
    let bytes = try unless(.noSuchFile, readOrdinary(name, atMost: limit))
    return bytes ?? nil
  }

  private borrowing func readOrdinary(
    _ name: String, atMost limit: Int
  ) throws(SystemError) -> [UInt8]? {
    guard try status(of: name).kind == .file else { return nil }
    // What has become a link between the two looks is no ordinary file.
    guard let file = try unless(.symbolicLink, openToRead(name)) else { return nil }
    return try file.readStart(atMost: limit)
  }

  /// What the symbolic link `name` points to. The corresponding C function is `readlinkat`.
  public borrowing func linkTarget(of name: String) throws(SystemError) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = try check(name) { readlinkat(descriptor.number, $0, &buffer, buffer.count) }
    return buffer[..<length].map { UInt8(bitPattern: $0) }
  }
}
