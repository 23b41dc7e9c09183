import CLinux

// What storage asks of files beyond what the tools do.

extension Descriptor {
  /// Waits until its contents are on the disk, with what is needed to find them again, but not its times. The
  /// corresponding C function is `fdatasync`.
  public borrowing func synchronizeData() throws(SystemError) {
    _ = try check { fdatasync(number) }
  }

  /// Writes all of `bytes` at a place of the file. The corresponding C function is `pwrite`.
  public borrowing func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      done += try check {
        bytes.withUnsafeBytes {
          let place = off_t(offset) + off_t(done)
          return pwrite(number, $0.baseAddress?.advanced(by: done), $0.count - done, place)
        }
      }
    }
  }

  /// Reads at most `limit` bytes from a place of the file on. The corresponding C function is `pread`.
  public borrowing func bytes(
    atMost limit: Int, from offset: Int64 = 0
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do throws(SystemError) {
        count = try check { pread(number, buffer.baseAddress, limit, off_t(offset)) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

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

  /// Whether it is the same file as the one with this status.
  public borrowing func isSame(as other: FileStatus) throws(SystemError) -> Bool {
    let own = try status()
    return own.inode == other.inode && own.device == other.device
  }

  /// Opens an ordinary file by its path to read, or to read and write. A symbolic link fails, and a FIFO does
  /// not hold the caller up.
  public static func openFile(
    _ path: String, toWrite: Bool
  ) throws(SystemError) -> Descriptor {
    try open(path, (toWrite ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK)
  }
}

extension Descriptor {
  /// Opens a file to write at its end; it is made when it is missing.
  public static func openToAppend(_ path: String) throws(SystemError) -> Descriptor {
    try open(path, O_WRONLY | O_APPEND | O_CREAT, mode: 0o644)
  }
}

extension Folder {
  /// Makes the folder `name` in this one, with these permissions as far as the umask lets it. The corresponding C
  /// function is `mkdirat`.
  public borrowing func makeFolder(_ name: String, mode: UInt32) throws(SystemError) {
    _ = try check(name) { mkdirat(descriptor.number, $0, mode) }
  }

  /// Makes a folder by its path, as `makeFolder(_:mode:)` does. The corresponding C function is `mkdir`.
  public static func make(_ path: String, mode: UInt32) throws(SystemError) {
    _ = try check(path) { mkdir($0, mode) }
  }

  /// Removes the folder `name`, which must be empty. The corresponding C function is `unlinkat` with
  /// AT_REMOVEDIR.
  public borrowing func removeFolder(_ name: String) throws(SystemError) {
    _ = try check(name) { unlinkat(descriptor.number, $0, AT_REMOVEDIR) }
  }

  /// Makes the file `name`, which must not be there yet, to be read and written.
  public borrowing func create(_ name: String, mode: UInt32) throws(SystemError) -> Descriptor {
    try open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
  }

  /// Opens the file `name` to read and write; it is made, empty, when it is missing.
  public borrowing func openOrCreate(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    try open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: mode)
  }
}

/// Writes a line on standard error.
public func printOnStandardError(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = CLinux.write(STDERR_FILENO, bytes, bytes.count)
}
