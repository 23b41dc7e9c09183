import LinuxCalls

/// A number that only grows, in a file, and that a crash at any instant leaves as it was or one step
/// further: never less, and never garbage.
///
///     let visits = try Counter("visits", in: "/var/lib/web")
///     let number = try visits.increment()
///
/// Any number of processes and threads may count at once: each increment counts, and no two return the same
/// number. The file is all there is: `cat` shows the last numbers, each with a checksum, `cp` at any instant is
/// a backup; to begin at 1000, write that and a newline into it before. An older number is written
/// over in place, so it counts on when the disk is full (not on btrfs and its kind, which write nothing in place, nor on
/// xfs where cp(1) has made a copy, which shares the blocks until one of the two is written).
///
/// **What it costs**, with `.power`: one flush of the disk (fdatasync) for each increment; where several count at once, one
/// for all of them, for which each may wait an eighth longer. The first increment of all makes the file and flushes it and
/// its directory, and the first one after a boot flushes both. With `.process`: one flush in the counter's life, when its
/// file is made. The file stays open between increments.
///
/// **What blocks the thread**: `increment` waits for the disk, and for others that count, which wake it; one that is
/// killed holds nobody up for more than some milliseconds, and one that is stopped holds others up for `patience`, which
/// then fail with `.held`. `value` waits for nobody.
public final class Counter: Sendable {
  let folder: String
  private let name: String
  let path: String
  let durability: Durability
  private let permissions: UInt32
  let patience: Duration
  let boot: [UInt8]
  /// Kept open for the next increment.
  private let spare = SpareFile()

  /// A counter that is kept in a directory, which is made when it is missing; those above it must be there.
  ///
  /// - Parameters:
  ///   - name: of its file: 1 to 200 bytes, without a slash, and not beginning with a dot.
  ///   - durability: what an increment has survived when it returns.
  ///   - permissions: of the file, when it is made.
  ///   - patience: how long `increment` waits for others while none of them goes on.
  ///   - fileSystem: whether network file systems are refused.
  /// - Throws: when the name is none, or the directory cannot be opened or made.
  public init(
    _ name: String, in folder: String, durability: Durability = .power,
    permissions: UInt32 = 0o600, patience: Duration = .seconds(10),
    fileSystem: FileSystemCheck = .checked
  ) throws(StorageError) {
    try check(name: name)
    self.name = name
    self.folder = ThisProcess.absolute(folder)
    path = "\(self.folder)/\(name)"
    self.durability = durability
    self.permissions = permissions
    self.patience = patience
    boot = Boot.identity()
    let opened = try attempt(
      to: "open \(folder)", Folder.openOrMake(folder, mode: 0o755, durably: durability == .power))
    try fileSystem.check(opened, path: folder, durability)
  }

  /// How far it has counted: 0 when it has no file yet. It waits for nobody, and flushes nothing: a number that
  /// somebody is just counting may be seen before it is on the disk, and a power failure takes it back then. What
  /// an increment has returned stays.
  public func value() throws(StorageError) -> UInt64 {
    guard let file = try open(.read) else {
      // What stood in a directory that was removed nobody knows.
      _ = try attempt(to: "open \(folder)", Folder(path: folder))
      return 0
    }
    let slots = try read(file)
    guard let value = slots.outgrown ?? slots.newest else {
      throw StorageError(.damaged, to: "read \(path)")
    }
    return value
  }

  /// Counts, and returns how far it has counted now.
  ///
  /// - Throws: when it could not be made sure that it was counted. It may have been all the same, when the
  ///   flush failed or was waited for in vain: an increment that is tried again counts once too often at worst.
  @discardableResult
  public func increment(by step: UInt64 = 1) throws(StorageError) -> UInt64 {
    while true {
      guard let open = try openToCount() else {
        try make(from: 0, replacing: false)
        continue
      }
      if let value = try count(in: open, by: step) {
        spare.keep(open)
        return value
      }
    }
  }
}

extension Counter {
  private func openToCount() throws(StorageError) -> OpenFile? {
    if let open = spare.take() { return open }
    guard let file = try open(.readWrite) else { return nil }
    return OpenFile(file, waitingAt: CounterSlots.placeToWait)
  }

  private func open(_ access: OpenFlags) throws(StorageError) -> Descriptor? {
    let flags = access.union([.noFollow, .nonBlocking])
    return try attempt(to: "open \(path)", unless(.noSuchFile, Descriptor.open(path, flags)))
  }

  /// Makes the file under a name that no counter has, and lets it take the counter's. One that is killed meanwhile
  /// leaves that behind, and the next one goes on with it.
  ///
  /// - Parameter replacing: whether the file that has the name now is ours, and locked.
  func make(from number: UInt64, replacing: Bool) throws(StorageError) {
    let draft = ".\(name).new"
    let isOurs = try attempt(to: "make \(path)") { () throws(SystemError) in
      let folder = try Folder(path: folder)
      while true {
        let file = try lockInPlace(named: { () throws(SystemError) in
          try folder.statusIfThere(of: draft)
        }) {
          () throws(SystemError) in
          let file = try folder.openOrMakeFile(draft, permissions)
          guard try wait(upTo: patience, { () throws(SystemError) in try file.tryToLock() }) else {
            return nil
          }
          return file
        }
        guard let file else { return false }
        // It becomes the counter's, and a child that was forked meanwhile has it open too.
        defer { try? file.unlock() }
        // What one that was killed has left of it.
        let isUsed = try file.status().size > 0
        let isThere = try folder.statusIfThere(of: name) != nil
        if !isUsed, replacing || !isThere {
          try publish(file, draft, number, in: folder)
          return true
        }
        try folder.remove(draft)
        if !isUsed { return true }
      }
    }
    if !isOurs { throw StorageError(.held, to: "make \(path)") }
  }

  private func publish(
    _ file: borrowing Descriptor, _ draft: String, _ number: UInt64, in folder: borrowing Folder
  ) throws(SystemError) {
    try folder.fillDraft(file, draft) { (file) throws(SystemError) in
      if permissions & 0o077 != 0 { try file.permit(permissions) }
      try file.write(CounterSlots.file(number))
      // A file without contents would count for damaged.
      if durability == .process { try file.synchronize() }
    }
    try folder.publish(file, draft, as: name, in: folder, durably: durability == .power)
  }
}
