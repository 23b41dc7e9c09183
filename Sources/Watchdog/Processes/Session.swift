import Linux

/// All processes that descend from one that began a session and that did not leave it.
public enum Session {
  /// Sends SIGKILL to every process of the session that `leader` began and that it still leads, and to
  /// `leader` itself last, so that the number stands for this session until the end. Does not wait.
  ///
  /// - Throws: when /proc cannot be read. A process that ended meanwhile, also `leader`, is no failure.
  public static func kill(ledBy leader: ProcessIdentity) throws(SystemError) {
    let table = try ProcessTable()
    guard let hold = try unless(.noSuchProcess, ProcessDescriptor(leader, in: table)) else {
      return
    }
    // Stopped, it can neither start others while they are looked for nor end and give its number away.
    guard try unless(.noSuchProcess, hold.send(.stop)) != nil else { return }
    // A member that was starting another one while it was looked for has left one behind: the second
    // look finds it.
    for _ in 0..<2 { try kill(in: table, from: leader.pid) { _, _ in true } }
    try unless(.noSuchProcess, hold.send(.kill))
  }

  /// Sends SIGKILL to those that are in the session that a process began, which is gone, and that have all of
  /// these entries in their environment: another session may have got that number since, and is not meant.
  public static func kill(leftBy leader: Int32, having entries: [String]) throws(SystemError) {
    var buffer: [UInt8] = []
    try kill(in: ProcessTable(), from: leader) { status, table in
      if status.isDead { return false }
      let count = table.readEnvironment(of: status.identity.pid, into: &buffer)
      return entries.allSatisfy { buffer.hasEntry(Array($0.utf8), upTo: count) }
    }
  }

  /// Sends SIGKILL to the members of a session that are meant, but for the one that began it.
  private static func kill(
    in table: borrowing ProcessTable, from leader: Int32,
    where isMeant: (ProcessStatus, borrowing ProcessTable) -> Bool
  ) throws(SystemError) {
    try table.forEachProcess { pid throws(SystemError) in
      guard pid != leader, let status = try table.status(of: pid), status.session == leader,
        isMeant(status, table)
      else { return }
      try ProcessDescriptor.send([.kill], to: status.identity, in: table)
    }
  }
}
