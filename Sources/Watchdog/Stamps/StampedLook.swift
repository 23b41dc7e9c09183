import Linux

/// Finds the processes that were started for this chain, or for one of its hearts.
///
/// A process belongs to the hearts that its control group, its environment and pids/NAME name. One that is
/// named by none of them, because it overwrote its environment, belongs to what its parent belongs to.
struct StampedLook: ~Copyable {
  private let stamp: Stamp
  private let heart: Name?
  private let stampEntry: [UInt8]
  private let heartEntry: [UInt8]
  private let notes: [ProcessIdentity]
  private var buffer: [UInt8] = []
  private var known: [ProcessIdentity] = []

  /// - Parameters:
  ///   - heart: whose processes are looked for; nil for those of all.
  ///   - notes: the processes that are noted for it with this stamp.
  init(_ stamp: Stamp, of heart: Name?, notes: [ProcessIdentity]) {
    self.stamp = stamp
    self.heart = heart
    self.notes = notes
    stampEntry = Array("\(Stamp.variable)=\(stamp.text)".utf8)
    heartEntry = Array("\(Stamp.heartVariable)=\(heart?.text ?? "")".utf8)
  }

  /// What is known of one process.
  private struct Entry {
    let status: ProcessStatus
    var group: ControlGroup?
    /// Why it is meant; nil when it is not.
    var proof: StampedProcess.Proof?
    /// Whether it belongs to other hearts by what is its own, so that its parent's do not count.
    var isOthers = false
  }

  /// Looks at all processes: those that are meant and alive, without this one and its ancestors.
  mutating func look(_ table: borrowing ProcessTable) throws(SystemError) -> [StampedProcess] {
    var entries: [Entry] = []
    try table.forEachProcess { pid throws(SystemError) in
      guard let status = try table.status(of: pid) else { return }
      entries.append(judge(status, table))
    }
    entries.sort { $0.status.identity.pid < $1.status.identity.pid }
    inherit(&entries)
    let exempt = StampedLook.ancestors(of: ThisProcess.pid, in: entries)
    var found: [StampedProcess] = []
    for entry in entries {
      guard let proof = entry.proof, !entry.status.isDead,
        !exempt.contains(entry.status.identity.pid)
      else { continue }
      found.append(
        StampedProcess(
          identity: entry.status.identity, command: entry.status.command,
          state: entry.status.state, proof: proof, group: entry.group))
    }
    known = found.map { $0.identity }
    return found
  }

  /// The control groups of these processes that hold nobody who must live.
  static func groups(of found: [StampedProcess]) -> [ControlGroup] {
    var groups: [ControlGroup] = []
    for process in found {
      guard let group = process.group,
        !groups.contains(where: { $0.path.isEqual(to: group.path) })
      else { continue }
      groups.append(group)
    }
    return groups
  }

  // MARK: What is its own

  /// What a process says of itself. Its number may have come to mean another process between its status and
  /// the rest: whoever sends a signal sees to it that the status still holds.
  private mutating func judge(_ status: ProcessStatus, _ table: borrowing ProcessTable) -> Entry {
    var entry = Entry(status: status)
    let pid = status.identity.pid
    if known.contains(status.identity) { entry.proof = .earlierLook }
    if notes.contains(status.identity) { entry.proof = .note }
    var count = table.readEnvironment(of: pid, into: &buffer)
    if buffer.hasEntry(stampEntry, upTo: count) {
      entry.isOthers = true
      if heart == nil || buffer.hasEntry(heartEntry, upTo: count) { entry.proof = .environment }
    }
    count = table.readGroups(of: pid, into: &buffer)
    if let group = ControlGroup(parsing: buffer[..<count]), let owner = stamp.owner(of: group) {
      entry.isOthers = true
      if heart.map({ $0 == owner.heart }) ?? true {
        entry.proof = entry.proof ?? .controlGroup
        entry.group = owner.group
      }
    }
    return entry
  }

  // MARK: What it inherits

  /// Gives those who say nothing of themselves what their parents are.
  private func inherit(_ entries: inout [Entry]) {
    var changed = true
    // A child may stand before its parent: again until nothing changes, which is as often as the longest
    // line of descent goes against the order of the numbers.
    while changed {
      changed = false
      for index in entries.indices where entries[index].proof == nil && !entries[index].isOthers {
        guard let parent = StampedLook.place(of: entries[index].status.parent, in: entries),
          entries[parent].proof != nil
        else { continue }
        entries[index].proof = .descent
        entries[index].group = nil
        changed = true
      }
    }
  }

  private static func ancestors(of pid: Int32, in entries: [Entry]) -> [Int32] {
    var found: [Int32] = []
    var pid = pid
    while let place = place(of: pid, in: entries), !found.contains(pid) {
      found.append(pid)
      pid = entries[place].status.parent
    }
    return found
  }

  private static func place(of pid: Int32, in entries: [Entry]) -> Int? {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      let here = entries[middle].status.identity.pid
      if here == pid { return middle }
      if here < pid { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
