import Linux

/// How often everything was restarted, and the box rebooted, as /var/lib/watchdog remembers it.
struct Counters: ~Copyable {
  private(set) var restarts: Counter
  private(set) var reboots: Counter
  private let roots: Roots
  private let boot = Counter.bootName()
  /// Why the disk could not be read: what is there must not be replaced by less.
  private let obstacle: Failure?

  private static let restartsFile = "restarts"
  private static let rebootsFile = "reboots"

  /// Reads them, as far as the disk lets itself be read.
  init(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    let here = try attempt(to: "read \(state.path)/\(Counters.restartsFile)") {
      () throws(SystemError) in
      try state.folder.readFile(Counters.restartsFile, atMost: Counter.largestFile)
    }
    var restarts = Counter(parsing: here ?? [])
    var reboots = Counter()
    var obstacle: Failure?
    do throws(Failure) {
      let data = try DataFolder.toLookAt(roots)
      switch data {
      case .none: break
      case .some(let data):
        let kept = try data.read(Counters.restartsFile, atMost: Counter.largestFile)
        restarts = Counter(parsing: kept ?? []).merged(with: restarts)
        let keptReboots = try data.read(Counters.rebootsFile, atMost: Counter.largestFile)
        reboots = Counter(parsing: keptReboots ?? [])
      }
    } catch {
      // The state folder has the counts of this boot, and before a reboot the time since the last one tells.
      obstacle = error
    }
    self.obstacle = obstacle
    self.restarts = restarts
    self.reboots = reboots
    self.roots = roots
  }

  /// The next rung of the ladder.
  borrowing func next(on ladder: Ladder, at now: Moment) -> Ladder.Rung {
    ladder.next(
      restarts: countOfRestarts(on: ladder, at: now), reboots: countOfReboots(on: ladder, at: now),
      uptime: now.monotonic)
  }

  /// How often everything was restarted in this boot, within the window.
  borrowing func countOfRestarts(on ladder: Ladder, at now: Moment) -> Int {
    restarts.countOfBoot(within: ladder.restartsWindow, at: now, boot: boot)
  }

  /// How often the box was rebooted for this, within the window.
  borrowing func countOfReboots(on ladder: Ladder, at now: Moment) -> Int {
    reboots.count(within: ladder.rebootsWindow, at: now, boot: boot)
  }

  /// Counts a restart, before it is begun. Where the disk does not take it the state folder does: it is lost
  /// with the boot then, and so is what it counts.
  mutating func countRestart(
    at now: Moment, on ladder: Ladder, _ state: borrowing StateFolder, _ drafts: borrowing Drafts
  ) throws(Failure) {
    restarts.add(now: now, boot: boot, keeping: ladder.restartsWindow)
    let text = restarts.text
    do throws(Failure) {
      if let obstacle { throw obstacle }
      try DataFolder(roots).replace(Counters.restartsFile, text)
    } catch {
      try attempt(to: "write \(state.path)/\(Counters.restartsFile)") { () throws(SystemError) in
        try drafts.replace(Counters.restartsFile, in: state.folder, Drafts.Contents(text))
      }
    }
  }

  /// Forgets everything.
  static func forget(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    let data = try DataFolder(roots)
    try data.remove(restartsFile)
    try data.remove(rebootsFile)
    try attempt(to: "remove \(state.path)/\(restartsFile)") { () throws(SystemError) in
      if try state.folder.statusIfThere(of: restartsFile) != nil {
        try state.folder.remove(restartsFile)
      }
    }
  }

  /// Counts a reboot, before it comes.
  mutating func countReboot(at now: Moment, on ladder: Ladder) throws(Failure) {
    if let obstacle { throw obstacle }
    reboots.add(now: now, boot: boot, keeping: ladder.rebootsWindow)
    try DataFolder(roots).replace(Counters.rebootsFile, reboots.text)
  }
}
