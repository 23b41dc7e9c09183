import LinuxCalls

/// The file that says whether copies are as their master: a generation with its checksum, and the boot in which it
/// was written. Odd means that somebody changes the copies, or was killed at it. It starts at random, so that a mark
/// that was removed is not taken for the one that comes after it.
struct Mark: ~Copyable {
  struct State: Equatable {
    let generation: UInt64
    let isOfThisBoot: Bool
    var isEven: Bool { generation & 1 == 0 }
  }

  /// The time in which this process alone changes copies. It ends with this value.
  struct Turn: ~Copyable {
    let file: Descriptor
    let before: State?
    /// The odd one that says so.
    let generation: UInt64
    let boot: [UInt8]

    /// The locks are given back, and not only closed: a child that was forked meanwhile has the file open too.
    deinit {
      try? file.unlock()
      try? file.unlockBytes()
    }

    /// Says that the copies are right. Where that fails they are not believed.
    borrowing func end() -> Bool {
      (try? file.write(CounterSlots.line(generation + 1) + boot, at: 0)) != nil
    }
  }

  private let folder: String
  private let name: String
  private let path: String
  private let permissions: UInt32
  private let patience: Duration
  private let boot: [UInt8]
  /// Kept open, so that a look opens nothing.
  private var reading: Descriptor
  /// Which file that is.
  private var identity: FileStatus

  init(
    _ name: String, in folder: String, _ permissions: UInt32, _ patience: Duration,
    _ fileSystem: FileSystemCheck
  ) throws(StorageError) {
    try CrashSafe.check(name: name)
    let opened = try attempt(
      to: "open \(folder)", Folder.openOrMake(folder, mode: 0o755, durably: false))
    try fileSystem.check(opened, path: folder, .process)
    let file = try attempt(
      to: "open \(folder)/\(name)", Mark.open(name, in: opened, permissions))
    identity = try attempt(to: "open \(folder)/\(name)", file.status())
    reading = file
    self.folder = ThisProcess.absolute(folder)
    self.name = name
    path = "\(self.folder)/\(name)"
    self.permissions = permissions
    self.patience = patience
    boot = Boot.identity()
  }

  private static func open(
    _ name: String, in folder: borrowing Folder, _ permissions: UInt32
  ) throws(SystemError) -> Descriptor {
    let file = try folder.openOrMakeFile(name, permissions)
    let status = try file.status()
    // What the umask withheld; of a file that somebody else made the permissions stay.
    if permissions & 0o077 != 0, status.owner == ThisProcess.user,
      status.permissions != permissions
    {
      try file.permit(permissions)
    }
    return file
  }

  /// What it says; nil where it says nothing, or is not the one that others find, because it was removed or moved.
  borrowing func look() -> State? {
    guard let named = try? FileStatus.at(path), named.isSame(as: identity) else { return nil }
    return try? state(of: reading)
  }

  private borrowing func state(of file: borrowing Descriptor) throws(SystemError) -> State? {
    let bytes = try file.bytes(atMost: CounterSlots.lineLength + 64)
    guard let generation = CounterSlots.number(in: bytes, at: 0) else { return nil }
    let isOfThisBoot =
      !boot.isEmpty && bytes.dropFirst(CounterSlots.lineLength).elementsEqual(boot)
    return State(generation: generation, isOfThisBoot: isOfThisBoot)
  }

  /// Waits until nobody else changes the copies, and says that they are being changed.
  mutating func begin() throws(StorageError) -> Turn {
    let turn = try attempt(to: "change the mark \(path)") {
      () throws(SystemError) -> Turn? in
      let file = try lockInPlace(
        named: { () throws(SystemError) in try Folder(path: folder).statusIfThere(of: name) }
      ) { () throws(SystemError) in
        let file = try Mark.open(name, in: Folder(path: folder), permissions)
        guard try lock(file) else { return nil }
        return file
      }
      guard let file else { return nil }
      return try begin(file)
    }
    if let turn { return turn }
    throw StorageError(.held, to: "change the mark \(path)")
  }

  private borrowing func lock(_ file: borrowing Descriptor) throws(SystemError) -> Bool {
    func progress() -> UInt64 { (try? state(of: file))??.generation ?? 0 }
    return try waitInTurn(at: file, next: 0, upTo: patience, progress: progress) {
      () throws(SystemError) in try file.tryToLock()
    }
  }

  private mutating func begin(_ file: consuming Descriptor) throws(SystemError) -> Turn {
    let status = try file.status()
    if !status.isSame(as: identity) {
      reading = try Folder(path: folder).openToRead(name)
      identity = status
    }
    let before = try state(of: file)
    let last: UInt64
    if let before { last = before.generation } else { last = try randomNumber() >> 2 }
    let generation = last + 1 + (last & 1)
    try file.write(CounterSlots.line(generation) + boot, at: 0)
    return Turn(file: file, before: before, generation: generation, boot: boot)
  }
}
