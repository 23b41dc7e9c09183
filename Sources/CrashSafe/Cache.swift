/// A fast copy of a reliable master, which is believed only while it is known to be as the master.
///
///     let master = try KeyValueStore(at: "/var/lib/web/users")
///     var users = try Cache(of: [[UInt8]: [UInt8]](), .inMemory, mark: "users", in: "/run/web")
///     try users.change { try master.set(key, to: value) } copy: { $0[key] = value }
///     if let found = users.read({ $0[key] }) { … } else { try master.value(of: key) … }
///     if !users.isRight { try users.rebuild { $0 = try everything(in: master) } }
///
/// A file, the mark, holds a generation. Each `change` makes it odd, changes the master, then the copy, and makes it
/// even, all under the mark's lock; so does `rebuild`. A crash anywhere in between leaves it odd, and nobody believes
/// the copy until it was rebuilt. A copy that fails is passed over: the change counts, and the master is asked from
/// then on. The mark counts in the boot in which it was made: a copy on a tmpfs is gone after that.
///
/// All changes must be made through caches with the same mark; what changes the master behind its back must
/// `invalidate`. Master and copy may be anything; of a copy that is shared the processes see each other's changes.
///
/// **What it costs**: no flush. `read` looks at the generation: two system calls, twice where the copy is shared. That
/// is less than reading a file, and much less than asking a server; but a `KeyValueStore` on a disk is read from memory
/// as quickly as one on a tmpfs, and a copy of that kind only costs: leave it out.
///
/// **What blocks the thread**: `change`, `rebuild` and `invalidate` wait for each other: for one that is stopped, or
/// needs longer, as long as `patience` says, and fail with `.held` then. One that is killed holds nobody up. `read`
/// waits for nobody.
public struct Cache<Copy>: ~Copyable {
  /// Where the copy is.
  public enum Kind: Sendable {
    /// In this value, which alone changes it: it is known to be empty at the start, and to be old when another
    /// process has changed the master.
    case inMemory
    /// Where all that share the mark see it: files on a tmpfs, a database, a server of the kind of memcached.
    case shared
  }

  private var copy: Copy
  private let kind: Kind
  private var mark: Mark
  /// At which generation a copy in memory was as the master.
  private var known: UInt64?

  /// A cache in `copy`.
  ///
  /// - Parameters:
  ///   - mark: the name of the mark's file, as that of a `Counter`. Whoever only reads must be allowed to write it too.
  ///   - folder: the directory where it is kept, which is made when it is missing; those above it must be there.
  ///   - permissions: of the mark, when it is made.
  ///   - patience: how long a change waits for others while none of them goes on.
  ///   - fileSystem: whether a network file system is refused for the mark.
  public init(
    of copy: Copy, _ kind: Kind, mark: String, in folder: String, permissions: UInt32 = 0o600,
    patience: Duration = .seconds(10), fileSystem: FileSystemCheck = .checked
  ) throws(StorageError) {
    self.copy = copy
    self.kind = kind
    self.mark = try Mark(mark, in: folder, permissions, patience, fileSystem)
  }

  /// Whether the copy is as the master. It is not while somebody changes it.
  public var isRight: Bool { isRight(at: mark.look()) }

  private func isRight(at state: Mark.State?) -> Bool {
    guard let state, state.isEven else { return false }
    return kind == .shared ? state.isOfThisBoot : state.generation == known
  }

  /// What the copy says; nil when it cannot be believed, or failed: ask the master then.
  public func read<Value, Failure: Error>(
    _ body: (borrowing Copy) throws(Failure) -> Value
  ) -> Value? {
    let before = mark.look()
    guard isRight(at: before), let value = try? body(copy) else { return nil }
    // A copy that others see may just have been emptied, to be rebuilt.
    return kind == .inMemory || mark.look() == before ? value : nil
  }

  /// Changes the master, and then the copy in the same way.
  ///
  /// - Parameters:
  ///   - master: when it throws, the copy is not believed any more: nobody knows what became of the master.
  ///   - copy: when it throws, the copy is not believed any more.
  /// - Returns: what `master` returned.
  /// - Throws: what `master` threw; or why the mark could not be changed, and then neither is the master.
  public mutating func change<Value, Failure: Error, CopyFailure: Error>(
    _ master: () throws(Failure) -> Value, copy change: (inout Copy) throws(CopyFailure) -> Void
  ) throws(StorageOr<Failure>) -> Value {
    let turn = try begin(for: Failure.self)
    let wasRight = isRight(at: turn.before)
    known = nil
    let value: Value
    do throws(Failure) { value = try master() } catch { throw .caller(error) }
    var isChanged = true
    do throws(CopyFailure) { try change(&copy) } catch { isChanged = false }
    end(turn, isRight: wasRight && isChanged)
    return value
  }

  /// Throws the copy away and fills it from the master. A change of the master waits meanwhile.
  ///
  /// - Parameter body: empties the copy and fills it; when it throws, the copy is not believed.
  public mutating func rebuild<Failure: Error>(
    _ body: (inout Copy) throws(Failure) -> Void
  ) throws(StorageOr<Failure>) {
    let turn = try begin(for: Failure.self)
    known = nil
    do throws(Failure) { try body(&copy) } catch { throw .caller(error) }
    end(turn, isRight: true)
  }

  /// Says that the copies may be wrong, in all processes. A change that is being made is waited for, and so cannot
  /// take that back.
  public mutating func invalidate() throws(StorageError) {
    known = nil
    _ = try mark.begin()
  }

  private mutating func begin<Failure: Error>(
    for failure: Failure.Type
  ) throws(StorageOr<Failure>) -> Mark.Turn {
    do throws(StorageError) { return try mark.begin() } catch { throw .storage(error) }
  }

  private mutating func end(_ turn: borrowing Mark.Turn, isRight: Bool) {
    // Copies in memory are told apart by the generation: others' are old now, and know it.
    guard isRight || kind == .inMemory, turn.end() else { return }
    if isRight { known = turn.generation + 1 }
  }
}
