import CLinux

/// An open folder. Everything in it is reached through its descriptor and by a single name, and symbolic
/// links are never followed, so nobody can exchange a part of the path meanwhile.
public struct Folder: ~Copyable, Sendable {
  let descriptor: Descriptor

  init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

  /// Opens a folder by its path; symbolic links on the way are followed.
  public init(path: String) throws(SystemError) {
    descriptor = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
  }

  /// Opens a folder by its path, which is made when it is missing; those above it must be there.
  public static func openOrMake(_ path: String) throws(SystemError) -> Folder {
    do throws(SystemError) {
      // First, for to make something waits for a frozen disk, even when it is there.
      return try Folder(path: path)
    } catch {
      guard error == .noSuchFile else { throw error }
    }
    do throws(SystemError) {
      _ = try check(path) { mkdir($0, 0o755) }
    } catch {
      // Somebody else was quicker.
      if error != .fileExists { throw error }
    }
    return try Folder(path: path)
  }

  /// Opens the folder `name` in this one.
  public borrowing func folder(_ name: String) throws(SystemError) -> Folder {
    Folder(try open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
  }

  /// Makes the folder `name` in this one, writable by its owner only. The corresponding C function is
  /// `mkdirat`.
  public borrowing func makeFolder(_ name: String) throws(SystemError) {
    _ = try check(name) { mkdirat(descriptor.number, $0, 0o755) }
  }

  /// What the folder itself is. The corresponding C function is `fstat`.
  public borrowing func status() throws(SystemError) -> FileStatus { try descriptor.status() }

  /// Gives the folder itself these permission bits. The corresponding C function is `fchmod`.
  public borrowing func permit(_ permissions: UInt32) throws(SystemError) {
    try descriptor.permit(permissions)
  }

  /// What `name` is, itself and not what a link points to. The corresponding C function is `fstatat`
  /// with AT_SYMLINK_NOFOLLOW.
  public borrowing func status(of name: String) throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try check(name) { fstatat(descriptor.number, $0, &status, AT_SYMLINK_NOFOLLOW) }
    return FileStatus(status)
  }

  /// What `name` is, or what a link of that name leads to. The corresponding C function is `fstatat`.
  public borrowing func followedStatus(of name: String) throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try check(name) { fstatat(descriptor.number, $0, &status, 0) }
    return FileStatus(status)
  }

  /// What is known of `name`, or of what a link of that name leads to, without asking anybody: a file server that is
  /// silent would not answer. The corresponding system call is statx(2) with AT_STATX_DONT_SYNC (Linux 4.11).
  borrowing func followedStatusAsKnown(of name: String) throws(SystemError) -> FileStatus {
    var status = stat()
    _ = try check(name) { clinux_status_as_known(descriptor.number, $0, &status) }
    return FileStatus(status)
  }

  /// What `name` is, or nil when there is nothing of that name.
  public borrowing func statusIfThere(of name: String) throws(SystemError) -> FileStatus? {
    do throws(SystemError) {
      return try status(of: name)
    } catch {
      if error == .noSuchFile { return nil }
      throw error
    }
  }

  /// Opens `name` as it is in this folder. The corresponding C function is `openat`.
  public borrowing func open(
    _ name: String, _ flags: Int32, mode: UInt32 = 0
  ) throws(SystemError) -> Descriptor {
    try Descriptor.open(name, flags, mode: mode, inFolder: descriptor.number)
  }

  /// Opens `name` to be read. A FIFO does not hold the caller up (O_NONBLOCK), a symbolic link fails
  /// (`SystemError.symbolicLink`).
  public borrowing func openToRead(_ name: String) throws(SystemError) -> Descriptor {
    try open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  }

  /// Opens `name`, or what a link of that name leads to, to be read. A FIFO does not hold the caller up.
  public borrowing func openFollowed(_ name: String) throws(SystemError) -> Descriptor {
    try open(name, O_RDONLY | O_NONBLOCK)
  }

  /// Opens the file `name` to write at its end; it is made with these permissions when it is missing. A symbolic
  /// link fails, and so does a FIFO that nobody reads.
  public borrowing func openToAppend(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    let file = try openToAppendOrMake(name, mode: mode)
    // Only the opening must not wait.
    _ = try check { clinux_fcntl(file.number, F_SETFL, Int(O_APPEND)) }
    return file
  }

  private borrowing func openToAppendOrMake(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    // To write only: who opens a FIFO to read as well is its reader, and waits for himself when it is full.
    let flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK
    do throws(SystemError) {
      // Not to be made, when it is there: that would wait for a frozen disk.
      return try open(name, flags)
    } catch {
      guard error == .noSuchFile else { throw error }
    }
    return try open(name, flags | O_CREAT, mode: mode)
  }

  /// Replaces the file `name`, whole or not at all, also when the power fails: when this returns the new
  /// contents are on the disk. It is written under a dotted name first, which must be nobody else's.
  public borrowing func replaceDurably(_ name: String, _ contents: [UInt8]) throws(SystemError) {
    try replace(name, contents, durably: true)
  }

  /// Replaces the file `name`, whole or not at all. It is written under a dotted name first, which must be
  /// nobody else's.
  ///
  /// - Parameter durably: whether the new contents are on the disk when this returns.
  public borrowing func replace(
    _ name: String, _ contents: [UInt8], durably: Bool
  ) throws(SystemError) {
    let draft = ".\(name)"
    let file = try open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK, mode: 0o644)
    try publish(file, draft, of: self, as: name, contents, durably: durably)
  }

  /// Fills a draft, and lets it take the place of the file `name` of this folder.
  ///
  /// The order is what makes it safe: contents that reach the disk after their name would be found empty
  /// there when the power failed in between.
  ///
  /// - Parameters:
  ///   - file: the draft, open to write, and empty.
  ///   - draft: its name in `drafts`, which may be this folder.
  ///   - durably: whether the new contents are on the disk when this returns. When it throws, they may be.
  public borrowing func publish(
    _ file: borrowing Descriptor, _ draft: String, of drafts: borrowing Folder, as name: String,
    _ contents: [UInt8], durably: Bool
  ) throws(SystemError) {
    try file.write(contents)
    if durably { try file.synchronize() }
    try drafts.rename(draft, to: name, in: self)
    if durably { try synchronize() }
  }

  /// Waits until names that were made and removed in it are so on the disk. The corresponding C function is
  /// `fsync`.
  public borrowing func synchronize() throws(SystemError) { try descriptor.synchronize() }

  /// The first `limit` bytes of `name`, or nil when there is nothing of that name or it is no ordinary
  /// file.
  public borrowing func readFile(_ name: String, atMost limit: Int) throws(SystemError) -> [UInt8]?
  {
    do throws(SystemError) {
      guard let status = try statusIfThere(of: name), status.kind == .file else { return nil }
      let file = try openToRead(name)
      return try file.readStart(atMost: limit)
    } catch {
      if error == .noSuchFile || error == .symbolicLink { return nil }
      throw error
    }
  }

  /// What the symbolic link `name` points to. The corresponding C function is `readlinkat`.
  public borrowing func linkTarget(of name: String) throws(SystemError) -> [UInt8] {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = try check(name) { readlinkat(descriptor.number, $0, &buffer, buffer.count) }
    return buffer[..<length].map { UInt8(bitPattern: $0) }
  }

  /// Dates `name` with the present. Needs ownership or write permission of the file only. The
  /// corresponding C function is `utimensat` with no times.
  public borrowing func touch(_ name: String) throws(SystemError) {
    _ = try check(name) { utimensat(descriptor.number, $0, nil, AT_SYMLINK_NOFOLLOW) }
  }

  /// Removes the file `name`. The corresponding C function is `unlinkat`.
  public borrowing func remove(_ name: String) throws(SystemError) {
    _ = try check(name) { unlinkat(descriptor.number, $0, 0) }
  }

  /// Gives a file of this folder a second name in `other`; fails with `fileExists` rather than replace.
  /// The corresponding C function is `linkat`.
  public borrowing func link(
    _ name: String, to newName: String, in other: borrowing Folder
  ) throws(SystemError) {
    _ = try check { linkat(descriptor.number, name, other.descriptor.number, newName, 0) }
  }

  /// Moves a file of this folder to `other`, replacing what has that name there. The corresponding C
  /// function is `renameat`.
  public borrowing func rename(
    _ name: String, to newName: String, in other: borrowing Folder
  ) throws(SystemError) {
    _ = try check { renameat(descriptor.number, name, other.descriptor.number, newName) }
  }
}

extension Folder {
  /// Makes the file `name`, empty, unless there is something of that name.
  public borrowing func makeIfMissing(_ name: String) throws(SystemError) {
    _ = try open(name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o644)
  }

  /// Makes a FIFO (mkfifoat(3)), to be used by its owner only.
  public borrowing func makeFIFO(_ name: String) throws(SystemError) {
    _ = try check(name) { mkfifoat(descriptor.number, $0, 0o600) }
  }

  /// Makes the symbolic link `name`. The corresponding C function is `symlinkat`.
  public borrowing func makeLink(_ name: String, to target: String) throws(SystemError) {
    _ = try check { symlinkat(target, descriptor.number, name) }
  }

  /// Makes the executable file `name` with these contents, instead of what had that name.
  public borrowing func makeExecutable(_ name: String, _ contents: String) throws(SystemError) {
    try? remove(name)
    let file = try open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o755)
    try file.write(Array(contents.utf8))
  }

  /// Makes the file `name`, which must not be there yet, to be written by its owner and read by all.
  public borrowing func create(_ name: String) throws(SystemError) -> Descriptor {
    try open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o644)
  }
}
