import Linux

/// /run/watchdog: the folder whose files are all that the tools know of each other.
///
/// Its folders are made when they are missing, so a box needs no preparation after boot. Each must belong
/// to root, or to the user of a private one, and be writable by nobody else.
public struct StateFolder: ~Copyable {
  /// The folders in it.
  public enum Part: Sendable {
    /// Touched by the programs.
    case beats
    /// What is wrong: a file for each program that needs help.
    case problems
    /// When programs were last started.
    case starts
    /// As which processes programs were last started.
    case pids
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
    /// Files that are held locked by a running helper.
    case locks
    /// Files being written. Nothing in here means anything.
    case drafts

    /// As it stands on disk.
    public var name: String {
      switch self {
      case .beats: "beats"
      case .problems: "problems"
      case .starts: "starts"
      case .pids: "pids"
      case .attempts: "attempts"
      case .alive: "alive"
      case .vigils: "vigils"
      case .known: "known"
      case .holds: "holds"
      case .complaints: "complaints"
      case .locks: "locks"
      case .drafts: "drafts"
      }
    }
  }

  /// Where it is.
  public let path: String
  let folder: Folder
  private let isDry: Bool

  /// Opens the state folder, which is made when it is missing.
  ///
  /// - Parameter isDry: makes nothing; what is missing fails.
  public init(_ roots: Roots, isDry: Bool = false) throws(Failure) {
    path = roots.state
    folder = try StateFolder.openOrMake(path, isDry: isDry)
    self.isDry = isDry
  }

  /// Opens the state folder to look at it only: nothing is made, and it may be anybody's.
  ///
  /// - Returns: nil when it is missing: no tool has run since boot.
  public static func toLookAt(_ roots: Roots) throws(Failure) -> StateFolder? {
    do throws(SystemError) {
      return StateFolder(try Folder(path: roots.state), path: roots.state)
    } catch {
      if error == .noSuchFile { return nil }
      throw Failure.unable(to: "open \(roots.state)", error)
    }
  }

  private init(_ folder: consuming Folder, path: String, isDry: Bool = true) {
    self.folder = folder
    self.path = path
    self.isDry = isDry
  }

  /// The same folder once more, for another holder of it.
  borrowing func again() throws(Failure) -> StateFolder {
    let copy = try attempt(to: "open \(path)") { () throws(SystemError) in
      try folder.folder(".")
    }
    return StateFolder(copy, path: path, isDry: isDry)
  }

  /// Opens a part of it, which is made when it is missing.
  public borrowing func open(_ part: Part) throws(Failure) -> Folder {
    try open(part.name, in: folder, path: "\(path)/\(part.name)")
  }

  /// Opens a folder in the folder of complaints, for one tool.
  borrowing func openComplaints(of tool: StaticString) throws(Failure) -> Folder {
    try open(
      "\(tool)", in: try open(.complaints), path: "\(path)/\(Part.complaints.name)/\(tool)")
  }

  /// Opens a part of it to read, or says nil when it is missing: for those who may not make it.
  public borrowing func openIfThere(_ part: Part) throws(Failure) -> Folder? {
    do throws(SystemError) {
      return try folder.folder(part.name)
    } catch {
      if error == .noSuchFile { return nil }
      throw Failure.unable(to: "open \(path)/\(part.name)", error)
    }
  }

  /// When a file in a part of it was touched last, CLOCK_REALTIME; nil when it is missing.
  borrowing func date(of name: Name, in part: Part) throws(Failure) -> Duration? {
    let folder = try openIfThere(part)
    switch folder {
    case .none: return nil
    case .some(let folder):
      return try attempt(to: "look at \(path)/\(part.name)/\(name.text)") {
        () throws(SystemError) in
        try folder.statusIfThere(of: name.text)?.modified
      }
    }
  }

  /// What a file directly in the state folder holds; nil when it is missing.
  public borrowing func read(_ name: String, atMost limit: Int) throws(Failure) -> [UInt8]? {
    try attempt(to: "read \(path)/\(name)") { () throws(SystemError) in
      try folder.readFile(name, atMost: limit)
    }
  }

  /// Replaces a file directly in the state folder, as a whole.
  public borrowing func replace(
    _ name: String, _ text: String, by tool: StaticString
  ) throws(Failure) {
    let drafts = try Drafts(of: tool, in: self)
    try attempt(to: "write \(path)/\(name)") { () throws(SystemError) in
      try drafts.replace(name, in: folder, Drafts.Contents(text))
    }
  }

  /// Removes a file directly in the state folder, if it is there.
  public borrowing func remove(_ name: String) throws(Failure) {
    try attempt(to: "remove \(path)/\(name)") { () throws(SystemError) in
      do throws(SystemError) {
        try folder.remove(name)
      } catch {
        if error != .noSuchFile { throw error }
      }
    }
  }

  /// What a file directly in the state folder is, or nil when it is missing.
  public borrowing func status(of name: String) throws(Failure) -> FileStatus? {
    try attempt(to: "look at \(path)/\(name)") { () throws(SystemError) in
      try folder.statusIfThere(of: name)
    }
  }

  private borrowing func open(
    _ name: String, in parent: borrowing Folder, path: String
  ) throws(Failure) -> Folder {
    let part: Folder
    do throws(SystemError) {
      part = try parent.folder(name)
    } catch {
      if error != .noSuchFile || isDry { throw StateFolder.failure(error, path, isDry) }
      part = try attempt(to: "make \(path)") { () throws(SystemError) in
        try StateFolder.makeFolder(name, in: parent)
      }
    }
    try StateFolder.checkIsSafe(part, path: path)
    return part
  }

  private static func makeFolder(
    _ name: String, in parent: borrowing Folder
  ) throws(SystemError) -> Folder {
    do throws(SystemError) {
      try parent.makeFolder(name)
    } catch {
      // Another tool was quicker.
      if error != .fileExists { throw error }
      return try parent.folder(name)
    }
    let folder = try parent.folder(name)
    // cron may have a umask by which no program of a user could come to its beat.
    try folder.permit(0o755)
    return folder
  }

  private static func failure(_ error: SystemError, _ path: String, _ isDry: Bool) -> Failure {
    let cure = error == .noSuchFile && isDry ? "a dry run makes nothing" : nil
    return Failure.unable(to: "open \(path)", error, cure: cure)
  }

  private static func openOrMake(_ path: String, isDry: Bool) throws(Failure) -> Folder {
    let folder: Folder
    do throws(SystemError) {
      folder = try Folder(path: path)
    } catch {
      if error != .noSuchFile || isDry { throw failure(error, path, isDry) }
      folder = try attempt(to: "make \(path)") { () throws(SystemError) in
        try makeFolder(path, in: Folder(path: "."))
      }
    }
    try checkIsSafe(folder, path: path)
    return folder
  }

  /// Who could write here could hide problems, forge them, or fill the memory.
  static func checkIsSafe(_ folder: borrowing Folder, path: String) throws(Failure) {
    let status = try attempt(to: "look at \(path)") { () throws(SystemError) in
      try folder.status()
    }
    guard status.owner == ThisProcess.user || status.owner == 0 else {
      throw Failure(
        .notPermitted, "it belongs to user \(status.owner)", unableTo: "use \(path)",
        cure: "chown it to root")
    }
    guard !status.isWritableByOthers else {
      throw Failure(
        .notPermitted, "others can write to it", unableTo: "use \(path)",
        cure: "chmod go-w \(path)")
    }
  }
}
