import CLinux

/// A lock that ends with its owner, however that ends. The kernel gives it back (flock(2)).
public struct FileLock: ~Copyable {
  let file: Descriptor
  private let name: String

  /// Opens the lock file `name`, which is made when it is missing, without locking it. It is nobody else's to open:
  /// who may only read it could hold the lock for ever.
  public init(_ name: String, in folder: borrowing Folder) throws(SystemError) {
    self.name = name
    file = try folder.open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: 0o600)
  }

  /// Takes the lock if nobody has it.
  ///
  /// - Returns: whether it is ours now.
  public borrowing func tryTo() throws(SystemError) -> Bool { try file.tryToLock() }

  /// Waits until the lock is ours.
  public borrowing func wait() throws(SystemError) { _ = try check { flock(file.number, LOCK_EX) } }

  /// Whether the file is still the one of that name. Whoever removes the folder and makes it again
  /// makes another lock, and two could hold theirs.
  public borrowing func isInPlace(in folder: borrowing Folder) -> Bool {
    guard let named = try? folder.status(of: name), let own = try? file.status() else {
      return false
    }
    return named.inode == own.inode && named.device == own.device
  }

  /// What the last owner left in the file, at most 64 bytes.
  public borrowing func note() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
      count = max(pread(file.number, buffer.baseAddress, 64, 0), 0)
    }
  }

  /// Leaves something in the file for the next owner.
  public borrowing func leave(note: [UInt8]) throws(SystemError) { try file.overwriteStart(note) }
}

extension Descriptor {
  /// Locks the file itself, until this descriptor is closed, unless somebody else has it locked. The
  /// corresponding C function is `flock`.
  ///
  /// - Returns: whether it is ours now.
  public borrowing func tryToLock() throws(SystemError) -> Bool {
    do throws(SystemError) {
      _ = try check { flock(number, LOCK_EX | LOCK_NB) }
      return true
    } catch {
      if error == .wouldWait { return false }
      throw error
    }
  }
}
