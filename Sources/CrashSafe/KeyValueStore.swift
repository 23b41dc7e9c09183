import Linux

/// Keys and values as files in a folder: each value is there whole or not at all, whatever crashes.
///
///     let sessions = try KeyValueStore(at: "/var/lib/web/sessions")
///     try sessions.set("alice", to: bytes)
///     let value = try sessions.value(of: "alice")
///
/// **What is promised.** When `set` or `remove` returns, it has happened, and survives what `durability`
/// says. When the process, or with `.power` the box, crashes before that, the old value is there or the
/// new one. Who reads gets one value that was set, never parts of two, and never waits for who writes.
/// Any number of processes and threads may read and write at once; of two that set the same key, the last
/// one counts. What a killed writer left unfinished lies in the folder `drafts`, until the next `set` of
/// anybody clears it away; what a living one is still writing is left alone.
///
/// **Fsynced**, with `.power`: the value's file before it is renamed to its key's name, and the folder
/// `keys` after that, or after a key was removed; at the opening the store's folder and the one above
/// it. **Not fsynced**: the folder `drafts`, for what lies in it means nothing. With `.process` nothing is.
///
/// **Not promised.** That several keys change together. That a value which a reader sees while `set` has
/// not returned survives the power. That a key which is set or removed during an iteration is in it, or is
/// not.
///
/// Nothing is kept in memory: the store is open at once, however large and whatever happened to it.
public final class KeyValueStore: Sendable {
  /// The longest key, in bytes. Keys are any bytes, none is a key too.
  public static let largestKey = 1024
  /// The largest value, in bytes: 64 MB.
  public static let largestValue = 64 << 20

  private let path: String
  private let keys: Folder
  /// Nil when the store was opened to read.
  private let drafts: Folder?
  private let durability: Durability

  /// Opens a store to read and to write. Its folder is made when it is missing; those above it must be
  /// there.
  ///
  /// - Parameters:
  ///   - path: of the folder, which belongs to the store. In it are `keys` and `drafts`.
  ///   - durability: what `set` and `remove` have survived when they return.
  public init(at path: String, durability: Durability = .power) throws(StorageError) {
    let isDurable = durability == .power
    let folder = try attempt(to: "open \(path)") { () throws(SystemError) in
      try Folder.openOrMake(path, durably: isDurable)
    }
    keys = try attempt(to: "open \(path)/keys") { () throws(SystemError) in
      try folder.openOrMakeFolder("keys")
    }
    drafts = try attempt(to: "open \(path)/drafts") { () throws(SystemError) in
      try folder.openOrMakeFolder("drafts")
    }
    if isDurable {
      try attempt(to: "synchronize \(path)") { () throws(SystemError) in try folder.synchronize() }
    }
    self.path = path
    self.durability = durability
  }

  /// Opens a store to read only, as somebody may who must not write into its folder.
  ///
  /// - Throws: also when there is no store yet.
  public init(reading path: String) throws(StorageError) {
    keys = try attempt(to: "open \(path)/keys") { () throws(SystemError) in
      try Folder(path: "\(path)/keys")
    }
    drafts = nil
    durability = .process
    self.path = path
  }

  /// The value of a key; nil when it has none. It takes no lock and waits for no writer.
  public func value(of key: [UInt8]) throws(StorageError) -> [UInt8]? {
    guard key.count <= KeyValueStore.largestKey else { return nil }
    let name = KeyName(key)
    guard let bytes = try contents(of: name.text) else { return nil }
    if name.header.isEmpty { return bytes }
    guard bytes.starts(with: name.header) else {
      throw StorageError(.damaged, to: "read \(path)/keys/\(name.text)")
    }
    return Array(bytes[name.header.count...])
  }

  /// Sets the value of a key.
  ///
  /// - Throws: when it could not be made sure that it was set. The old value or the new one is there; with a
  ///   full disk (`.system(28)`) or a used up quota it is the old one, and nothing is left behind.
  public func set(_ key: [UInt8], to value: [UInt8]) throws(StorageError) {
    guard key.count <= KeyValueStore.largestKey else {
      throw StorageError(.keyTooLong, to: "write to \(path)")
    }
    guard value.count <= KeyValueStore.largestValue else {
      throw StorageError(.valueTooLarge, to: "write to \(path)")
    }
    let name = KeyName(key)
    try change("write \(path)/keys/\(name.text)") { (drafts) throws(SystemError) in
      // First, for what is cleared away may be what fills the disk.
      try KeyValueStore.sweep(drafts)
      try publish(name.header.isEmpty ? value : name.header + value, as: name.text, drafts)
    }
  }

  /// Removes a key with its value. To remove what is not there is no mistake.
  ///
  /// - Throws: when it could not be made sure that it was removed. The value is there, or it is not.
  public func remove(_ key: [UInt8]) throws(StorageError) {
    guard key.count <= KeyValueStore.largestKey else { return }
    let name = KeyName(key).text
    try change("remove \(path)/keys/\(name)") { (_) throws(SystemError) in
      do throws(SystemError) {
        try keys.remove(name)
      } catch {
        if error != .noSuchFile { throw error }
      }
      // Where it was gone already, whoever removed it may have been killed before he did this.
      if durability == .power { try keys.synchronize() }
    }
  }

  /// Calls `body` with each key, once, in no order. It may set and remove keys meanwhile.
  ///
  /// Some file systems (tmpfs, btrfs) pass over a name that is replaced while they are asked for all. Where
  /// others write meanwhile, the folder is therefore read until two readings in a row find nothing new: a key
  /// that is only overwritten would have to be passed over in each of them.
  public func forEachKey(_ body: ([UInt8]) throws(StorageError) -> Void) throws(StorageError) {
    let names = try attempt(to: "read \(path)/keys") { () throws(SystemError) in
      // Opened anew: two that read the folder through one descriptor would share the place where they are.
      try keys.folder(".").allNames()
    }
    for name in names {
      switch KeyName.meaning(of: name) {
      case .key(let key): try body(key)
      case .long: if let key = try longKey(String(decoding: name, as: UTF8.self)) { try body(key) }
      case .none: break
      }
    }
  }

  /// All keys, in no order.
  public func allKeys() throws(StorageError) -> [[UInt8]] {
    var all: [[UInt8]] = []
    try forEachKey { all.append($0) }
    return all
  }

  /// Removes all keys, one after the other: a crash meanwhile leaves some.
  public func removeAll() throws(StorageError) {
    for key in try allKeys() { try remove(key) }
  }
}

extension KeyValueStore {
  private func change(
    _ words: @autoclosure () -> String, _ body: (borrowing Folder) throws(SystemError) -> Void
  ) throws(StorageError) {
    switch drafts {
    case .some(let drafts):
      try attempt(to: words()) { () throws(SystemError) in try body(drafts) }
    case .none: throw StorageError(.readOnly, to: words())
    }
  }

  private func publish(
    _ contents: [UInt8], as name: String, _ drafts: borrowing Folder
  ) throws(SystemError) {
    var draft = try randomName()
    var file = try drafts.create(draft)
    // Locked, a draft says that its writer lives, in other containers too. Who clears away may have been
    // quicker than our lock.
    while try !isOurs(file, draft, drafts) {
      draft = try randomName()
      file = try drafts.create(draft)
    }
    do throws(SystemError) {
      try keys.publish(
        file, draft, of: drafts, as: name, contents, durably: durability == .power)
    } catch {
      try? drafts.remove(draft)
      throw error
    }
  }

  private func isOurs(
    _ file: borrowing Descriptor, _ draft: String, _ drafts: borrowing Folder
  ) throws(SystemError) -> Bool {
    guard try file.tryToLock() else { return false }
    return try drafts.statusIfThere(of: draft) != nil
  }

  /// Removes the drafts of those who do not live any more.
  private static func sweep(_ drafts: borrowing Folder) throws(SystemError) {
    try drafts.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      let name = String(decoding: entry.bytes, as: UTF8.self)
      // Names are never used twice: what was published meanwhile has none here any more.
      guard let file = try? drafts.openToRead(name), (try? file.tryToLock()) == true else { return }
      try? drafts.remove(name)
    }
  }

  private func contents(of name: String) throws(StorageError) -> [UInt8]? {
    do throws(SystemError) {
      return try keys.openToRead(name).readAll()
    } catch {
      if error == .noSuchFile { return nil }
      throw StorageError(.system(error.number), to: "read \(path)/keys/\(name)")
    }
  }

  private func longKey(_ name: String) throws(StorageError) -> [UInt8]? {
    do throws(SystemError) {
      let start = try keys.openToRead(name).readStart(atMost: 2 + KeyValueStore.largestKey)
      return KeyName.longKey(in: start)
    } catch {
      if error == .noSuchFile { return nil }
      throw StorageError(.system(error.number), to: "read \(path)/keys/\(name)")
    }
  }
}

extension KeyValueStore {
  /// Sets the value of the key that is a text's bytes in UTF-8.
  public func set(_ key: String, to value: [UInt8]) throws(StorageError) {
    try set(Array(key.utf8), to: value)
  }

  /// The value of the key that is a text's bytes in UTF-8; nil when it has none.
  public func value(of key: String) throws(StorageError) -> [UInt8]? {
    try value(of: Array(key.utf8))
  }

  /// Removes the key that is a text's bytes in UTF-8.
  public func remove(_ key: String) throws(StorageError) { try remove(Array(key.utf8)) }
}
