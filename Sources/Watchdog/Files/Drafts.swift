import LinuxCalls

/// Makes files whole or not at all. They are written in the folder drafts/, which nobody reads, and then
/// linked or renamed to where they mean something; so a tool that is killed half-way leaves at worst a
/// draft, and other folders never hold anything unfinished.
public struct Drafts: ~Copyable {
  private let folder: Folder
  private var isInside = false

  /// Of the process that writes, which may be a child of the one that made this value, and outlive it. In a folder that
  /// has others' files what a killed one left behind is found by its name.
  private var name: String { isInside ? ".draft" : "draft.\(ThisProcess.pid)" }

  /// What a new file is made of.
  public struct Contents: Sendable {
    /// Its bytes.
    public var bytes: [UInt8]
    /// Whose it is; nil for that of the maker.
    public var owner: UInt32?
    /// Its permissions, as far as the umask lets it have them.
    public var mode: UInt32 = 0o644
    /// What it is dated, since 1970; nil for the present.
    public var date: Duration?

    /// Contents of a file that belongs to its maker and is dated with the present.
    public init(_ text: String, owner: UInt32? = nil, date: Duration? = nil, mode: UInt32 = 0o644) {
      bytes = Array(text.utf8)
      self.mode = mode
      self.owner = owner
      self.date = date
    }
  }

  /// The drafts of this process.
  public init(in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.drafts)
  }

  /// Drafts within a folder that may be on a file system of its own, where none of drafts/ could be linked.
  init(within folder: borrowing Folder) throws(SystemError) {
    self.folder = try folder.again()
    isInside = true
  }

  /// Makes `newName`, unless there is something of that name already.
  ///
  /// - Returns: whether it was made.
  public borrowing func create(
    _ newName: String, in target: borrowing Folder, _ contents: Contents
  ) throws(SystemError) -> Bool {
    var isNew = false
    try makingRoom { () throws(SystemError) in
      _ = try write(contents)
      defer { try? folder.remove(name) }
      isNew = try unless(.fileExists, folder.link(name, to: newName, in: target)) != nil
    }
    return isNew
  }

  /// Makes `newName`, instead of what had that name before. Where there is no room for a draft what is there is written
  /// over: a tool that could not note what it did would do it again, or have its box reset.
  ///
  /// - Parameter isVital: whether the reserve may be given up for it.
  public borrowing func replace(
    _ newName: String, in target: borrowing Folder, _ contents: Contents, isVital: Bool = true
  ) throws(SystemError) {
    try makingRoom(isVital) { () throws(SystemError) in
      do throws(SystemError) {
        try folder.publish(write(contents), name, as: newName, in: target, durably: false)
      } catch {
        // What is to belong to somebody else may belong to a third one.
        guard error.isShortage, contents.owner == nil,
          let file = try unless(.noSuchFile, target.overwrite(newName, contents.bytes))
        else { throw error }
        if let date = contents.date { try file.date(date) }
      }
    }
  }

  /// Makes `newName` with this text, instead of what had that name before, and says what that failed with.
  borrowing func keep(
    _ newName: String, in target: borrowing Folder, _ text: String, isVital: Bool = true
  ) throws(Failure) {
    try attempt(to: "write \(target.path)/\(newName)") { () throws(SystemError) in
      try replace(newName, in: target, Contents(text), isVital: isVital)
    }
  }

  private borrowing func write(_ contents: Contents) throws(SystemError) -> Descriptor {
    try folder.makeDraft(name, mode: contents.mode) { (file) throws(SystemError) in
      try file.write(contents.bytes)
      if let owner = contents.owner, owner != ThisProcess.user { try file.give(to: owner) }
      if let date = contents.date { try file.date(date) }
    }
  }

  // MARK: The reserve

  /// How many files are kept in reserve, each of a page: a problem and its first attempt take three, and leave one.
  private static let reserve = 16

  /// Fills reserve/. In a file system that somebody has filled to the last inode these files are given up, one after the
  /// other, for what has to be noted so that a program is mended.
  borrowing func keepReserve(in state: borrowing StateFolder) {
    // Where one cannot be had, it is as it would be without.
    guard let folder = try? state.open(.reserve) else { return }
    let page = Contents(String(repeating: " ", count: 4096), mode: 0o600)
    for number in 0..<Drafts.reserve where (try? folder.status(of: "\(number)")) == nil {
      try? replace("\(number)", in: folder, page, isVital: false)
    }
  }

  /// Opens a lock file, which is made when it is missing.
  borrowing func lock(_ name: String, in state: borrowing StateFolder) throws(Failure) -> FileLock {
    let locks = try state.open(.locks)
    return try attempt(to: "open \(locks.path)/\(name)") { () throws(SystemError) in
      try makingRoom { () throws(SystemError) in _ = try FileLock(name, in: locks) }
      return try FileLock(name, in: locks)
    }
  }

  /// Does what takes a new file.
  @inline(never)
  private borrowing func makingRoom(
    _ isVital: Bool = true, _ body: () throws(SystemError) -> Void
  ) throws(SystemError) {
    var number = 0
    while true {
      do throws(SystemError) { return try body() } catch {
        guard isVital, error == .noSpace || error == .overQuota, !isInside else { throw error }
        while (try? folder.remove("../\(StateFolder.Part.reserve.name)/\(number)")) == nil {
          number += 1
          if number >= Drafts.reserve { throw error }
        }
      }
    }
  }

  /// Removes what killed tools left behind.
  public borrowing func sweep() throws(SystemError) {
    try folder.forEachEntry { entry throws(SystemError) in
      guard let point = entry.bytes.lastIndex(of: .dot),
        let pid = UInt64(digits: Array(entry.bytes[(point + 1)...])),
        !ProcessTable.hasProcess(Int32(clamping: pid))
      else { return }
      try? folder.remove(entry.bytes.text)
    }
  }
}
