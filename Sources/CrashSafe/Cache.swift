import Linux

/// A fast copy of a reliable master, which notices after a crash that it may be wrong, and is built again.
///
///     let master = try KeyValueStore(at: "/var/lib/web/users")
///     let fast = try KeyValueStore(at: "/run/web/users", durability: .process)
///     var users = try Cache(of: master, in: fast, mark: "users", of: "/run/web", durability: .process)
///     if try !users.isConsistent() { try users.rebuild() }
///
/// A file, the mark, is there only while the copy is as the master. Each change takes the mark away,
/// changes the master, then the copy, and puts the mark back: a crash anywhere in between leaves no mark,
/// and without one nobody believes the copy. Then `value` asks the master, which is slower and right;
/// `rebuild` throws the copy away and fills it, and what is filled in already is quick again.
///
/// Several processes may share a cache: changes and rebuilding wait for each other, reading waits for
/// nobody. They must share the copy as well: one that is kept in memory is for one process, which alone
/// changes the master. All changes must be made through a cache with the same mark: who changes the master
/// behind its back must `invalidate` it.
///
/// **Fsynced**, with `.power`: the folder of the mark after it was taken away and before anything is
/// changed; the mark and its folder after everything was. Right when the copy survives power failures; its
/// own calls must be durable when they return then. With `.process` nothing is fsynced, and a mark counts
/// only in the boot in which it was made: after a power failure the copy is built again. Which is right for
/// copies on a tmpfs, in memory, and in files that are not fsynced. The durability of what is stored is
/// the master's.
public struct Cache<Fast: FastStore, Master: MasterStore>: ~Copyable {
  /// What calls fail with.
  public enum Failure: Error {
    /// The copy failed. The master has the change already; until `rebuild` it is asked.
    case fast(Fast.Failure)
    /// The master failed: it has the old value or the new one. Until `rebuild` it is asked.
    case master(Master.Failure)
    /// The mark could not be read or changed.
    case mark(StorageError)
  }

  private var fast: Fast
  private var master: Master
  private let mark: ConsistencyMark
  private var filling: Filling?

  /// A rebuilding that has begun.
  private struct Filling: ~Copyable {
    let lock: FileLock
    var left: [[UInt8]]
  }

  /// A cache of `master` in `fast`.
  ///
  /// - Parameters:
  ///   - mark: the name of the mark's file.
  ///   - folder: where it is kept, which is made when it is missing; those above it must be there.
  ///   - durability: what the copy survives.
  public init(
    of master: Master, in fast: Fast, mark: String, of folder: String, durability: Durability
  ) throws(Failure) {
    self.fast = fast
    self.master = master
    do throws(StorageError) {
      self.mark = try ConsistencyMark(mark, in: folder, durability: durability)
    } catch {
      throw .mark(error)
    }
  }

  /// Whether the copy is as the master. It is not while somebody changes it.
  public func isConsistent() throws(Failure) -> Bool {
    try marked { (mark) throws(StorageError) in try mark.isSet() }
  }

  /// The value of a key; nil when it has none: from the copy where that can be believed, else from the
  /// master. What the copy does not know the master is asked, too.
  public mutating func value(of key: [UInt8]) throws(Failure) -> [UInt8]? {
    // While we are the ones who fill an emptied copy, what is in it is right, and nobody else changes it.
    let isBelieved = filling == nil ? try isConsistent() : true
    if isBelieved, let value = try fromFast(key) { return value }
    return try fromMaster(key)
  }

  /// Sets the value of a key, in the master and in the copy.
  public mutating func set(_ key: [UInt8], to value: [UInt8]) throws(Failure) {
    try change { (cache) throws(Failure) in
      do throws(Master.Failure) { try cache.master.set(key, to: value) } catch {
        throw .master(error)
      }
      try cache.copy(value, to: key)
    }
  }

  /// Removes a key, in the master and in the copy.
  public mutating func remove(_ key: [UInt8]) throws(Failure) {
    try change { (cache) throws(Failure) in
      do throws(Master.Failure) { try cache.master.remove(key) } catch { throw .master(error) }
      do throws(Fast.Failure) { try cache.fast.remove(key) } catch { throw .fast(error) }
    }
  }

  /// Says that the copy may be wrong.
  public mutating func invalidate() throws(Failure) {
    filling = nil
    try marked { (mark) throws(StorageError) in try mark.clear() }
  }

  /// Throws the copy away and fills it from the master.
  public mutating func rebuild() throws(Failure) {
    try beginRebuilding()
    while try !rebuild(keys: 1000) {}
  }

  /// Throws the copy away. Then call `rebuild(keys:)` until it is full again; meanwhile this cache can be
  /// used, and other processes' changes wait.
  public mutating func beginRebuilding() throws(Failure) {
    filling = nil
    let lock = try lock()
    try marked { (mark) throws(StorageError) in try mark.clear() }
    do throws(Fast.Failure) { try fast.removeAll() } catch { throw .fast(error) }
    let keys: [[UInt8]]
    do throws(Master.Failure) { keys = try master.allKeys() } catch { throw .master(error) }
    filling = Filling(lock: lock, left: keys)
  }

  /// Fills in some keys of a copy that was thrown away.
  ///
  /// - Parameter count: how many, so that a program can do its work in between.
  /// - Returns: whether the copy is full, and can be believed by all.
  public mutating func rebuild(keys count: Int) throws(Failure) -> Bool {
    for _ in 0..<count {
      guard let key = filling?.left.popLast() else { break }
      // Read anew: it may have been changed or removed since.
      if let value = try fromMaster(key) { try copy(value, to: key) }
    }
    guard let left = filling?.left else { return try isConsistent() }
    guard left.isEmpty else { return false }
    try marked { (mark) throws(StorageError) in try mark.set() }
    filling = nil
    return true
  }
}

extension Cache {
  /// Does a change, between taking the mark away and putting it back. A copy that was not believed before is
  /// not believed after: what was changed is right in it, and the rest may be wrong.
  private mutating func change(
    _ body: (inout Cache) throws(Failure) -> Void
  ) throws(Failure) {
    if filling != nil {
      do throws(Failure) {
        return try body(&self)
      } catch {
        // Copy and master may differ now.
        filling = nil
        throw error
      }
    }
    let lock = try lock()
    defer { withExtendedLifetime(lock) {} }
    let wasConsistent = try isConsistent()
    // Also where we do not believe it: who opened it with another durability may.
    try marked { (mark) throws(StorageError) in try mark.clear() }
    try body(&self)
    if wasConsistent { try marked { (mark) throws(StorageError) in try mark.set() } }
  }

  private func lock() throws(Failure) -> FileLock {
    do throws(StorageError) { return try mark.lock() } catch { throw .mark(error) }
  }

  private func marked<Value>(
    _ body: (ConsistencyMark) throws(StorageError) -> Value
  ) throws(Failure) -> Value {
    do throws(StorageError) { return try body(mark) } catch { throw .mark(error) }
  }

  private mutating func fromFast(_ key: [UInt8]) throws(Failure) -> [UInt8]? {
    do throws(Fast.Failure) { return try fast.value(of: key) } catch { throw .fast(error) }
  }

  private mutating func fromMaster(_ key: [UInt8]) throws(Failure) -> [UInt8]? {
    do throws(Master.Failure) { return try master.value(of: key) } catch { throw .master(error) }
  }

  private mutating func copy(_ value: [UInt8], to key: [UInt8]) throws(Failure) {
    do throws(Fast.Failure) { try fast.set(key, to: value) } catch { throw .fast(error) }
  }
}
