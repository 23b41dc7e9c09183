import Linux

/// Finds the processes that were started for this chain, or for one of its hearts.
///
/// A process belongs to the hearts that its control group, its environment and pids/NAME name. One that is
/// named by none of them, because it overwrote its environment, belongs to what its parent belongs to.
///
/// A look begins where the one before ended: a process that was found to be nobody's is not read again for a second.
/// Only run-stamped could make it ours, and that is then as good as begun after the look. To read one file of each
/// process is most of what a look costs, so no other is read of those whose environment shows no stamp.
struct StampedLook: ~Copyable {
  private let stamp: Stamp
  private let heart: Name?
  private let stampEntry: [UInt8]
  private let heartEntry: [UInt8]
  private let leaving: [Name]
  private let notes: Notes
  private let mount: ControlGroup.Mount?
  private var entries: [Entry] = []
  private var begun: Duration = .zero
  private var buffer: [UInt8] = []
  private var known: [ProcessIdentity] = []
  private var spared: [ControlGroup] = []

  /// How often the processes are listed for one look, at most: on a box that starts some all the time there
  /// is always a new one.
  private static let mostLists = 10
  /// How long a process that was found to be nobody's is taken for that.
  private static let memory: Duration = .seconds(1)

  /// The processes that are noted in pids with this stamp.
  struct Notes {
    /// For the heart that is looked for.
    var meant: [ProcessIdentity] = []
    /// For others.
    var others: [ProcessIdentity] = []
  }

  /// - Parameters:
  ///   - heart: whose processes are looked for; nil for those of all.
  ///   - leaving: hearts that are left out of these.
  ///   - notes: the processes that are noted with this stamp.
  ///   - mount: where control groups can be seen.
  init(
    _ stamp: Stamp, of heart: Name?, leaving: [Name], notes: Notes, mount: ControlGroup.Mount?
  ) {
    self.leaving = leaving
    self.stamp = stamp
    self.heart = heart
    self.notes = notes
    self.mount = mount
    stampEntry = Array("\(Stamp.variable)=\(stamp.text)".utf8)
    heartEntry = Array("\(Stamp.heartVariable)=\(heart?.text ?? "")".utf8)
  }

  /// What is known of one process.
  private struct Entry {
    let process: ListedProcess
    /// Read when there is a reason to.
    var status: ProcessStatus?
    var group: ControlGroup?
    /// Why it is meant; nil when it is not.
    var sign: StampedProcess.Sign?
    /// Whether it belongs to other hearts by what is its own, so that its parent's do not count.
    var isOthers = false
    /// Whether all was seen that it shows: one that is about to execute a program has no environment yet.
    var isSure = true
  }

  /// Looks at all processes: those that are meant and alive, without this one and its ancestors.
  ///
  /// - Parameter now: CLOCK_MONOTONIC.
  mutating func look(
    _ table: borrowing ProcessTable, at now: Duration
  ) throws(SystemError) -> [StampedProcess] {
    if now - begun > StampedLook.memory {
      entries = []
      begun = now
    }
    try judgeAll(table)
    guard entries.contains(where: { $0.sign != nil }) else { return [] }
    try readParents(table)
    inherit()
    let exempt = ancestors(of: ThisProcess.pid)
    spared = entries.filter { exempt.contains($0.process.pid) }.compactMap { $0.group }
    var found: [StampedProcess] = []
    for entry in entries {
      guard let sign = entry.sign, let status = entry.status, !status.isDead,
        !exempt.contains(status.identity.pid)
      else { continue }
      found.append(
        StampedProcess(
          identity: status.identity, command: status.command,
          state: status.state, sign: sign, group: entry.group))
    }
    known = found.map { $0.identity }
    return found
  }

  /// Whether a control group holds something that must live: this process or an ancestor of it, which may be
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

  /// Judges every process that there is. Those that come while others are looked at, and end before the list is
  /// made again, would never be met, and would seem to be gone: so they are listed again until all were looked at
  /// before, which takes only a moment for the few that are new.
  private mutating func judgeAll(_ table: borrowing ProcessTable) throws(SystemError) {
    // Those that are meant may have ended since, or have another name.
    entries.removeAll { $0.sign != nil || !$0.isSure }
    for _ in 0..<StampedLook.mostLists {
      var listed: [Entry] = []
      listed.reserveCapacity(entries.count)
      var isComplete = true
      try table.forEachListed { process throws(SystemError) in
        if let place = place(of: process.pid), entries[place].process == process {
          listed.append(entries[place])
          return
        }
        isComplete = false
        if let entry = try judge(process, table) { listed.append(entry) }
      }
      entries = listed
      entries.sort { $0.process.pid < $1.process.pid }
      try judgeMembers(table)
      if isComplete { return }
    }
  }

  /// Judges those that are in a group of the stamp, and have not shown that by themselves. One that has come since
  /// the list was made is judged at once: by the time of the next list it may have ended, and left another.
  private mutating func judgeMembers(_ table: borrowing ProcessTable) throws(SystemError) {
    for pid in mount?.processes(inGroupsNamed: stamp.folder) ?? [] {
      let place = place(of: pid)
      if let place, entries[place].sign != nil || entries[place].isOthers { continue }
      let process = place.map { entries[$0].process } ?? ListedProcess(pid: pid, mark: 0)
      guard let entry = try judge(process, table, isMember: true) else { continue }
      if let place {
        entries[place] = entry
      } else {
        entries.insert(entry, at: entries.partitioningIndex(after: { $0.process.pid < pid }))
      }
    }
  }

  /// What a process says of itself; nil when it is gone. Its number may have come to mean another process between
  /// its status and the rest: whoever sends a signal sees to it that the status still holds.
  private mutating func judge(
    _ process: ListedProcess, _ table: borrowing ProcessTable, isMember: Bool = false
  ) throws(SystemError) -> Entry? {
    let pid = process.pid
    var entry = Entry(process: process)
    var count = table.readEnvironment(of: pid, into: &buffer)
    let isAnothers = count > 0 && !buffer.hasEntry(stampEntry, upTo: count)
    if isAnothers, !isMember, !isNoted(pid) { return entry }

    guard let status = try table.status(of: pid) else { return nil }
    entry.status = status
    // Who is dead has no children any more.
    if status.isKernelThread || status.isDead { return entry }
    if known.contains(status.identity) { entry.sign = .earlierLook }
    if notes.meant.contains(status.identity) { entry.sign = .note }
    // The program of another heart may have been started by one of this, and have overwritten its environment.
    if notes.others.contains(status.identity) { entry.isOthers = true }
    // Read again, for what was read before the status may be what another process had.
    count = table.readEnvironment(of: pid, into: &buffer)
    if count == 0, status.threads > 1 {
      count = table.readEnvironment(ofThreadsOf: pid, into: &buffer)
    }
    entry.isSure = count > 0
    if buffer.hasEntry(stampEntry, upTo: count) {
      entry.isOthers = true
      if heart == nil ? !isLeft(upTo: count) : buffer.hasEntry(heartEntry, upTo: count) {
        entry.sign = .environment
      }
    }
    count = table.readGroups(of: pid, into: &buffer)
    if let group = ControlGroup(parsing: buffer[..<count]), let owner = stamp.owner(of: group) {
      entry.isOthers = true
      if heart.map({ $0 == owner.heart }) ?? !leaving.contains(owner.heart) {
        entry.sign = entry.sign ?? .controlGroup
        entry.group = owner.group
      }
    }
    return entry
  }

  /// Whether what was read of an environment names a heart that is left alone.
  private func isLeft(upTo count: Int) -> Bool {
    leaving.contains {
      buffer.hasEntry(Array("\(Stamp.heartVariable)=\($0.text)".utf8), upTo: count)
    }
  }

  /// Whether a process with this number was noted, or found at the look before.
  private func isNoted(_ pid: Int32) -> Bool {
    known.contains { $0.pid == pid } || notes.meant.contains { $0.pid == pid }
      || notes.others.contains { $0.pid == pid }
  }

  // MARK: What it inherits

  /// Reads which is the parent of which. One that has lost its parent since it was looked at has another one now.
  private mutating func readParents(_ table: borrowing ProcessTable) throws(SystemError) {
    for index in entries.indices where entries[index].status == nil {
      entries[index].status = try table.status(of: entries[index].process.pid)
    }
    for index in entries.indices {
      guard let status = entries[index].status, status.parent > 0, parent(of: status) == nil
      else { continue }
      entries[index].status = try table.status(of: status.identity.pid)
    }
  }

  /// Gives those that say nothing of themselves what their parents are.
  private mutating func inherit() {
    var changed = true
    // A child may stand before its parent: again until nothing changes, which is as often as the longest
    // line of descent goes against the order of the numbers.
    while changed {
      changed = false
      for index in entries.indices where entries[index].sign == nil && !entries[index].isOthers {
        guard let status = entries[index].status, let parent = parent(of: status),
          entries[parent].sign != nil
        else { continue }
        entries[index].sign = .descent
        entries[index].group = nil
        changed = true
      }
    }
  }

  /// Where the parent stands. Who is younger than the child has only got the number that the parent had.
  private func parent(of child: ProcessStatus) -> Int? {
    guard let place = place(of: child.parent), let parent = entries[place].status,
      parent.identity.startTime <= child.identity.startTime
    else { return nil }
    return place
  }

  private func ancestors(of pid: Int32) -> [Int32] {
    var found: [Int32] = []
    var pid = pid
    while let place = place(of: pid), !found.contains(pid) {
      found.append(pid)
      guard let status = entries[place].status else { break }
      pid = status.parent
    }
    return found
  }

  private func place(of pid: Int32) -> Int? {
    let place = entries.partitioningIndex(after: { $0.process.pid < pid })
    return place < entries.count && entries[place].process.pid == pid ? place : nil
  }
}
