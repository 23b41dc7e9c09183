import Linux

/// Whether an executable may be run with the rights of the tool that finds it: cron's own rule.
///
/// It, and every folder above it, must belong to root or to the user running the tool, and nobody else may
/// write them. A folder with the sticky bit, such as /tmp, may be written by others: they cannot exchange
/// what is not theirs in it. A symbolic link is followed, and what it leads through is held to the same.
public enum Trust {
  /// Looks at everything that leads to `path`, which must be absolute.
  ///
  /// - Throws: the first thing that somebody else could change, or that makes it no executable.
  public static func check(executable path: String) throws(Failure) {
    let parts = try resolve(path)
    var walked = ""
    for (index, part) in parts.enumerated() {
      walked += "/\(part)"
      try check(walked, isLast: index == parts.count - 1)
    }
  }

  private static func check(_ path: String, isLast: Bool) throws(Failure) {
    let status = try look(at: path)
    guard status.owner == 0 || status.owner == ThisProcess.user else {
      throw refusal(path, "it belongs to user \(status.owner)", "chown root \(path)")
    }
    guard isLast else {
      if status.isWritableByOthers && !status.isSticky {
        throw refusal(path, "others can write to this folder", "chmod go-w \(path)")
      }
      return
    }
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
    Failure(.notPermitted, "unable to run \(path): \(reason): \(cure)")
  }

  private static func look(at path: String) throws(Failure) -> FileStatus {
    try attempt(to: "run \(path)") { () throws(SystemError) in
      try Folder(path: "/").status(of: path)
    }
  }

  /// The parts of a path without links: each link on the way is replaced by what it points to.
  private static func resolve(_ path: String) throws(Failure) -> [String] {
    var waiting = split(path)
    var resolved: [String] = []
    var links = 0
    while !waiting.isEmpty {
      let part = waiting.removeFirst()
      if part.isEqual(to: "..") {
        _ = resolved.popLast()
        continue
      }
      resolved.append(part)
      let walked = "/" + resolved.joined(separator: "/")
      guard try look(at: walked).kind == .symbolicLink else { continue }
      links += 1
      guard links <= 40 else {
        throw Failure.unable(to: "run \(path)", .symbolicLink)
      }
      let target = try attempt(to: "read the link \(walked)") { () throws(SystemError) in
        try Folder(path: "/").linkTarget(of: walked)
      }
      resolved.removeLast()
      if target.first == 0x2F { resolved = [] }
      waiting = split(String(decoding: target, as: UTF8.self)) + waiting
    }
    return resolved
  }

  private static func split(_ path: String) -> [String] {
    path.utf8.split(separator: 0x2F)
      .filter { !$0.elementsEqual([0x2E]) }
      .map { String(decoding: Array($0), as: UTF8.self) }
  }
}
