import LinuxCalls

/// Keys and values as files in a directory: each value is there whole or not at all, whatever crashes.
///
///     let sessions = try KeyValueStore(at: "/var/lib/web/sessions")
///     try sessions.set("alice", to: bytes)
///     try sessions.set(["bob": bytes, "carol": nil])
///     let value = try sessions.value(of: "alice")
///
/// **What is promised.** When a change returns, it has happened, and survives what `durability` says. When the
/// process, or with `.power` the box, crashes before that, the old value is there or the new one. A reader gets one
/// value that was set, never parts of two, and never waits for a writer. Any number of processes and threads
/// may read and write at once; `update` reads and writes as one step among all of them.
///
/// **What it costs**, with `.power`, in flushes that a program waits for: `set` two, the value's file before it gets
/// its name (rename(2)) and the directory after that; `remove` one; `set` of several one for each value, of which those
/// after the first find most of it done, and one for all; `removeAll` one. A key of more than 80 bytes costs one more
/// for each 80. With `.process` nothing is flushed. Reading is three system calls, and one for a small value that was read
/// before and is still the same. It writes nothing, no date of access either: a value that a reader sees while `set` has not returned may be gone after a power failure.
///
/// **What blocks the thread**: changes wait for the disk, and for others that change the same key, which take turns: for
/// one that is stopped as long as `patience` says, and they fail with `.held` then. Reading and listing wait for nobody.
///
/// **Not promised.** That several keys change together. That a key which is set or removed during an iteration is in
/// it, or is not.
///
/// It goes on in the directory that it has opened, wherever that is moved; once that was removed its calls fail.
///
/// At most 2 MB of values that were read are kept in memory, and looked for in no file that changed meanwhile: the
/// store is open at once, however large and whatever happened to it. In its
/// directory `values` is a file for each key, which `cat` shows, with a line for the checksum at the end; what a
/// killed writer left lies in `drafts` until the next opening; `lock` is empty. `cp -a` at any instant is a backup; it is
/// copied back while nobody has the store open.
public final class KeyValueStore: Sendable {
  /// The longest key, in bytes. Keys are any bytes, none is a key too.
  public static let largestKey = 1024
  /// The largest value, in bytes: 64 MB.
  public static let largestValue = 64 << 20

  let path: String
  let values: Folder
  /// Whether the folder is ours, and so most of its files are.
  let isOurs: Bool
  /// Nil when the store was opened to read.
  let writing: Writing?
  let durability: Durability
  let readValues = ReadValues()

  /// Opens a store to read and to write. Its directory is made when it is missing; those above it must be
  /// there. What root sets in another user's store becomes that user's.
  ///
  /// - Parameters:
  ///   - path: of the directory, which belongs to the store.
  ///   - durability: what changes have survived when they return. With `.process` a torn value reads as absent; with
  ///     `.power` there is none, and one that does not fit its checksum fails with `.damaged`.
  ///   - permissions: of the files that are made; 0600, so that nobody else reads them, unless said otherwise.
  ///   - patience: how long a change waits for others of the same key while none of them goes on.
  ///   - fileSystem: whether network file systems are refused.
  public init(
    at path: String, durability: Durability = .power, permissions: UInt32 = 0o600,
    patience: Duration = .seconds(10), fileSystem: FileSystemCheck = .checked
  ) throws(StorageError) {
    self.path = path
    self.durability = durability
    let isDurable = durability == .power
    let mode = folderMode(permissions)
    let folder = try attempt(
      to: "open \(path)", Folder.openOrMake(path, mode: mode, durably: isDurable))
    try fileSystem.check(folder, path: path, durability)
    try KeyValueStore.refuseEarlierVersion(path)
    values = try attempt(
      to: "open \(path)/values", folder.openOrMakeFolder("values", permissions))
    isOurs = (try? values.status().owner) == ThisProcess.user
    let drafts = try attempt(
      to: "open \(path)/drafts", folder.openOrMakeFolder("drafts", permissions))
    let writing = Writing(folder, drafts, permissions, patience)
    try attempt(to: "open \(path)") { () throws(SystemError) in
      try writing.makeLock()
      if isDurable { try writing.folder.synchronize() }
      // What is left lies there for nothing, and a file system that became read-only can be read all the same.
      try? writing.sweep()
    }
    self.writing = writing
  }

  /// Opens a store to read only, as a user may that must not write into its directory.
  ///
  /// - Parameter durability: what its writers say.
  /// - Throws: also when there is no store yet.
  public init(reading path: String, durability: Durability = .power) throws(StorageError) {
    try KeyValueStore.refuseEarlierVersion(path)
    values = try attempt(to: "open \(path)/values", Folder(path: path).folder("values"))
    isOurs = (try? values.status().owner) == ThisProcess.user
    writing = nil
    self.durability = durability
    self.path = path
  }

  /// The value of a key; nil when it has none. It takes no lock and waits for no writer.
  public func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    guard key.count <= KeyValueStore.largestKey else { return nil }
    return try value(at: KeyName(key))
  }

  /// Whether a key has a value. With `.power` the value is not read for that.
  public func contains(_ key: [UInt8]) throws(StorageError) -> Bool {
    guard key.count <= KeyValueStore.largestKey else { return false }
    let name = KeyName(key)
    // Else it may be torn, or a link of another user may stand in its way.
    guard durability == .power, isOurs || name.folders.isEmpty else {
      return try value(at: name) != nil
    }
    return try attempt(
      to: "look for \(path)/values/\(name.path)", found(values.status(of: name.path)) != nil)
  }

  /// Sets the value of a key.
  ///
  /// - Throws: when it could not be made sure that it was set. The old value or the new one is there; with a
  ///   full disk (`.system(28)`) or a used up quota it is the old one, and nothing is left behind.
  public func set(_ key: [UInt8], to value: [UInt8]) throws(StorageError) {
    try set(CollectionOfOne((key: key, value: .some(value))))
  }

  /// Sets the values of several keys, and removes those that have none: `["bob": bytes, "carol": nil]`. Each of them
  /// changes for itself; all of them are flushed together.
  ///
  /// - Throws: when it could not be made sure that all were changed. Each has its old value or its new one.
  public func set(
    _ changes: some Sequence<(key: [UInt8], value: [UInt8]?)>
  ) throws(StorageError) {
    var all: [Change] = []
    for (key, value) in changes {
      guard key.count <= KeyValueStore.largestKey else {
        // What no key can be has no value to remove.
        if value == nil { continue }
        throw StorageError(.keyTooLong, to: "write to \(path)")
      }
      guard value.map({ $0.count <= KeyValueStore.largestValue }) ?? true else {
        throw StorageError(.valueTooLarge, to: "write to \(path)")
      }
      all.append(Change(name: KeyName(key), value: value))
    }
    try change(all)
  }

  /// Removes a key with its value. To remove what is not there is no mistake.
  ///
  /// - Throws: when it could not be made sure that it was removed. The value is there, or it is not.
  public func remove(_ key: [UInt8]) throws(StorageError) {
    try set(CollectionOfOne((key: key, value: nil)))
  }

  /// Removes all keys; a crash meanwhile leaves some.
  public func removeAll() throws(StorageError) {
    try change(allKeys().map { Change(name: KeyName($0), value: nil) })
  }

  /// Reads a value and sets another one in its place, as one step among all processes and threads: others that change
  /// this key wait meanwhile. `body` must not change the same key itself, and better none: two that change each other's
  /// keys wait for each other, until both fail with `.held`.
  ///
  /// - Parameter body: gets the value, or nil; what it returns is set, and where that is nil the key is removed. When
  ///   it throws nothing is changed.
  /// - Returns: what `body` returned.
  @discardableResult
  public func update<Failure: Error>(
    _ key: [UInt8], _ body: ([UInt8]?) throws(Failure) -> [UInt8]?
  ) throws(StorageOr<Failure>) -> [UInt8]? {
    let name = KeyName(key)
    let lock: KeyLock
    let old: [UInt8]?
    do throws(StorageError) {
      if key.count > KeyValueStore.largestKey {
        throw StorageError(.keyTooLong, to: "write to \(path)")
      }
      lock = try self.lock([name])
      old = try value(at: name)
    } catch {
      throw .storage(error)
    }
    defer { withExtendedLifetime(lock) {} }
    let new: [UInt8]?
    do throws(Failure) { new = try body(old) } catch { throw .caller(error) }
    do throws(StorageError) {
      if let new, new.count > KeyValueStore.largestValue {
        throw StorageError(.valueTooLarge, to: "write to \(path)")
      }
      try publish([Change(name: name, value: new)])
      try flush()
    } catch {
      throw .storage(error)
    }
    return new
  }
}

extension KeyValueStore {
  /// Sets the value of the key that is a text's bytes in UTF-8.
  public func set(_ key: String, to value: [UInt8]) throws(StorageError) {
    try set(Array(key.utf8), to: value)
  }

  /// Sets the values of several keys that are a text's bytes in UTF-8, and removes those that have none.
  public func set(
    _ changes: some Sequence<(key: String, value: [UInt8]?)>
  ) throws(StorageError) {
    try set(changes.map { (key: Array($0.key.utf8), value: $0.value) })
  }

  /// The value of the key that is a text's bytes in UTF-8; nil when it has none.
  public func value(of key: String) throws(StorageError) -> [UInt8]? {
    try value(of: Array(key.utf8))
  }

  /// Whether the key that is a text's bytes in UTF-8 has a value.
  public func contains(_ key: String) throws(StorageError) -> Bool {
    try contains(Array(key.utf8))
  }

  /// Removes the key that is a text's bytes in UTF-8.
  public func remove(_ key: String) throws(StorageError) { try remove(Array(key.utf8)) }

  /// Reads a value and sets another one in its place, as one step; the key is a text's bytes in UTF-8.
  @discardableResult
  public func update<Failure: Error>(
    _ key: String, _ body: ([UInt8]?) throws(Failure) -> [UInt8]?
  ) throws(StorageOr<Failure>) -> [UInt8]? {
    try update(Array(key.utf8), body)
  }
}
