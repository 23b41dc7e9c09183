import LinuxCalls

// The state folder and its parts, as an administrator's chmod -R, setfacl -R or chown -R leaves them. A box that is well must
// not be reset for that, nor its programs be restarted because they do not come to their beats any more: what can be put
// right is, and told.

/// What was put right in a run.
final class PutRight {
  private var found: [(mistake: StaticString, paths: [String])] = []

  fileprivate func add(_ mistake: StaticString, _ path: String) {
    let place = found.firstIndex { "\($0.mistake)".isEqual(to: "\(mistake)") }
    if let place { found[place].paths.append(path) } else { found.append((mistake, [path])) }
  }

  /// What was put right since this was asked last: a sentence for each kind, for one command may have changed all of them.
  func take() -> [String] {
    defer { found = [] }
    return found.map { one in
      let others = one.paths.count - 1
      return "\(one.paths[0])\(others > 0 ? " and \(others) more" : "") \(one.mistake)"
    }
  }
}

extension Folder {
  /// Gives a folder of the state the permissions back that it needs: nobody else writes to it, and programs of users come
  /// through it to their beats.
  ///
  /// - Parameters:
  ///   - part: which one; nil for the state folder itself.
  ///   - put: is told of it.
  /// - Throws: why it cannot be used as it is, where it cannot be put right.
  borrowing func putRight(
    _ part: StateFolder.Part?, isDry: Bool, _ put: PutRight
  ) throws(Failure) {
    let found = try attempt(to: "look at \(path)", status())
    // It is in a folder of ours, so nobody else has put it there. What else belongs to others may be full of their files.
    let isTaken = !found.isOurs && part == .beats && ThisProcess.user == 0
    let isOpen = found.isWritableByOthers
    let leadsToBeats = part == nil || part == .beats
    let isShut = leadsToBeats && ThisProcess.user == 0 && found.permissions & 0o001 == 0
    if isDry || !(isTaken || isOpen || isShut) || !isTaken && !found.isOurs {
      return try found.checkIsSafe(at: path)
    }
    let wanted = isShut ? found.permissions & 0o7000 | 0o755 : found.permissions & ~0o022
    do throws(SystemError) {
      if isTaken { try give(to: ThisProcess.user) }
      if wanted != found.permissions { try permit(wanted) }
      if isOpen, part != .beats { try takeFromOthers() }
    } catch {
      return try found.checkIsSafe(at: path)
    }
    put.add(
      isTaken
        ? "belonged to another user: given back to root, which the chain needs"
        : isOpen
          ? "could be written by others: closed to them, which the chain needs"
          : "could not be entered by other users: opened to them, so that their programs can beat",
      path)
  }

  /// Who could write to it may have put files of his own into it, and may write into those that the same command opened to
  /// him. Of beats each belongs to the user that beats.
  private borrowing func takeFromOthers() throws(SystemError) {
    // All names first: tmpfs of some kernels shows a directory that is renamed meanwhile again and again.
    for bytes in try names() {
      let name = bytes.text
      guard let status = try statusIfThere(of: name) else { continue }
      if !status.isOurs, status.kind == .folder {
        try rename(name, to: ".\(name).\(Clock.monotonic.nanoseconds)", in: self)
      } else if !status.isOurs {
        try removeIfThere(name)
      } else if status.kind == .file, status.isWritableByOthers {
        try unless(.noSuchFile, open(name, [.read, .noFollow, .nonBlocking]))?
          .permit(status.permissions & ~0o022)
      }
    }
  }
}
