import CLinuxCalls

/// A lock that ends with its owner, however that ends. The kernel gives it back (flock(2)).
public struct FileLock: ~Copyable {
  let file: Descriptor
  private let folder: String
  private let name: String

  /// Where it is.
  public var path: String { "\(folder)/\(name)" }

  /// Opens the lock file `name`, which is made when it is missing, without locking it. It is nobody else's to open:
  /// a user that may only read it could hold the lock for ever.
  ///
  /// - Parameter mayBeReadOnly: whether a file system that became read-only is no obstacle: flock(2) asks for no
  ///   permission to write.
  public init(
    _ name: String, in folder: borrowing Folder, mayBeReadOnly: Bool = false
  ) throws(SystemError) {
    self.folder = folder.path
    self.name = name
    do throws(SystemError) { file = try folder.openOrCreate(name, mode: 0o600) } catch {
      guard mayBeReadOnly, error == .readOnly else { throw error }
      file = try folder.openToRead(name)
    }
  }

  private init(_ name: String, in folder: String, _ file: consuming Descriptor) {
    self.folder = folder
    self.name = name
    self.file = file
  }

  /// Opens the lock file `name` and waits until the lock is ours and that file has the name still.
  public static func waiting(
    _ name: String, in folder: borrowing Folder
  ) throws(SystemError) -> FileLock {
    let file = try lockInPlace(named: { () throws(SystemError) in try folder.statusIfThere(of: name)
    }) {
      () throws(SystemError) in
      let lock = try FileLock(name, in: folder)
      try lock.wait()
      return lock.file
    }
    guard let file else { throw SystemError.wouldWait }
    return FileLock(name, in: folder.path, file)
  }

  /// Takes the lock if nobody has it.
  ///
  /// - Returns: whether it is ours now.
  public borrowing func tryTo() throws(SystemError) -> Bool { try file.tryToLock() }

  /// Waits until the lock is ours.
  public borrowing func wait() throws(SystemError) { _ = try check { flock(file.number, LOCK_EX) } }

  /// Gives the lock back, for each process that has it by this descriptor: one that was forked has it too.
  public borrowing func giveBack() { flock(file.number, LOCK_UN) }

  /// Whether the file is still the one of that name. One that removes the folder and makes it again
  /// makes another lock, and two could hold theirs.
  public borrowing func isInPlace(in folder: borrowing Folder) -> Bool {
    guard let named = try? folder.status(of: name) else { return false }
    return (try? file.isSame(as: named)) ?? false
  }

  /// What the last owner left in the file, at most 64 bytes.
  public borrowing func note() -> [UInt8] { (try? file.bytes(atMost: 64)) ?? [] }

  /// Leaves something in the file for the next owner.
  public borrowing func leave(note: [UInt8]) throws(SystemError) { try file.write(note, at: 0) }
}

/// Locks a file until the one that is locked is the one that has the name: what removed it meanwhile has made room for
/// another, and two could hold theirs.
///
/// - Parameters:
///   - named: what has the name now; nil when nothing has.
///   - lock: opens the file and locks it; nil when that could not be had.
/// - Returns: the file, locked; nil when it could not be had.
public func lockInPlace(
  named: () throws(SystemError) -> FileStatus?, _ lock: () throws(SystemError) -> Descriptor?
) throws(SystemError) -> Descriptor? {
  while true {
    guard let file = try lock() else { return nil }
    if let status = try named(), try file.isSame(as: status) { return file }
  }
}

extension Descriptor {
  /// Locks the file itself, until this descriptor is closed, unless somebody else has it locked. The
  /// corresponding C function is `flock`.
  ///
  /// - Parameter isShared: together with others that lock it so.
  /// - Returns: whether it is ours now.
  public borrowing func tryToLock(isShared: Bool = false) throws(SystemError) -> Bool {
    let kind = isShared ? LOCK_SH : LOCK_EX
    return try unless(.wouldWait, check { flock(number, kind | LOCK_NB) }) != nil
  }

  /// Gives the lock on the file itself back (flock(2), LOCK_UN).
  public borrowing func unlock() throws(SystemError) { _ = try check { flock(number, LOCK_UN) } }

  /// Locks one byte of the file, which need not be there, until this descriptor is closed, unless somebody else
  /// has it locked. The lock belongs to this descriptor, and so two threads exclude each other when each has
  /// opened the file (fcntl(2), F_OFD_SETLK).
  ///
  /// - Returns: whether it is ours now.
  public borrowing func tryToLock(byte: Int64) throws(SystemError) -> Bool {
    do throws(SystemError) {
      _ = try check { clinux_try_to_lock_byte(number, byte) }
      return true
    } catch {
      if error == .wouldWait || error == .accessDenied { return false }
      throw error
    }
  }

  /// Whether somebody else has this byte locked (fcntl(2), F_OFD_GETLK). Where the kernel does not say, nobody has.
  public borrowing func isLocked(byte: Int64) -> Bool { clinux_is_byte_locked(number, byte) }

  /// Gives the locks on bytes back, all of them.
  public borrowing func unlockBytes() throws(SystemError) {
    _ = try check { clinux_unlock_bytes(number) }
  }
}
