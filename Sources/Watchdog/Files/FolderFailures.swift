import LinuxCalls

// A folder knows its path and puts it into its failures: what could not be done, and to which file.

extension Folder {
  /// Opens a folder by its path to look at it; nil when it is missing.
  static func ifThere(_ path: String) throws(Failure) -> Folder? {
    try attempt(to: "open \(path)", unless(.noSuchFile, Folder(path: path)))
  }

  /// The same folder once more: what is listed by it begins anew.
  borrowing func reopened() throws(Failure) -> Folder { try attempt(to: "open \(path)", again()) }

  /// What a file holds, at most the first `limit` bytes; nil when there is none.
  public borrowing func read(_ name: String, atMost limit: Int) throws(Failure) -> [UInt8]? {
    try attempt(to: "read \(path)/\(name)", readFile(name, atMost: limit))
  }

  /// What has this name; nil when nothing has.
  borrowing func look(at name: String) throws(Failure) -> FileStatus? {
    try attempt(to: "look at \(path)/\(name)", statusIfThere(of: name))
  }

  /// Removes a file, if it is there.
  borrowing func clear(_ name: String) throws(Failure) {
    try attempt(to: "remove \(path)/\(name)", removeIfThere(name))
  }

  /// Opens a lock file of this folder; see `FileLock.init`.
  borrowing func lock(_ name: String, mayBeReadOnly: Bool = false) throws(Failure) -> FileLock {
    try attempt(
      to: "open \(path)/\(name)", FileLock(name, in: self, mayBeReadOnly: mayBeReadOnly))
  }

  /// Calls `body` for each file that has a name; what has another is passed over.
  borrowing func forEachName(_ body: (Name) throws(Failure) -> Void) throws(Failure) {
    try forEachEntry(onSystemError: { Failure.unable(to: "read \(path)", $0) }) {
      entry throws(Failure) in
      if let name = Name(entry.bytes) { try body(name) }
    }
  }

  /// A user that can write here can hide problems, forge them, or fill the memory.
  borrowing func checkIsSafe() throws(Failure) {
    try attempt(to: "look at \(path)", status()).checkIsSafe(at: path)
  }
}

extension FileLock {
  /// Takes the lock if nobody has it.
  ///
  /// - Returns: whether it is ours now.
  @inline(never)
  borrowing func claim() throws(Failure) -> Bool { try attempt(to: "lock \(path)", tryTo()) }

  /// Waits until the lock is ours.
  @inline(never)
  borrowing func claimInTurn() throws(Failure) { try attempt(to: "lock \(path)", wait()) }
}

extension FileStatus {
  /// See `Folder.checkIsSafe`.
  func checkIsSafe(at path: String) throws(Failure) {
    guard isOurs else {
      throw Failure(
        .notPermitted, "it belongs to user \(owner)", unableTo: "use \(path)",
        cure: "chown it to root")
    }
    guard !isWritableByOthers else {
      throw Failure(
        .notPermitted, "others can write to it", unableTo: "use \(path)",
        cure: "chmod go-w \(path)")
    }
  }
}
