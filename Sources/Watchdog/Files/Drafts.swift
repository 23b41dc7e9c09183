import Linux

/// Makes files whole or not at all. They are written in the folder drafts/, which nobody reads, and then
/// linked or renamed to where they mean something; so a tool that is killed half-way leaves at worst a
/// draft, and other folders never hold anything unfinished.
public struct Drafts: ~Copyable {
  private let folder: Folder
  private let tool: StaticString

  /// Of the process that writes, which may be a child of the one that made this value, and outlive it.
  private var name: String { "\(tool).\(ThisProcess.pid)" }

  /// What a new file is made of.
  public struct Contents: Sendable {
    /// Its bytes.
    public var bytes: [UInt8]
    /// Whose it is; nil for the one who makes it.
    public var owner: UInt32?
    /// What it is dated, since 1970; nil for the present.
    public var date: Duration?

    /// Contents of a file that belongs to its maker and is dated with the present.
    public init(_ text: String, owner: UInt32? = nil, date: Duration? = nil) {
      bytes = Array(text.utf8)
      self.owner = owner
      self.date = date
    }
  }

  /// The drafts of the tool of this name, as this process makes them.
  public init(of tool: StaticString, in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.drafts)
    self.tool = tool
  }

  /// Makes `newName`, unless there is something of that name already.
  ///
  /// - Returns: whether it was made.
  public borrowing func create(
    _ newName: String, in target: borrowing Folder, _ contents: Contents
  ) throws(SystemError) -> Bool {
    try write(contents)
    defer { try? folder.remove(name) }
    do throws(SystemError) {
      try folder.link(name, to: newName, in: target)
      return true
    } catch {
      if error == .fileExists { return false }
      throw error
    }
  }

  /// Makes `newName`, instead of what had that name before.
  public borrowing func replace(
    _ newName: String, in target: borrowing Folder, _ contents: Contents
  ) throws(SystemError) {
    try write(contents)
    do throws(SystemError) {
      try folder.rename(name, to: newName, in: target)
    } catch {
      try? folder.remove(name)
      throw error
    }
  }

  /// Writes a file that `publish` puts in its place later: what can fail for want of room fails now.
  borrowing func prepare(_ contents: Contents) throws(SystemError) { try write(contents) }

  /// Puts what was prepared where it means something, instead of what had that name before.
  borrowing func publish(as newName: String, in target: borrowing Folder) throws(SystemError) {
    try folder.rename(name, to: newName, in: target)
  }

  private borrowing func write(_ contents: Contents) throws(SystemError) {
    let file = try create()
    do throws(SystemError) {
      try file.write(contents.bytes)
      if let owner = contents.owner, owner != ThisProcess.user { try file.give(to: owner) }
      if let date = contents.date { try file.date(date) }
    } catch {
      try? folder.remove(name)
      throw error
    }
  }

  private borrowing func create() throws(SystemError) -> Descriptor {
    do throws(SystemError) {
      return try folder.create(name)
    } catch {
      if error != .fileExists { throw error }
      // A killed process had our number: what it left is nobody's.
      try folder.remove(name)
      return try folder.create(name)
    }
  }

  /// Removes what killed tools left behind.
  public borrowing func sweep() throws(SystemError) {
    try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      guard let point = entry.bytes.lastIndex(of: 0x2E) else { return }
      var scanner = Scanner(Array(entry.bytes[(point + 1)...]))
      guard let pid = scanner.number(), scanner.isAtEnd,
        !ProcessTable.hasProcess(Int32(clamping: pid))
      else { return }
      try? folder.remove(String(decoding: entry.bytes, as: UTF8.self))
    }
  }
}
