import LinuxCalls

/// Whether an executable may be run with the rights of the tool that finds it: cron's own rule.
///
/// It, and every folder above it, must belong to root or to the user running the tool, and nobody else may
/// write them. A folder with the sticky bit, such as /tmp, may be written by others: they cannot exchange
/// what is not theirs in it. A symbolic link is followed, and what it leads through is held to the same.
public enum Trust {
  /// Looks at everything that leads to `path`, which must be absolute.
  ///
  /// - Parameter user: the one that is going to run it.
  /// - Throws: the first thing that somebody else could change, or that makes it no executable.
  public static func check(
    executable path: String, as user: UInt32 = ThisProcess.user
  ) throws(Failure) {
    let (end, status) = try walk(path, as: user)
    guard status.kind != .folder else {
      throw refusal(path, "it is a directory", "put an executable in its place")
    }
    try checkExecutable(end, status)
  }

  /// Looks at a folder, which `path` leads to, and at everything on the way there: whether what is in it could be
  /// run.
  ///
  /// - Parameter user: the one that is going to run it.
  /// - Throws: the first thing that somebody else could change, or that makes it no folder.
  public static func check(
    folder path: String, as user: UInt32 = ThisProcess.user
  ) throws(Failure) {
    let (_, status) = try walk(path, as: user)
    guard status.kind == .folder else {
      throw refusal(path, "it is \(status.kind.words)", "put a directory in its place")
    }
  }

  /// Follows a path, and any links on the way.
  ///
  /// - Returns: where it ends, without links, and what is there.
  private static func walk(
    _ path: String, as user: UInt32
  ) throws(Failure) -> (end: String, status: FileStatus) {
    var waiting = path.pathParts
    var walked: [String] = []
    var links = 0
    var last = try look(at: "/")
    while !waiting.isEmpty {
      let part = waiting.removeFirst()
      if part.isEqual(to: ".") { continue }
      if part.isEqual(to: "..") {
        _ = walked.popLast()
        last = try look(at: "/" + walked.joined(separator: "/"))
        continue
      }
      walked.append(part)
      let here = "/" + walked.joined(separator: "/")
      last = try look(at: here)
      try checkOwner(of: here, last, user)
      switch last.kind {
      case .symbolicLink:
        links += 1
        guard links <= 40 else { throw Failure.unable(to: "run \(path)", .symbolicLink) }
        let target = try attempt(
          to: "read the link \(here)", Folder(path: "/").linkTarget(of: here))
        walked = target.first == .slash ? [] : Array(walked.dropLast())
        waiting = target.text.pathParts + waiting
      case .folder:
        if last.isWritableByOthers && !last.isSticky {
          throw refusal(here, "others can write to this directory", "chmod go-w \(here)")
        }
      default: if waiting.isEmpty { return (here, last) }
      }
    }
    return ("/" + walked.joined(separator: "/"), last)
  }

  private static func checkOwner(
    of path: String, _ status: FileStatus, _ user: UInt32
  ) throws(Failure) {
    guard status.owner == 0 || status.owner == user else {
      throw refusal(path, "it belongs to user \(status.owner)", "chown root \(path)")
    }
  }

  private static func checkExecutable(_ path: String, _ status: FileStatus) throws(Failure) {
    if status.isWritableByOthers {
      throw refusal(path, "others can write to it", "chmod go-w \(path)")
    }
    guard status.kind == .file else {
      throw refusal(path, "it is \(status.kind.words)", "remove it")
    }
    guard status.permissions & 0o111 != 0 else {
      throw refusal(path, "it is not executable", "chmod +x \(path)")
    }
  }

  private static func refusal(_ path: String, _ reason: String, _ cure: String) -> Failure {
    Failure(.notPermitted, reason, unableTo: "run \(path)", cure: cure)
  }

  private static func look(at path: String) throws(Failure) -> FileStatus {
    try attempt(to: "run \(path)", FileStatus.at(path))
  }
}
