import Linux

/// All processes that descend from one that began a session and that did not leave it.
public enum Session {
  /// Sends SIGKILL to every process of the session that `leader` began and that it still leads, and to
  /// `leader` itself last, so that the number stands for this session until the end. Does not wait.
  ///
  /// - Throws: when /proc cannot be read. A process that ended meanwhile is no failure.
  public static func kill(ledBy leader: ProcessIdentity) throws(SystemError) {
    let table = try ProcessTable()
    let hold = try ProcessDescriptor(leader, in: table)
    // Stopped, it can neither start others while they are looked for nor end and give its number away.
    try hold.send(stopSignal)
    // A member that was starting another one while it was looked for has left one behind: the second
    // look finds it.
    for _ in 0..<2 {
      try table.forEachProcess { pid throws(SystemError) in
        guard pid != leader.pid, let status = try table.status(of: pid),
          status.session == leader.pid
        else { return }
        do throws(SystemError) {
          try ProcessDescriptor(status.identity, in: table).send(killSignal)
        } catch {
          if error != .noSuchProcess { throw error }
        }
      }
    }
    try hold.send(killSignal)
  }

  /// Sends SIGKILL to those who are in the session that a process began, which is gone, and who have all of
  /// these entries in their environment: another session may have got that number since, and is not meant.
  public static func kill(leftBy leader: Int32, having entries: [String]) throws(SystemError) {
    let table = try ProcessTable()
    var buffer: [UInt8] = []
    try table.forEachProcess { pid throws(SystemError) in
      guard let status = try table.status(of: pid), status.session == leader, pid != leader,
        !status.isDead
      else { return }
      let count = table.readEnvironment(of: pid, into: &buffer)
      guard entries.allSatisfy({ buffer.hasEntry(Array($0.utf8), upTo: count) }) else { return }
      do throws(SystemError) {
        try ProcessDescriptor(status.identity, in: table).send(killSignal)
      } catch {
        if error != .noSuchProcess { throw error }
      }
    }
  }
}
