import LinuxCalls

/// /run/watchdog: the folder whose files are all that the tools know of each other.
///
/// Its folders are made when they are missing, so a box needs no preparation after boot. Each must belong
/// to root, or to the user of a private one, and be writable by nobody else: what was only opened to others is put right
/// (`Folder.putRight`).
public struct StateFolder: ~Copyable {
  /// The folders in it.
  public enum Part: Literal, CaseIterable, Sendable {
    /// Touched by the programs.
    case beats
    /// What is wrong: a file for each program that needs help.
    case problems
    /// When programs were last started.
    case starts
    /// As which processes programs were last started.
    case pids
    /// By what the programs prove whose they are. Nobody else may look into it.
    case keys
    /// What was tried last for each problem.
    case attempts
    /// Touched by the tools of the chain.
    case alive
    /// What the watching tools know of their own watching.
    case vigils
    /// What was last read of each heart, for when it cannot be read.
    case known
    /// Maintenance of single hearts.
    case holds
    /// Mistakes that were told already.
    case complaints
    /// When helpers were last started.
    case lives
    /// Evidence on its way to the disk.
    case evidence
    /// Files that are held locked by a running helper.
    case locks
    /// Files being written. Nothing in here means anything.
    case drafts
    /// Files that are given up where there is no room for what has to be noted.
    case reserve

    /// Its permissions: by most of them programs of users come to what is theirs.
    var permissions: UInt32 { self == .keys ? 0o700 : 0o755 }
  }

  let folder: Folder
  private let isDry: Bool
  private let put: PutRight

  /// What was put right in it since this was asked last, in sentences.
  func takeMended() -> [String] { put.take() }

  /// Where it is.
  public var path: String { folder.path }

  /// Opens the state folder, which is made when it is missing.
  ///
  /// - Parameter isDry: makes nothing; what is missing fails.
  public init(_ roots: Roots, isDry: Bool = false) throws(Failure) {
    let path = roots.state
    let put = PutRight()
    folder = try StateFolder.explain(
      path, nil, isDry, put, { () throws(SystemError) in try Folder(path: path) },
      { () throws(SystemError) in try Folder(path: ".").makeFolder(path, mode: 0o755) })
    self.isDry = isDry
    self.put = put
  }

  /// Opens the state folder to look at it only: nothing is made, and it may be anybody's.
  ///
  /// - Returns: nil when it is missing: no tool has run since boot.
  public static func toLookAt(_ roots: Roots) throws(Failure) -> StateFolder? {
    guard let folder = try Folder.ifThere(roots.state) else { return nil }
    return StateFolder(folder)
  }

  private init(_ folder: consuming Folder, isDry: Bool = true, _ put: PutRight = PutRight()) {
    self.folder = folder
    self.isDry = isDry
    self.put = put
  }

  /// The same folder once more, for another holder of it.
  borrowing func again() throws(Failure) -> StateFolder {
    StateFolder(try folder.reopened(), isDry: isDry, put)
  }

  /// Opens a part of it, which is made when it is missing.
  public borrowing func open(_ part: Part) throws(Failure) -> Folder {
    let opened = try open("\(part.name)", in: folder, part)
    if part == .keys {
      try attempt(to: "close \(opened.path) to others", opened.close(to: part.permissions))
    }
    return opened
  }

  /// Opens a folder in the folder of complaints, for one tool.
  borrowing func openComplaints(of tool: StaticString) throws(Failure) -> Folder {
    try open("\(tool)", in: try open(.complaints), .complaints)
  }

  /// Makes sure that nobody else could have written into the state folder and these parts of it, as far as they are
  /// there.
  borrowing func checkIsSafe(_ parts: Part...) throws(Failure) {
    try folder.checkIsSafe()
    for part in parts {
      if let status = try folder.look(at: "\(part.name)") {
        try status.checkIsSafe(at: "\(path)/\(part.name)")
      }
    }
  }

  /// Opens a part of it to read, or says nil when it is missing: for users that may not make it.
  public borrowing func openIfThere(_ part: Part) throws(Failure) -> Folder? {
    try attempt(to: "open \(path)/\(part.name)", unless(.noSuchFile, folder.folder("\(part.name)")))
  }

  /// What a file directly in the state folder holds; nil when it is missing.
  public borrowing func read(_ name: String, atMost limit: Int) throws(Failure) -> [UInt8]? {
    try folder.read(name, atMost: limit)
  }

  /// Replaces a file directly in the state folder, as a whole.
  @inline(never)
  public borrowing func replace(_ name: String, _ text: String) throws(Failure) {
    try Drafts(in: self).keep(name, in: folder, text)
  }

  /// Dates a file of the state folder with the present.
  ///
  /// - Returns: whether it is there.
  borrowing func touch(_ name: String) throws(Failure) -> Bool {
    try attempt(to: "touch \(path)/\(name)", unless(.noSuchFile, folder.touch(name)) != nil)
  }

  /// Removes a file directly in the state folder, if it is there.
  public borrowing func remove(_ name: String) throws(Failure) { try folder.clear(name) }

  /// What a file directly in the state folder is, or nil when it is missing.
  public borrowing func status(of name: String) throws(Failure) -> FileStatus? {
    try folder.look(at: name)
  }

  private borrowing func open(
    _ name: String, in parent: borrowing Folder, _ part: Part
  ) throws(Failure) -> Folder {
    try StateFolder.explain(
      "\(parent.path)/\(name)", part, isDry, put,
      { () throws(SystemError) in try parent.folder(name) },
      { () throws(SystemError) in try parent.makeFolder(name, mode: part.permissions) })
  }

  /// Opens a folder, or makes it: with permissions by which programs of users come to their beats, whatever umask cron
  /// has.
  private static func explain(
    _ path: String, _ part: Part?, _ isDry: Bool, _ put: PutRight,
    _ open: () throws(SystemError) -> Folder,
    _ make: () throws(SystemError) -> Folder
  ) throws(Failure) -> Folder {
    let folder: Folder
    do throws(SystemError) {
      folder = try open()
    } catch {
      let isMissing = error == .noSuchFile
      if !isMissing || isDry {
        let cure = isMissing ? "a dry run makes nothing" : nil
        throw Failure.unable(to: "open \(path)", error, cure: cure)
      }
      folder = try attempt(to: "make \(path)", make)
    }
    try folder.putRight(part, isDry: isDry, put)
    return folder
  }
}

extension Roots {
  /// Where a part of the state folder is.
  public func path(of part: StateFolder.Part) -> String { "\(state)/\(part.name)" }
}
