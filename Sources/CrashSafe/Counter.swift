import Linux

/// A number that only grows, in a file, and that a crash at any instant leaves as it was or one step
/// further: never less, and never garbage.
///
///     let visits = try Counter("visits", in: "/var/lib/web")
///     let number = try visits.increment()
///
/// The file holds the number and a newline, so `cat` shows it. Any number of processes and threads may count
/// at once: each increment counts, and no two return the same number.
///
/// **Fsynced**, with `.power`: the new contents under a name of their own, before they take the counter's
/// name (rename(2)); and the folder, after that. `increment` returns then, and so does `value`. **Not
/// fsynced**: the file of the lock, which means nothing after a crash. With `.process` nothing is.
public struct Counter: Sendable {
  private let folder: String
  private let name: String
  private let durability: Durability

  /// A counter that is kept in a folder, which is made when it is missing; those above it must be there.
  ///
  /// - Parameters:
  ///   - name: of its file. Beside it there will be `.NAME`, while it is replaced, and `.NAME.lock`.
  ///   - durability: what an increment has survived when it returns.
  /// - Throws: when the folder cannot be opened or made.
  public init(
    _ name: String, in folder: String, durability: Durability = .power
  ) throws(StorageError) {
    self.name = name
    self.folder = folder
    self.durability = durability
    _ = try attempt(to: "open \(folder)") { () throws(SystemError) in
      try Folder.openOrMake(folder, durably: durability == .power)
    }
  }

  /// How far it has counted: 0 when it has no file yet. What this returns has the durability of the counter:
  /// nobody who asks later, and be it after a power failure, gets less.
  ///
  /// It waits for nobody but the disk.
  public func value() throws(StorageError) -> UInt64 {
    let folder = try open()
    let value = try read(folder)
    // Who replaced the file may have been killed before the folder was synchronized.
    if durability == .power {
      try attempt(to: "synchronize \(path)") { () throws(SystemError) in try folder.synchronize() }
    }
    return value
  }

  /// Counts, and returns how far it has counted now. It waits for others who count at the same instant; one
  /// who is killed holds nobody up.
  ///
  /// - Throws: when it could not be made sure that it was counted. It may have been all the same, when the
  ///   very last step failed: who counts again then has at worst counted once too often.
  @discardableResult
  public func increment(by step: UInt64 = 1) throws(StorageError) -> UInt64 {
    let folder = try open()
    let lock = try lock(folder)
    defer { withExtendedLifetime(lock) {} }
    let (value, overflow) = try read(folder).addingReportingOverflow(step)
    if overflow { throw StorageError(.overflow, to: "count in \(path)") }
    try attempt(to: "write \(path)") { () throws(SystemError) in
      try folder.replace(name, Array("\(value)\n".utf8), durably: durability == .power)
    }
    return value
  }

  private var path: String { "\(folder)/\(name)" }

  private func open() throws(StorageError) -> Folder {
    try attempt(to: "open \(folder)") { () throws(SystemError) in try Folder(path: folder) }
  }

  /// Opened anew each time: two threads that shared an open file would share its lock.
  private func lock(_ folder: borrowing Folder) throws(StorageError) -> FileLock {
    try attempt(to: "lock \(path)") { () throws(SystemError) in
      while true {
        let lock = try FileLock(".\(name).lock", in: folder)
        try lock.wait()
        if lock.isInPlace(in: folder) { return lock }
      }
    }
  }

  private func read(_ folder: borrowing Folder) throws(StorageError) -> UInt64 {
    let bytes = try attempt(to: "read \(path)") { () throws(SystemError) in
      try folder.readFile(name, atMost: 64)
    }
    guard let bytes else { return 0 }
    var scanner = Scanner(bytes)
    guard let value = scanner.number(), scanner.skip(0x0A), scanner.isAtEnd else {
      throw StorageError(.damaged, to: "read \(path)")
    }
    return value
  }
}
