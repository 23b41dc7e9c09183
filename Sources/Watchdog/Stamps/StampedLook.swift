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
  private let notes: Notes
  private var buffer: [UInt8] = []
  private var known: [ProcessIdentity] = []
  private var spared: [ControlGroup] = []

  /// How often the processes are listed for one look, at most: on a box that starts some all the time there
  /// is always a new one.
  private static let mostLists = 10

  /// The processes that are noted in pids with this stamp.
  struct Notes {
    /// For the heart that is looked for.
    var meant: [ProcessIdentity] = []
    /// For others.
    var others: [ProcessIdentity] = []
  }

  /// - Parameters:
  ///   - heart: whose processes are looked for; nil for those of all.
  ///   - notes: the processes that are noted with this stamp.
  init(_ stamp: Stamp, of heart: Name?, notes: Notes) {
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
    var entries = try judgeAll(table)
    inherit(&entries)
    let exempt = StampedLook.ancestors(of: ThisProcess.pid, in: entries)
    spared = entries.filter { exempt.contains($0.status.identity.pid) }.compactMap { $0.group }
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

  /// Whether a control group holds somebody who must live: this process or an ancestor of it, which may be
  /// in another group.
  func spares(_ group: ControlGroup) -> Bool {
    spared.contains { $0.path.isEqual(to: group.path) }
  }

  /// The groups that are made for these hearts where nothing else is in the way, be they there or not.
  func usualGroups(on mount: ControlGroup.Mount) -> [ControlGroup] {
    let root = ControlGroup(path: "/")
    if let heart { return [stamp.group(of: heart, in: root)] }
    return stamp.group(in: root).children(on: mount)
  }

  /// The control groups of these processes.
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

  /// What all processes say of themselves, by number.
  ///
  /// A list of numbers is old before the last of them was looked at. One that ends after a few milliseconds,
  /// and leaves a child that does the same, would never be met, and would seem to be gone: so they are listed
  /// again until all were looked at before, which takes only a moment for the few who are new.
  private mutating func judgeAll(
    _ table: borrowing ProcessTable
  ) throws(SystemError) -> [Entry] {
    var entries: [Entry] = []
    for _ in 0..<StampedLook.mostLists {
      var fresh: [Entry] = []
      var isComplete = true
      try table.forEachProcess { pid throws(SystemError) in
        guard StampedLook.place(of: pid, in: entries) == nil else { return }
        isComplete = false
        guard let status = try table.status(of: pid) else { return }
        fresh.append(judge(status, table))
      }
      if isComplete { break }
      entries += fresh
      entries.sort { $0.status.identity.pid < $1.status.identity.pid }
    }
    return entries
  }

  /// What a process says of itself. Its number may have come to mean another process between its status and
  /// the rest: whoever sends a signal sees to it that the status still holds.
  private mutating func judge(_ status: ProcessStatus, _ table: borrowing ProcessTable) -> Entry {
    var entry = Entry(status: status)
    let pid = status.identity.pid
    if known.contains(status.identity) { entry.proof = .earlierLook }
    if notes.meant.contains(status.identity) { entry.proof = .note }
    // The program of another heart may have been started by one of this, and have overwritten its environment.
    if notes.others.contains(status.identity) { entry.isOthers = true }
    var count = table.readEnvironment(of: pid, into: &buffer)
    if count == 0, status.threads > 1 {
      count = table.readEnvironment(ofThreadsOf: pid, into: &buffer)
    }
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
