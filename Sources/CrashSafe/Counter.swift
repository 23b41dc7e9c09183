import Linux
import Synchronization

/// A number that only grows, in a file, and that a crash at any instant leaves as it was or one step
/// further: never less, and never garbage.
///
///     let visits = try Counter("visits", in: "/var/lib/web")
///     let number = try visits.increment()
///
/// Any number of processes and threads may count at once: each increment counts, and no two return the same
/// number. The file is all there is: `cat` shows the last two numbers, each with a checksum, `cp` at any instant is
/// a backup; to begin at 1000, write that and a newline into it before. The older number is written
/// over in place, so it counts on when the disk is full (not on btrfs and its kind, which write nothing in place).
///
/// **What it costs**, with `.power`: one flush of the disk (fdatasync) for each increment, two where processes take
/// turns: the process that counted before may have been killed before flushing. The first increment of all makes the file
/// and flushes it and its directory. With `.process`: one flush in the counter's life, when its file is made.
///
/// **What blocks the thread**: `increment` waits for the disk, and for others that count; one that is killed holds
/// nobody up, and one that is stopped holds others up for `patience`, which then fail with `.held`. `value`
/// waits for nobody.
public final class Counter: Sendable {
  private let folder: String
  private let name: String
  private let durability: Durability
  private let permissions: UInt32
  private let patience: Duration
  /// The number that this one has flushed last, and in which file. Both change under the file's lock only.
  private let flushed = Atomic<UInt64>(0)
  private let flushedFile = Atomic<UInt64>(0)

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
    self.folder = folder
    self.durability = durability
    self.permissions = permissions
    self.patience = patience
    let opened = try attempt(
      to: "open \(folder)", Folder.openOrMake(folder, mode: 0o755, durably: durability == .power))
    try fileSystem.check(opened, path: folder, durability)
  }

  /// How far it has counted: 0 when it has no file yet. It waits for nobody, and flushes nothing: a number that
  /// somebody is just counting may be seen before it is on the disk, and a power failure takes it back then. What
  /// an increment has returned stays.
  public func value() throws(StorageError) -> UInt64 {
    guard let file = try open(toWrite: false) else { return 0 }
    let slots = try read(file)
    guard let value = slots.plain ?? slots.newest else {
      throw StorageError(.damaged, to: "read \(path)")
    }
    return value
  }

  /// Counts, and returns how far it has counted now.
  ///
  /// - Throws: when it could not be made sure that it was counted. It may have been all the same, when the
  ///   very last step failed: an increment that is tried again counts once too often at worst.
  @discardableResult
  public func increment(by step: UInt64 = 1) throws(StorageError) -> UInt64 {
    while true {
      guard let file = try open(toWrite: true) else {
        try make(from: 0, replacing: false)
        continue
      }
      if let value = try increment(file, by: step) { return value }
    }
  }
}

extension Counter {
  private var path: String { "\(folder)/\(name)" }

  /// Opened anew each time: two threads that shared an open file would share its lock.
  private func open(toWrite: Bool) throws(StorageError) -> Descriptor? {
    let flags: OpenFlags = [toWrite ? .readWrite : .read, .noFollow, .nonBlocking]
    return try attempt(to: "open \(path)", unless(.noSuchFile, Descriptor.open(path, flags)))
  }

  private func lock(_ file: borrowing Descriptor) throws(StorageError) {
    let isOurs = try attempt(
      to: "lock \(path)",
      wait(upTo: patience, progress: { (try? read(file).newest) ?? 0 }) {
        () throws(SystemError) in try file.tryToLock()
      })
    if !isOurs { throw StorageError(.held, to: "count in \(path)") }
  }

  private func read(_ file: borrowing Descriptor) throws(StorageError) -> CounterSlots {
    try attempt(to: "read \(path)") { () throws(SystemError) in
      var slots = CounterSlots(try file.bytes(atMost: CounterSlots.size))
      // A number that is half there is perhaps being written just now. Where the same one is so a moment later
      // the other one was whole in between, and nothing newer had been returned by anybody.
      for _ in 0..<20 where slots.plain == nil && !slots.isWhole {
        let before = slots
        slots = CounterSlots(try file.bytes(atMost: CounterSlots.size))
        if slots.lacksTheSame(as: before) { break }
      }
      return slots
    }
  }

  /// - Returns: nil when the file is not the one of that name any more.
  private func increment(
    _ file: borrowing Descriptor, by step: UInt64
  ) throws(StorageError) -> UInt64? {
    try lock(file)
    let named = try attempt(to: "read \(path)", Folder(path: folder).statusIfThere(of: name))
    guard let named, (try? file.isSame(as: named)) == true else { return nil }
    let slots = try read(file)
    if let plain = slots.plain {
      try make(from: plain, replacing: true)
      return nil
    }
    guard let newest = slots.newest else { throw StorageError(.damaged, to: "count in \(path)") }
    let (value, overflow) = newest.addingReportingOverflow(step)
    if overflow { throw StorageError(.overflow, to: "count in \(path)") }
    try attempt(to: "count in \(path)") { () throws(SystemError) in
      if durability == .power { try settle(file, newest, named.inode) }
      try write(value, at: slots.placeOfOlder, of: file)
    }
    flushed.store(value, ordering: .relaxed)
    return value
  }

  /// Before the older number is written over the newer one must be on the disk, and the file have its name there.
  private func settle(
    _ file: borrowing Descriptor, _ newest: UInt64, _ inode: UInt64
  ) throws(SystemError) {
    let isKnown = flushedFile.load(ordering: .relaxed) == inode
    if isKnown, flushed.load(ordering: .relaxed) == newest { return }
    try file.synchronizeData()
    if isKnown { return }
    try Folder(path: folder).synchronize()
    flushedFile.store(inode, ordering: .relaxed)
  }

  private func write(
    _ value: UInt64, at place: Int64, of file: borrowing Descriptor
  ) throws(SystemError) {
    let line = CounterSlots.line(value)
    try file.write(line, at: place)
    guard durability == .power else { return }
    do throws(SystemError) {
      try file.synchronizeData()
    } catch {
      // What could not be flushed the kernel takes for flushed from then on. Written again it is not.
      try? file.write(line, at: place)
      throw error
    }
  }

  /// Makes the file under a name that no counter has, and lets it take the counter's. One that is killed meanwhile
  /// leaves that behind, and the next one goes on with it.
  ///
  /// - Parameter replacing: whether the file that has the name now is ours, and locked.
  private func make(from number: UInt64, replacing: Bool) throws(StorageError) {
    let draft = ".\(name).new"
    let isOurs = try attempt(to: "make \(path)") { () throws(SystemError) in
      let folder = try Folder(path: folder)
      while true {
        let file = try lockInPlace(named: { () throws(SystemError) in
          try folder.statusIfThere(of: draft)
        }) {
          () throws(SystemError) in
          let file = try folder.openOrCreate(draft, mode: permissions)
          guard try wait(upTo: patience, { () throws(SystemError) in try file.tryToLock() }) else {
            return nil
          }
          return file
        }
        guard let file else { return false }
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
