import CLinuxCalls

/// The processes of this box as /proc shows them (proc(5)).
public struct ProcessTable: ~Copyable {
  let folder: Folder

  /// Opens /proc, and makes sure that it is one: without /proc every process would look gone.
  public init() throws(SystemError) {
    let folder = try Folder(path: "/proc")
    guard try ProcessTable.status(of: getpid(), in: folder) != nil else {
      throw SystemError.noSuchDevice
    }
    self.folder = folder
  }

  /// What the process with this number is doing, or nil when there is none (or, for a user that is not
  /// root, when /proc is mounted with hidepid and hides it).
  public borrowing func status(of pid: Int32) throws(SystemError) -> ProcessStatus? {
    try ProcessTable.status(of: pid, in: folder)
  }

  private static func status(
    of pid: Int32, in folder: borrowing Folder
  ) throws(SystemError) -> ProcessStatus? {
    // It may end at any time: also while its path is walked, or it is read (ESRCH of fs/proc/base.c).
    let bytes = try unless(.noSuchProcess, readStatus(of: pid, in: folder)) ?? nil
    return bytes.flatMap { ProcessStatus(parsing: $0) }
  }

  private static func readStatus(
    of pid: Int32, in folder: borrowing Folder
  ) throws(SystemError) -> [UInt8]? {
    try unless(.noSuchFile, folder.open("\(pid)/stat", .read))?.readStart(atMost: 1024)
  }

  /// Whether this very process has ended. Only what was seen to be gone is: a process that /proc hides
  /// but that can be asked for by number counts as running.
  public borrowing func isGone(_ process: ProcessIdentity) throws(SystemError) -> Bool {
    if let status = try status(of: process.pid) {
      return status.identity.startTime != process.startTime || status.isDead
    }
    return !ProcessTable.hasProcess(process.pid)
  }

  /// Whether any process has this number, be it ours to look at or not (kill(2) with signal 0).
  public static func hasProcess(_ pid: Int32) -> Bool {
    kill(pid, 0) == 0 || clinux_errno() != ESRCH
  }

  /// Calls `body` for each process.
  public borrowing func forEachProcess(
    _ body: (Int32) throws(SystemError) -> Void
  ) throws(SystemError) {
    try forEachListed { process throws(SystemError) in try body(process.pid) }
  }

  /// Calls `body` for each process, with what tells it from those that had its number before.
  public borrowing func forEachListed(
    _ body: (ListedProcess) throws(SystemError) -> Void
  ) throws(SystemError) {
    try folder.forEachEntry { entry throws(SystemError) in
      // What begins with a digit in /proc is a number.
      guard entry.bytes.first?.isDigit ?? false else { return }
      let pid = entry.bytes.reduce(0) { $0 &* 10 &+ Int32($1 & 15) }
      try body(ListedProcess(pid: pid, mark: entry.inode))
    }
  }

  /// The executable of a process, or nil when it is gone, has none (a kernel thread) or is not ours to
  /// look at. One that was deleted or replaced meanwhile has its path still, without the " (deleted)" of proc(5).
  public borrowing func executable(of pid: Int32) -> [UInt8]? {
    guard var path = try? folder.linkTarget(of: "\(pid)/exe") else { return nil }
    let deleted = Array(" (deleted)".utf8)
    if path.suffix(deleted.count).elementsEqual(deleted) { path.removeLast(deleted.count) }
    return path
  }

  /// The namespace in which a process has its number, "pid:[4026531836]"; nil when it is gone or not ours to look at.
  public borrowing func namespace(of pid: Int32) -> [UInt8]? {
    try? folder.linkTarget(of: "\(pid)/ns/pid")
  }

  /// Reads the environment that a process was started with: entries that end in a zero byte each. A program
  /// may have overwritten it. Empty when it is gone, a kernel thread, or not ours to look at. Waits for what
  /// holds the memory of the process: a look at processes of others goes through a `Probe`.
  ///
  /// - Parameter buffer: where it is put; not more than it has room for is read.
  /// - Returns: how many bytes it is.
  public borrowing func readEnvironment(of pid: Int32, into buffer: inout [UInt8]) -> Int {
    guard let file = try? folder.open("\(pid)/environ", .read) else { return 0 }
    return ProcessTable.readEnvironment(file, into: &buffer)
  }

  /// Reads the environment of a process whose first thread has ended: only the others still have it.
  ///
  /// - Returns: how many bytes it is.
  public borrowing func readEnvironment(ofThreadsOf pid: Int32, into buffer: inout [UInt8]) -> Int {
    guard let threads = try? folder.folder("\(pid)/task") else { return 0 }
    var count = 0
    var tried = 0
    try? threads.forEachEntry { entry throws(SystemError) in
      // The first one that lives has it; nobody is to make us ask thousands.
      guard count == 0, tried < 16, let thread = UInt64(leading: Array(entry.bytes)) else { return }
      tried += 1
      guard let file = try? threads.open("\(thread)/environ", .read) else { return }
      count = ProcessTable.readEnvironment(file, into: &buffer)
    }
    return count
  }

  private static func readEnvironment(
    _ file: borrowing Descriptor, into buffer: inout [UInt8]
  ) -> Int {
    (try? file.readAll(into: &buffer, atMost: buffer.count, endsShort: true)) ?? 0
  }

  /// As which users a process runs: the real, the effective, the saved one and that of its file accesses (the line
  /// `Uid` of proc_pid_status(5)). A user cannot make another user's process show as one of theirs. None when it is gone.
  public borrowing func users(of pid: Int32) -> [UInt32] {
    guard let file = try? folder.open("\(pid)/status", .read),
      let bytes = try? file.readStart(atMost: 4096),
      let line = bytes.split(separator: .newline).first(where: { $0.starts(with: "Uid:".utf8) })
    else { return [] }
    var scanner = Scanner(Array(line.dropFirst(4)))
    var users: [UInt32] = []
    while scanner.skipWhite(), let user = scanner.number() {
      users.append(UInt32(truncatingIfNeeded: user))
    }
    return users
  }

  /// Whether its program is a set-user-ID one, which anybody may start as the user whose file it is, with an environment
  /// of his own choice. False where that cannot be told.
  public borrowing func isSetUser(_ pid: Int32) -> Bool {
    // The file may be a dead server's.
    let program = try? folder.followedStatusAsKnown(of: "\(pid)/exe")
    return program.map { $0.permissions & 0o4000 != 0 } ?? false
  }

  /// Reads which control groups a process is in (cgroups(7)).
  public borrowing func readGroups(of pid: Int32, into buffer: inout [UInt8]) -> Int {
    guard let file = try? folder.open("\(pid)/cgroup", .read) else { return 0 }
    return (try? file.readAll(into: &buffer, atMost: 1 << 16)) ?? 0
  }

  /// The open descriptor by which a process holds a device, or nil when it holds none or is not ours to
  /// look at.
  public borrowing func descriptor(of pid: Int32, forAnyOf devices: [DeviceNumber]) -> Int32? {
    try? findDescriptor(of: pid) { file in
      file.kind == .characterDevice && devices.contains { $0 == file.node }
    }
  }

  /// Whether a process has a file open; nil when it is not ours to look at, or gone.
  public borrowing func hasOpen(_ file: FileStatus, _ pid: Int32) -> Bool? {
    do throws(SystemError) {
      return try findDescriptor(of: pid) { $0.isSame(as: file) } != nil
    } catch {
      return nil
    }
  }

  private borrowing func findDescriptor(
    of pid: Int32, where isIt: (FileStatus) -> Bool
  ) throws(SystemError) -> Int32? {
    let descriptors = try folder.folder("\(pid)/fd")
    var found: Int32?
    try descriptors.forEachEntry { entry throws(SystemError) in
      guard found == nil, let number = UInt64(leading: Array(entry.bytes)) else { return }
      guard let status = try? descriptors.followedStatusAsKnown(of: "\(number)") else { return }
      if isIt(status) { found = Int32(clamping: number) }
    }
    return found
  }
}

/// A process as /proc lists it: nothing was read of it yet.
public struct ListedProcess: Equatable, Sendable {
  /// Its number.
  public let pid: Int32
  /// The inode of its folder in /proc. The next process with the number gets another one, as long as not 2^32 files of such
  /// file systems were made in between; and so may the same process, when memory was short.
  public let mark: UInt64

  /// The process that is listed so.
  public init(pid: Int32, mark: UInt64) {
    self.pid = pid
    self.mark = mark
  }
}

/// A process table that is opened when it is first needed: most boxes note no processes, and some have no /proc.
public struct LazyProcessTable: ~Copyable {
  private var table: ProcessTable?

  /// A table that is not opened yet.
  public init() {}

  /// Whether this very process has ended; see `ProcessTable.isGone`.
  public mutating func isGone(_ process: ProcessIdentity) throws(SystemError) -> Bool {
    if table == nil { table = try ProcessTable() }
    return try table?.isGone(process) ?? false
  }
}

extension ProcessIdentity {
  /// The process that asks.
  public static func own() throws(SystemError) -> ProcessIdentity {
    guard let status = try ProcessTable().status(of: getpid()) else {
      throw SystemError.noSuchProcess
    }
    return status.identity
  }
}
