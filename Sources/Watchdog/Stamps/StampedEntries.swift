import LinuxCalls

/// What a look knows of one process.
struct StampedEntry {
  let process: ListedProcess
  /// Read when there is a reason to.
  var status: ProcessStatus?
  var group: ControlGroup?
  /// Why it is meant, by what is its own; nil when it is not.
  var own: StampedProcess.Sign?
  /// Why it is meant, by what is its own or its parents'.
  var sign: StampedProcess.Sign?
  /// Whose it is, in the list of hearts, where that is known.
  var heart: Int?
  /// Whether it belongs to other hearts, or to nobody, by what is its own, so that its parents' do not count.
  var isOthers = false
  /// Whether it is a helper of the chain.
  var isHelper = false
  /// Whether all was seen that it shows: one that is about to execute a program has no environment yet.
  var isSure = true
}

/// All processes of a look, in the order of their numbers, and which descends from which.
struct StampedEntries {
  private(set) var all: [StampedEntry] = []

  /// Forgets those of which something is so.
  mutating func removeAll(where isSo: (StampedEntry) -> Bool) { all.removeAll(where: isSo) }

  /// Takes in others, each in place of what had its number.
  mutating func add(_ entries: [StampedEntry]) {
    var added: [StampedEntry] = []
    for entry in entries {
      if let place = place(of: entry.process.pid) {
        all[place] = entry
      } else {
        added.append(entry)
      }
    }
    if added.isEmpty { return }
    all += added
    all.sort { $0.process.pid < $1.process.pid }
  }

  /// Forgets those that are not listed any more.
  ///
  /// - Returns: those that are, and were not known.
  mutating func keepListed(
    in table: borrowing ProcessTable
  ) throws(SystemError) -> [ListedProcess] {
    var listed: [StampedEntry] = []
    var fresh: [ListedProcess] = []
    listed.reserveCapacity(all.count)
    try table.forEachListed { process throws(SystemError) in
      if let place = place(of: process.pid), all[place].process == process {
        listed.append(all[place])
      } else {
        fresh.append(process)
      }
    }
    listed.sort { $0.process.pid < $1.process.pid }
    all = listed
    return fresh
  }

  /// Where the process with this number stands; nil when it is not there.
  func place(of pid: Int32) -> Int? {
    let place = all.partitioningIndex(after: { $0.process.pid < pid })
    return place < all.count && all[place].process.pid == pid ? place : nil
  }

  // MARK: Descent

  /// Reads which is whose parent. One that has lost its parent since it was looked at has another one now.
  mutating func readParents(_ table: borrowing ProcessTable) throws(SystemError) {
    for index in all.indices where all[index].status == nil {
      all[index].status = try table.status(of: all[index].process.pid)
    }
    for index in all.indices {
      guard let status = all[index].status, status.parent > 0, parent(of: index) == nil
      else { continue }
      all[index].status = try table.status(of: status.identity.pid)
    }
  }

  /// Gives those that say nothing of themselves what their parents are: first what is proven, then what is only claimed.
  mutating func inherit() {
    for index in all.indices { all[index].sign = all[index].own }
    inherit(.descent) { $0.sign.map { $0 != .claim } ?? false }
    inherit(.claim) { $0.sign != nil }
  }

  /// - Parameter decides: whether what one is, by what is its own or was inherited, counts for those below it.
  private mutating func inherit(_ sign: StampedProcess.Sign, from decides: (StampedEntry) -> Bool) {
    // Each is passed once, however long the lines of descent are that somebody makes.
    var isPassed = [Bool](repeating: false, count: all.count)
    for index in all.indices {
      var line: [Int] = []
      var current = index
      while !isPassed[current], !all[current].isOthers, !decides(all[current]) {
        isPassed[current] = true
        line.append(current)
        guard let parent = parent(of: current) else { break }
        current = parent
      }
      guard decides(all[current]), all[current].sign == .claim ? sign == .claim : sign != .claim
      else { continue }
      for child in line where child != current {
        all[child].sign = sign
        all[child].heart = all[current].heart
        all[child].group = nil
      }
    }
  }

  /// Where the parent stands. A process younger than the child has only got the number that the parent had.
  private func parent(of index: Int) -> Int? {
    guard let child = all[index].status, let place = place(of: child.parent),
      let parent = all[place].status, parent.identity.startTime <= child.identity.startTime
    else { return nil }
    return place
  }

  /// A process and all that it descends from.
  func ancestors(of pid: Int32) -> [Int32] {
    var found: [Int32] = []
    var place = place(of: pid)
    while let index = place, !found.contains(all[index].process.pid) {
      found.append(all[index].process.pid)
      place = parent(of: index)
    }
    return found
  }

  // MARK: What is left alone

  /// Takes out helpers of the chain: cron may have started them although it was itself started by a program.
  ///
  /// - Returns: whether there were any.
  mutating func takeOut(where isHelper: (StampedEntry) -> Bool) -> Bool {
    var found = false
    for index in all.indices where all[index].sign != nil && isHelper(all[index]) {
      all[index].own = nil
      all[index].isOthers = true
      all[index].isHelper = true
      found = true
    }
    return found
  }

  /// What is left alive because of/NAME/spare names its executable, or that of one that it descends from. The program
  /// itself never is.
  func leftAlive(by hearts: [StampedHeart], _ table: borrowing ProcessTable) -> [Bool] {
    var left = [Bool](repeating: false, count: all.count)
    guard hearts.contains(where: { !$0.spared.isEmpty }) else { return left }
    var order: [Int] = []
    for index in all.indices where all[index].sign != nil && all[index].sign != .note {
      order.append(index)
      guard let heart = all[index].heart, !hearts[heart].spared.isEmpty,
        let executable = table.executable(of: all[index].process.pid)
      else { continue }
      left[index] = hearts[heart].spares(executable)
    }
    // Parents come before their children, whatever their numbers are.
    order.sort { start(of: $0) < start(of: $1) }
    for index in order where !left[index] {
      if let parent = parent(of: index) { left[index] = left[parent] }
    }
    return left
  }

  private func start(of index: Int) -> UInt64 { all[index].status?.identity.startTime ?? 0 }
}
