import LinuxCalls
import Rules

/// Carries what the tools noted to the disk: a process of its own, for the disk may be slow, or never answer, and no
/// tool of the chain may wait for it.
///
/// One works at the most, and one waits. A third one may go: the one that waits has not looked yet, and will see what
/// made the third one come.
public struct Clerk: ~Copyable {
  /// The lock of the one that works.
  static let lock = "clerk"
  /// The lock of the one that waits.
  static let nextLock = "clerk-next"

  private let roots: Roots
  private let report: Report
  private let state: StateFolder
  private let lines: [UInt8]
  private let isStale: Bool

  /// Something that a clerk does, each time and in the order of `all`. Each can be done twice: a clerk may be killed at
  /// any instant, and the next one begins at the first.
  enum Duty: Literal {
    /// The spool is carried to incidents.jsonl, and what of it tells why the box is booted to `left`.
    case incidents
    /// `left` is begun anew after a boot.
    case left
    /// What earlier boots have left of the ladder is read, and what this one comes to is counted.
    case ladder
    /// How close hearts and links came to their limits is carried to the disk.
    case margins
    /// Evidence is carried to the disk, and what pstore kept of the boot before. It is large, so it comes last.
    case evidence

    /// All of them. Counts come first: for them a box waits that is to be rebooted.
    static var all: [Duty] { [.ladder, .incidents, .left, .margins, .evidence] }
  }

  /// Sends a clerk.
  ///
  /// - Parameters:
  ///   - lines: what could not be written into the spool.
  ///   - isStale: whether the device is not fed although that could not be noted in the state folder.
  ///   - patience: how long its end is waited for, so that in the ordinary case the disk has everything when a tool
  ///     exits.
  /// - Returns: whether there is one.
  static func send(
    _ roots: Roots, _ report: Report, lines: [UInt8] = [], isStale: Bool = false, patience: Duration
  ) -> Bool {
    let deadline = Clock.monotonic + patience
    do throws(SystemError) {
      let answer = try Helper.start("watchdog-clerk") { pipe in
        let words = Clerk.work(roots, report.tool, lines: lines, isStale: isStale)
        try? pipe.write(Array(words.utf8))
      }
      guard patience > .zero else { return true }
      let words = answer.readUntilEnd(atMost: 4096, untilMonotonic: deadline)
      // The system's log has it already.
      if !words.isEmpty { Console.write(words.text, to: .error) }
      return true
    } catch {
      // The next run of a tool that looks for the marker sends another.
      if let folder = try? Folder(path: roots.state) { try? folder.remove("\(Marker.booted.name)") }
      return false
    }
  }

  /// Is a clerk, from its beginning to its end.
  ///
  /// - Returns: what went wrong and was not told before, a line each.
  static func work(
    _ roots: Roots, _ tool: StaticString, lines: [UInt8] = [], isStale: Bool = false
  ) -> String {
    let report = Report(tool: tool)
    do throws(Failure) {
      return try Clerk(roots, report, lines: lines, isStale: isStale).work()
    } catch {
      report.say(.error, error.sentence)
      return "\(tool): \(error.sentence)\n"
    }
  }

  private init(_ roots: Roots, _ report: Report, lines: [UInt8], isStale: Bool) throws(Failure) {
    let state = try StateFolder(roots)
    self.roots = roots
    self.report = report
    self.state = state
    self.lines = lines
    self.isStale = isStale
  }

  /// Waits until no clerk works; none does while this value is there.
  static func waitForLock(in state: borrowing StateFolder) throws(Failure) -> FileLock {
    let lock = try state.open(.locks).lock(Clerk.lock)
    try lock.claimInTurn()
    return lock
  }

  private borrowing func work() throws(Failure) -> String {
    let locks = try state.open(.locks)
    // What is not noted here any more has to come to the disk all the same: the boots that end so are counted there.
    let lock = try locks.lock(Clerk.lock, mayBeReadOnly: true)
    if try !lock.claim() {
      let next = try locks.lock(Clerk.nextLock)
      guard try next.claim() else {
        if lines.isEmpty { return "" }
        throw Failure(
          .tryLater, "neither memory nor disk takes it", unableTo: "write down an incident")
      }
      try lock.claimInTurn()
    }
    // Whatever comes of it: a disk that fails must not be tried each second.
    try? state.set(.booted)
    let words = try perform()
    _ = consume lock
    return words
  }

  private borrowing func perform() throws(Failure) -> String {
    let drafts = try Drafts(in: state)
    var complaints = try Complaints(report, of: "clerk", in: state)
    var obstacles: [String] = []
    for duty in Duty.all {
      do throws(Failure) {
        try perform(duty)
      } catch {
        // A disk that is gone is the same to all of them.
        if obstacles.contains(where: { $0.isEqual(to: error.sentence) }) { continue }
        obstacles.append(error.sentence)
        complaints.raise(
          about: "\(duty.name)", error.sentence, level: .error, drafts: drafts)
      }
    }
    complaints.settle()
    return complaints.said.map { "\(report.tool): \($0)\n" }.joined()
  }

  private borrowing func perform(_ duty: Duty) throws(Failure) {
    switch duty {
    case .incidents: try carry()
    case .ladder: try Ledger(roots, system: "/sys").carry(isStale: isStale)
    case .left: try LeftBehind.keep([], of: Boot.name(), in: roots.openData())
    case .margins: try Margins.carry(roots, state)
    case .evidence:
      if roots.isOfBox { try Pstore.keep(in: state, roots: roots) }
      try EvidenceStore.carry(roots, state)
    }
  }

  // MARK: Incidents

  private borrowing func carry() throws(Failure) {
    let boot = Boot.name()
    if !lines.isEmpty {
      let data = try roots.openData()
      try data.append(lines, to: Incident.file, isUrgent: true)
      try LeftBehind.keep(Spool.lines(of: lines), of: boot, in: data)
    }
    while let load = try take() {
      let data = try roots.openData()
      try data.append(
        load.bytes, to: Incident.file, isUrgent: Clerk.isUrgent(load.lines),
        mayHavePart: load.isLeftOver)
      try LeftBehind.keep(load.lines, of: boot, in: data)
      try attempt(to: "remove \(state.path)/\(Spool.taken)", Spool.drop(in: state.folder))
    }
  }

  private borrowing func take() throws(Failure) -> Spool.Load? {
    try attempt(to: "read \(state.path)/\(Spool.file)", Spool.take(in: state.folder))
  }

  private static func isUrgent(_ lines: [[UInt8]]) -> Bool {
    lines.contains { Incident.Line($0)?.kind?.isUrgent ?? false }
  }
}
