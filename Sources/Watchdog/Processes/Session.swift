import LinuxCalls

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
    for _ in 0..<2 {
      try forEachMember(of: leader.pid, in: table) { member throws(SystemError) in
        try ProcessDescriptor.send([.kill], to: member, in: table)
      }
    }
    try unless(.noSuchProcess, hold.send(.kill))
  }

  /// Sends SIGKILL to those that are in the session that a process began, which is gone, and that have all of
  /// these entries in their environment: another session may have got that number since, and is not meant.
  public static func kill(leftBy leader: Int32, having entries: [String]) throws(SystemError) {
    let table = try ProcessTable()
    var members: [ProcessIdentity] = []
    try forEachMember(of: leader, in: table) { member throws(SystemError) in members.append(member)
    }
    for member in meant(members, having: entries, in: table) {
      try ProcessDescriptor.send([.kill], to: member, in: table)
    }
  }

  /// Those whose environments have these entries. One that cannot be read in time has not.
  private static func meant(
    _ members: [ProcessIdentity], having entries: [String], in table: borrowing ProcessTable
  ) -> [ProcessIdentity] {
    guard !members.isEmpty, var probe = try? Probe(members.count) else { return [] }
    let wanted = entries.map { Array($0.utf8) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<3 {
      let place = try? probe.run(patience: .milliseconds(80), hiding: Stamp.variables) { index in
        let count = table.readEnvironment(of: members[index].pid, into: &buffer)
        return wanted.allSatisfy { buffer.hasEntry($0, upTo: count) } ? 1 : 0
      }
      guard let place else { break }
      probe[place] = 0
    }
    return members.indices.filter { probe[$0] == 1 }.map { members[$0] }
  }

  /// Calls `body` for each member of a session that is alive, but for the one that began it.
  private static func forEachMember(
    of leader: Int32, in table: borrowing ProcessTable,
    _ body: (ProcessIdentity) throws(SystemError) -> Void
  ) throws(SystemError) {
    try table.forEachProcess { pid throws(SystemError) in
      guard pid != leader, let status = try table.status(of: pid), status.session == leader,
        !status.isDead
      else { return }
      try body(status.identity)
    }
  }
}
