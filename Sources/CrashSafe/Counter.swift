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
/// over in place, so it counts on when the disk is full (not on btrfs and its kind, which write nothing in place).
///
/// **What it costs**, with `.power`: one flush of the disk (fdatasync) for each increment; where several count at once, one
/// for all that have counted since the flush before. The first increment of all makes the file and flushes it and its
/// directory, and the first one after a boot flushes both. With `.process`: one flush in the counter's life, when its
/// file is made.
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
  private let boot: [UInt8]

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
    boot = Boot.identity()
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

  private func lockWhole(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
    try wait(upTo: patience, progress: { (try? read(file).newest) ?? 0 }) {
      () throws(SystemError) in try file.tryToLock()
    }
  }

  private func lock(_ file: borrowing Descriptor) throws(StorageError) {
    let isOurs = try attempt(to: "lock \(path)", lockWhole(file))
    if !isOurs { throw StorageError(.held, to: "count in \(path)") }
  }

  /// - Parameter proof: as `CounterSlots` takes it; for those that only read none.
  private func read(
    _ file: borrowing Descriptor, _ proof: [UInt8] = []
  ) throws(StorageError) -> CounterSlots {
    try attempt(to: "read \(path)") { () throws(SystemError) in
      var slots = CounterSlots(try file.bytes(atMost: CounterSlots.size), proof: proof)
      // A number that is half there is perhaps being written just now. Where the same one is so a moment later
      // the others were whole in between, and nothing newer had been returned by anybody.
      for _ in 0..<20 where slots.outgrown == nil && !slots.isWhole {
        let before = slots
        slots = CounterSlots(try file.bytes(atMost: CounterSlots.size), proof: proof)
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
    let proof = boot.isEmpty ? [] : boot + Array("\(named.inode)".utf8)
    var slots = try read(file, proof)
    if let number = slots.outgrown {
      try make(from: number, replacing: true)
      return nil
    }
    guard let newest = slots.newest else { throw StorageError(.damaged, to: "count in \(path)") }
    let (value, overflow) = newest.addingReportingOverflow(step)
    if overflow { throw StorageError(.overflow, to: "count in \(path)") }
    try attempt(to: "count in \(path)") { () throws(SystemError) in
      if durability == .power, slots.kept == nil { try settle(file, &slots, proof) }
      try file.write(CounterSlots.line(value), at: slots.placeOfNext)
    }
    if durability == .power { try keep(value, in: file, proof) }
    return value
  }

  /// Before anything is written over what may have been returned must be on the disk, and the file have its name there.
  private func settle(
    _ file: borrowing Descriptor, _ slots: inout CounterSlots, _ proof: [UInt8]
  ) throws(SystemError) {
    try file.synchronizeData()
    try Folder(path: folder).synchronize()
    (slots.kept, slots.going) = (slots.newest, slots.newest)
    try file.write(slots.marks(proof), at: CounterSlots.placeOfMarks)
  }

  /// Returns when the disk has a number. One flushes for all that have counted by then, while others go on counting; those
  /// that come meanwhile wait for the next flush.
  ///
  /// It is called with the file locked.
  private func keep(
    _ value: UInt64, in file: borrowing Descriptor, _ proof: [UInt8]
  ) throws(StorageError) {
    var isLocked = true
    let isKept = try attempt(to: "count in \(path)") { () throws(SystemError) in
      try wait(upTo: patience, progress: { kept(in: file, proof) }) { () throws(SystemError) in
        if try file.tryToLock(byte: Counter.flushing) {
          if !isLocked { isLocked = try lockWhole(file) }
          guard isLocked else { return false }
          try flush(file, upTo: value, proof)
          return true
        }
        if isLocked { try file.unlock() }
        isLocked = false
        return kept(in: file, proof) >= value
      }
    }
    if !isKept { throw StorageError(.held, to: "count in \(path)") }
  }

  /// The byte of the file that the one that flushes has locked.
  private static var flushing: Int64 { 0 }

  /// How far the disk has it.
  private func kept(in file: borrowing Descriptor, _ proof: [UInt8]) -> UInt64 {
    let bytes = try? file.bytes(atMost: CounterSlots.size)
    return CounterSlots(bytes ?? [], proof: proof).kept ?? 0
  }

  /// Flushes what was counted, unless another has done it. The file is unlocked while the disk is at it.
  private func flush(
    _ file: borrowing Descriptor, upTo value: UInt64, _ proof: [UInt8]
  ) throws(SystemError) {
    func now() throws(SystemError) -> CounterSlots {
      CounterSlots(try file.bytes(atMost: CounterSlots.size), proof: proof)
    }
    func write(_ slots: CounterSlots) throws(SystemError) {
      try file.write(slots.marks(proof), at: CounterSlots.placeOfMarks)
    }
    var slots = try now()
    guard let newest = slots.newest, slots.kept ?? 0 < value else { return }
    slots.going = newest
    try write(slots)
    // Written once more, and not over what the disk has: after a flush that failed the kernel takes it for flushed.
    let place = slots.placeOfNewest
    try file.write(CounterSlots.line(newest), at: place)
    try file.unlock()
    do throws(SystemError) {
      try file.synchronizeData()
    } catch {
      try? file.write(CounterSlots.line(newest), at: place)
      throw error
    }
    // It is on the disk, whether that can be noted or not.
    guard try lockWhole(file) else { return }
    slots = try now()
    slots.kept = max(newest, slots.kept ?? 0)
    try write(slots)
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
