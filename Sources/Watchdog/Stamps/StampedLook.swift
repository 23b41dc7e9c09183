import LinuxCalls

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
  private let hearts: [StampedHeart]
  private let mount: ControlGroup.Mount?
  private let helpers = ChainHelpers()
  private var environments: EnvironmentLook
  private var entries = StampedEntries()
  private var begun: Duration?
  private var buffer = [UInt8](repeating: 0, count: 4096)
  private var known: [StampedProcess] = []
  private var spared: [ControlGroup] = []
  /// Where the groups of the stamp are. There may be thousands to look for them in, and only run-stamped makes one.
  private var places: [String] = []

  /// How often the processes are listed for one look, at most: on a box that starts some all the time there
  /// is always a new one.
  private static let mostLists = 10
  /// How long a process that was found to be nobody's is taken for that.
  private static let memory: Duration = .seconds(1)

  /// - Parameters:
  ///   - heart: whose processes are looked for; nil for those of all.
  ///   - hearts: all of which anything was started.
  ///   - mount: where control groups can be seen.
  init(_ stamp: Stamp, of heart: Name?, _ hearts: [StampedHeart], mount: ControlGroup.Mount?) {
    self.stamp = stamp
    self.heart = heart
    self.hearts = hearts
    self.mount = mount
    environments = EnvironmentLook(stamp, hearts)
  }

  /// The processes whose environment could not be read in time, and the user of each; nil for one of root.
  var hung: [(pid: Int32, user: UInt32?)] { environments.hung }

  /// Looks at all processes: those that are meant and alive, without this one and its ancestors, the chain's own
  /// helpers, and what is spared.
  ///
  /// - Parameter now: CLOCK_MONOTONIC.
  mutating func look(
    _ table: borrowing ProcessTable, at now: Duration
  ) throws(SystemError) -> [StampedProcess] {
    if begun.map({ now - $0 > StampedLook.memory }) ?? true {
      entries.removeAll { _ in true }
      environments.beginAnew()
      places = mount?.places(ofGroupsNamed: stamp.folder) ?? []
      begun = now
    }
    try judgeAll(table)
    guard entries.all.contains(where: { $0.own != nil }) else { return [] }
    try entries.readParents(table)
    entries.inherit()
    // What descends from a helper descends from cron, and not from a program.
    while entries.takeOut(where: { helpers.contains($0, table) }) { entries.inherit() }
    let exempt = entries.ancestors(of: ThisProcess.pid)
    let left = entries.leftAlive(by: hearts, table)
    spared = []
    known = []
    for (index, entry) in entries.all.enumerated() {
      let isLeft = exempt.contains(entry.process.pid) || left[index]
      if isLeft || entry.isHelper, let group = entry.group { spared.append(group) }
      guard let sign = entry.sign, let status = entry.status, !status.isDead, !isLeft,
        !isCopyOfOurs(status)
      else { continue }
      known.append(
        StampedProcess(
          identity: status.identity, command: status.command,
          state: status.state, sign: sign, group: entry.group))
    }
    return known
  }

  /// Whether it is a copy of this process that read for it, and hangs.
  private func isCopyOfOurs(_ status: ProcessStatus) -> Bool {
    status.parent == ThisProcess.pid
      && entries.place(of: ThisProcess.pid).map {
        entries.all[$0].status?.command == status.command
      } ?? false
  }

  /// Whether a control group holds what must live: this process or an ancestor of it, which may be
  /// in another group, a helper of the chain, or what is spared.
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
    entries.removeAll { $0.own != nil || $0.sign != nil || !$0.isSure }
    for _ in 0..<StampedLook.mostLists {
      let fresh = try entries.keepListed(in: table)
      entries.add(try judge(fresh, table))
      try judgeMembers(table)
      if fresh.isEmpty { return }
    }
  }

  /// Judges those that are in a group of the stamp, and have not shown that by themselves. One that has come since
  /// the list was made is judged at once: by the time of the next list it may have ended, and left another.
  private mutating func judgeMembers(_ table: borrowing ProcessTable) throws(SystemError) {
    var members: [ListedProcess] = []
    for pid in places.flatMap(ControlGroup.Mount.processes(below:)) {
      guard let place = entries.place(of: pid) else {
        members.append(ListedProcess(pid: pid, mark: 0))
        continue
      }
      let entry = entries.all[place]
      if entry.own ?? .claim == .claim, !entry.isOthers { members.append(entry.process) }
    }
    entries.add(try judge(members, areMembers: true, table))
  }

  /// What processes say of themselves; none for those that are gone. A number may have come to mean another process
  /// between its status and the rest: the sender of a signal sees to it that the status still holds.
  private mutating func judge(
    _ processes: [ListedProcess], areMembers: Bool = false, _ table: borrowing ProcessTable
  ) throws(SystemError) -> [StampedEntry] {
    let first = environments.look(at: processes.map { $0.pid }, asksThreads: false, table)
    var judged: [StampedEntry] = []
    var suspects: [StampedEntry] = []
    for (process, shown) in zip(processes, first) {
      var entry = StampedEntry(process: process)
      if shown == .others, !areMembers, !isNoted(process.pid) {
        judged.append(entry)
        continue
      }
      guard let status = try table.status(of: process.pid) else { continue }
      entry.status = status
      // A dead process has no children any more.
      if status.isKernelThread || status.isDead {
        judged.append(entry)
      } else {
        suspects.append(entry)
      }
    }
    // Read again, for what was read before the status may be what another process had.
    let second = environments.look(
      at: suspects.map { $0.process.pid }, asksThreads: true, table)
    for (entry, shown) in zip(suspects, second) { judged.append(finish(entry, shown, table)) }
    return judged
  }

  private mutating func finish(
    _ judged: StampedEntry, _ shown: EnvironmentLook.Shown, _ table: borrowing ProcessTable
  ) -> StampedEntry {
    var entry = judged
    if let before = known.first(where: { $0.identity == entry.status?.identity }) {
      entry.own = before.isClaim ? .claim : .earlierLook
    }
    if let place = hearts.firstIndex(where: { $0.noted == entry.status?.identity }) {
      entry.heart = place
      // The program of another heart may have been started by one of this, and have overwritten its environment.
      if hearts[place].isMeant { entry.own = .note } else { entry.isOthers = true }
    }
    entry.isSure = shown != .nothing
    if case .stamp(let place, let hasKey) = shown {
      believe(&entry, of: place, hasKey, table)
    }
    let count = table.readGroups(of: entry.process.pid, into: &buffer)
    if let group = ControlGroup(parsing: buffer[..<count]), let owner = stamp.owner(of: group),
      let mount, owner.group.isOurs(on: mount)
    {
      let place = hearts.firstIndex { $0.name == owner.heart }
      entry.isOthers = true
      if isMeant(place) {
        if entry.own ?? .claim == .claim { entry.own = .controlGroup }
        entry.heart = entry.heart ?? place
        entry.group = owner.group
      }
    }
    return entry
  }

  /// What an environment with the stamp in it says, as far as that is to be believed.
  private func believe(
    _ entry: inout StampedEntry, of place: Int?, _ hasKey: Bool, _ table: borrowing ProcessTable
  ) {
    let chain = ThisProcess.user
    let owner = place.map { hearts[$0].owner } ?? chain
    let pid = entry.process.pid
    let worth = StampedHeart.worth(
      users: table.users(of: pid), owner: owner, chain: chain, hasKey: hasKey,
      isSetUser: table.isSetUser(pid))
    switch worth {
    case .nothing: return
    case .claim:
      if isMeant(place), entry.own == nil { entry.own = .claim }
    case .proof:
      entry.isOthers = true
      if isMeant(place) { entry.own = .environment }
    }
    if isMeant(place) { entry.heart = place }
  }

  /// Whether a heart is looked for; one that is not in the list, where all are.
  private func isMeant(_ place: Int?) -> Bool {
    place.map { hearts[$0].isMeant } ?? (heart == nil)
  }

  /// Whether a process with this number was noted, or found at the look before.
  private func isNoted(_ pid: Int32) -> Bool {
    known.contains { $0.identity.pid == pid } || hearts.contains { $0.noted?.pid == pid }
  }
}
