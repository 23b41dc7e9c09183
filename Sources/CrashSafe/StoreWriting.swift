import LinuxCalls

/// A key's new value, or none where it is removed.
struct Change {
  let name: KeyName
  let value: [UInt8]?
}

/// What a store needs to be changed.
///
/// A byte of the file `lock` stands for each key, and is locked while the key is changed. A draft is named after that
/// byte, so that the process that has the byte locked is the only one that writes it, and the next one may throw it away.
final class Writing: Sendable {
  let folder: Folder
  let drafts: Folder
  let permissions: UInt32
  let patience: Duration
  /// The file of the locks, for the next one that needs it.
  fileprivate let spare = SpareFile()

  init(
    _ folder: consuming Folder, _ drafts: consuming Folder, _ permissions: UInt32,
    _ patience: Duration
  ) {
    self.folder = folder
    self.drafts = drafts
    self.permissions = permissions
    self.patience = patience
  }

  /// Makes the file of the locks, if it is missing.
  func makeLock() throws(SystemError) {
    // One that may only read has no need of it.
    if try folder.statusIfThere(of: "lock") == nil { _ = try openLockFile() }
  }

  /// Locks these keys, until what is returned goes.
  ///
  /// - Parameter values: where they are. While the value of a key changes, others go on, and are waited for.
  /// - Returns: nil when another process has held one of them for too long.
  func lock(
    _ names: [KeyName], in values: borrowing Folder
  ) throws(SystemError) -> KeyLock? {
    let open = try openLock()
    var last: UInt64?
    // In one order for all, or two could wait for each other.
    for name in names.sorted(by: { $0.lockNumber < $1.lockNumber }) where name.lockNumber != last {
      last = name.lockNumber
      guard try lock(name, open.file, in: values) else { return nil }
    }
    return KeyLock(open, spare)
  }

  private func lock(
    _ name: KeyName, _ file: borrowing Descriptor, in values: borrowing Folder
  ) throws(SystemError) -> Bool {
    let byte = Int64(name.lockNumber)
    func progress() -> UInt64 {
      guard let value = try? values.status(of: name.path) else { return 0 }
      return value.inode &+ UInt64(truncatingIfNeeded: value.changed.nanoseconds)
    }
    // The byte beside it is hardly ever another key's; where it is, that one is waited for instead.
    return try waitInTurn(at: file, next: byte ^ 1, upTo: patience, progress: progress) {
      () throws(SystemError) in try file.tryToLock(byte: byte)
    }
  }

  private func openLock() throws(SystemError) -> OpenFile {
    // Where somebody has removed it the others have made another one.
    if let open = spare.take(), try open.file.status().links > 0 { return open }
    return OpenFile(try openLockFile())
  }

  /// Removes the drafts of those that do not live any more.
  func sweep() throws(SystemError) {
    // Opened anew: two that read the folder through one descriptor would share the place where they are.
    let names = try drafts.again().names()
    if names.isEmpty { return }
    let lock = try openLockFile()
    // Not only closed: a child that was forked meanwhile has it open too.
    defer { try? lock.unlockBytes() }
    for name in names {
      guard let number = Checksum.read(name.prefix(Checksum.length)) else { continue }
      guard try lock.tryToLock(byte: Int64(clamping: number)) else { continue }
      try? drafts.remove(name.text)
    }
  }

  private func openLockFile() throws(SystemError) -> Descriptor {
    try folder.openOrMakeFile("lock", permissions)
  }
}

/// Keys that nobody else changes while this is there.
final class KeyLock {
  private let open: OpenFile
  private let spare: SpareFile

  init(_ open: OpenFile, _ spare: SpareFile) {
    self.open = open
    self.spare = spare
  }

  deinit { if (try? open.file.unlockBytes()) != nil { spare.keep(open) } }
}

/// A value that has not got its name yet.
private final class Draft {
  let file: Descriptor
  let name: String

  init(_ file: consuming Descriptor, _ name: String) {
    self.file = file
    self.name = name
  }
}

// The directories of a long key are entered one by one, and none of them may be a link: root may change a key in a
// store of another user, who could otherwise lead it anywhere.

extension KeyValueStore {
  /// How many keys are changed before their descriptors and locks are given back.
  private static let groupSize = 64

  /// Changes keys, and flushes their directory once.
  func change(_ changes: [Change]) throws(StorageError) {
    var start = 0
    while start < changes.count {
      let group = Array(changes[start..<min(start + KeyValueStore.groupSize, changes.count)])
      start += group.count
      let lock = try lock(group.map { $0.name })
      defer { withExtendedLifetime(lock) {} }
      try publish(group)
    }
    if !changes.isEmpty { try flush() }
  }

  func lock(_ names: [KeyName]) throws(StorageError) -> KeyLock {
    let writing = try toWrite()
    let words = "lock \(path)/values/\(names[0].path)"
    let lock = try attempt(to: words, writing.lock(names, in: values))
    guard let lock else { throw StorageError(.held, to: words) }
    return lock
  }

  private func toWrite() throws(StorageError) -> Writing {
    guard let writing else { throw StorageError(.readOnly, to: "change \(path)") }
    return writing
  }

  /// Waits until the names are on the disk.
  func flush() throws(StorageError) {
    try attempt(to: "flush \(path)/values", flush(values))
  }

  /// Changes keys that are locked. Their directory is not flushed yet, those below it are.
  func publish(_ changes: [Change]) throws(StorageError) {
    let writing = try toWrite()
    do throws(StorageError) {
      try publish(changes, writing)
    } catch {
      guard
        error.reason == .system(SystemError.noSpace.number)
          || error.reason == .system(SystemError.overQuota.number)
      else { throw error }
      // What others left may be what fills the disk.
      try? writing.sweep()
      try publish(changes, writing)
    }
  }

  private func publish(_ changes: [Change], _ writing: Writing) throws(StorageError) {
    var drafts: [Draft?] = []
    var done = 0
    defer {
      for draft in drafts.dropFirst(done) where draft != nil {
        try? writing.drafts.remove(draft?.name ?? "")
      }
    }
    for (index, change) in changes.enumerated() {
      drafts.append(try draft(of: change, index, writing))
    }
    if durability == .power { try synchronize(drafts.compactMap { $0 }) }
    for (draft, change) in zip(drafts, changes) {
      let words = "\(draft == nil ? "remove" : "write") \(path)/values/\(change.name.path)"
      try attempt(to: words) { () throws(SystemError) in
        if let draft {
          try name(draft, change.name, writing)
        } else {
          try remove(change.name)
        }
      }
      done += 1
    }
  }

  /// Several are brought to the disk together first, and then one flush of its journal is for all of them.
  private func synchronize(_ drafts: [Draft]) throws(StorageError) {
    try attempt(to: "write \(path)/values") { () throws(SystemError) in
      if drafts.count > 1 {
        for draft in drafts { try draft.file.startWriting() }
        for draft in drafts { try draft.file.waitForWriting() }
      }
      for draft in drafts { try draft.file.synchronize() }
    }
  }

  private func draft(
    of change: Change, _ index: Int, _ writing: Writing
  ) throws(StorageError) -> Draft? {
    guard let value = change.value else { return nil }
    let name = "\(Hexadecimal.digits(of: change.name.lockNumber).text)-\(index)"
    return try attempt(to: "write \(path)/values/\(change.name.path)") {
      () throws(SystemError) in
      // The key is locked: what one that was killed has left of it is nobody's any more.
      let file = try writing.drafts.makeDraft(name, mode: writing.permissions) {
        (file) throws(SystemError) in
        try writing.drafts.settle(file, writing.permissions)
        try file.write(value)
        try file.write(StoredValue.end(of: value))
      }
      return Draft(file, name)
    }
  }

  private func name(
    _ draft: Draft, _ name: KeyName, _ writing: Writing
  ) throws(SystemError) {
    func put(in folder: borrowing Folder, _ pieces: ArraySlice<String>) throws(SystemError) {
      guard let piece = pieces.first else {
        return try writing.drafts.rename(draft.name, to: name.last, in: folder)
      }
      let next = try folder.openOrMakeFolder(piece, writing.permissions)
      try put(in: next, pieces.dropFirst())
      try flush(next)
    }
    var tries = 0
    while true {
      do throws(SystemError) {
        return try put(in: values, name.folders[...])
      } catch {
        // The process that removed the last key of a directory removes that too.
        tries += 1
        if error != .noSuchFile || name.folders.isEmpty || tries == 100 { throw error }
      }
    }
  }

  private func remove(_ name: KeyName) throws(SystemError) {
    // Where something is gone already, the process that removed it may have been killed before flushing.
    func remove(in folder: borrowing Folder, _ pieces: ArraySlice<String>) throws(SystemError) {
      guard let piece = pieces.first else {
        try found(folder.remove(name.last))
        return
      }
      guard let next = try found(folder.folder(piece)) else { return }
      try remove(in: next, pieces.dropFirst())
      try flush(next)
      try? folder.removeFolder(piece)
    }
    try remove(in: values, name.folders[...])
  }

  private func flush(_ folder: borrowing Folder) throws(SystemError) {
    if durability == .power { try folder.synchronize() }
  }
}
