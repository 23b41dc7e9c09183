import Linux

/// What check-solutions does in a run: sees to it that problems do not grow old.
public struct CheckSolutions: ~Copyable {
  private let roots: Roots
  private let state: StateFolder
  private let problems: Problems
  private let drafts: Drafts
  private var watch: Watch
  private var complaints: Complaints
  private let report: Report
  private let isDry: Bool

  /// A problem that is older than it may become.
  private struct Overdue {
    let name: Name
    let age: Duration
    let limit: Duration
  }

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots, isDry: isDry)
    let problems = try Problems(in: state)
    let drafts = try Drafts(of: report.tool, in: state)
    let watch = try Watch(of: report.tool, in: state)
    let complaints = try Complaints(report, in: state, isDry: isDry)
    self.roots = roots
    self.state = state
    self.problems = problems
    self.drafts = drafts
    self.watch = watch
    self.complaints = complaints
    self.report = report
    self.isDry = isDry
  }

  /// Looks at the problems, and runs restart-system when one is too old.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public mutating func run() throws(Failure) -> ExitCode {
    var result = ExitCode.success
    do throws(Failure) {
      try mend()
    } catch {
      // Who cannot do his work is not alive. A reboot that is due comes by this as well.
      complaints.raise(about: "restart-system", error.sentence, level: .error, drafts: drafts)
      result = error.code
    }
    if isDry { return result }
    complaints.settle()
    if result == .success { try watch.touch(with: drafts) }
    return result
  }

  private mutating func mend() throws(Failure) {
    let now = watch.look()
    let hold = try Hold.read(in: state, now: now.monotonic)
    let isHeld = hold?.rest(at: now.monotonic) != nil
    if !isHeld, let why = try RebootDue.read(in: state), try !forgetReboot(at: now) {
      throw Climb.isDue(why)
    }
    let last = try SystemRestart.lastRun(in: state)
    if case .runs(let process, let begun) = last {
      try superviseRestart(last, process, begun: begun)
    } else if let overdue = try oldestProblem(since: last.begun, holdEnd: hold?.end), !isHeld {
      try climb(
        after: last,
        "problem \(overdue.name.text) is unsolved for more than \(overdue.limit.wholeSeconds) s")
    }
  }

  /// The problem that is unsolved for the longest time beyond the limit; nil when there is none. A
  /// restart of everything and the end of a hold give each problem the full time once more.
  private mutating func oldestProblem(
    since restart: Duration, holdEnd: Duration?
  ) throws(Failure) -> Overdue? {
    var limit: Duration?
    var oldest: Overdue?
    let folder = try attempt(to: "open the problems") { () throws(SystemError) in
      try problems.folder.folder(".")
    }
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read the problems", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      let allowed = limit ?? setting(.solveWithin)
      limit = allowed
      guard var age = try age(of: name, since: restart) else { return }
      if let holdEnd { age = min(age, watch.look().monotonic - holdEnd) }
      guard age > allowed, try !removeIfRecovered(name) else { return }
      if oldest.map({ $0.age < age }) ?? true {
        oldest = Overdue(name: name, age: age, limit: allowed)
      }
    }
    return oldest
  }

  private mutating func age(of name: Name, since restart: Duration) throws(Failure) -> Duration? {
    while true {
      let now = watch.look()
      let status = try attempt(to: "look at problems/\(name.text)") { () throws(SystemError) in
        try problems.folder.statusIfThere(of: name.text)
      }
      guard let status else { return nil }
      guard status.kind == .file else {
        complaints.raise(
          about: "problems-\(name.text)",
          "problems/\(name.text) is passed over: it is \(status.kind.words): remove it",
          drafts: drafts)
        return nil
      }
      guard watch.wasQuick(since: now) else { continue }
      let noticed = watch.vigil.age(of: status.modified, at: now)
      return min(noticed, watch.vigil.age(of: restart, at: now))
    }
  }

  /// A program that got well by itself is no reason to restart everything, and its problem is over.
  private mutating func removeIfRecovered(_ name: Name) throws(Failure) -> Bool {
    guard let noticed = try problems.read(name) else { return true }
    let now = watch.look()
    return try problems.removeIfRecovered(
      name, noticed, state, vigil: watch.vigil, now: now, roots, report, isDry: isDry)
  }

  /// Where no device is armed nothing reboots the box. When all was mended meanwhile the reboot is no longer due: a
  /// device that is armed later must find the chain alive. The watch ended when this tool was no longer alive, so the
  /// clock has to tell; where it was set a box that is well is left alone too soon, or later.
  ///
  /// - Returns: whether it is forgotten.
  private mutating func forgetReboot(at now: Moment) throws(Failure) -> Bool {
    guard let noted = try RebootDue.date(in: state),
      now.realtime - noted > setting(.deviceTimeout) + CheckSolutions.patience,
      try problems.areNone()
    else { return false }
    if isDry { return true }
    try RebootDue.clear(in: state)
    report.say(.notice, "no device has rebooted the box, and nothing is wrong any more: going on")
    return true
  }

  /// How much longer than its timeout an armed device may take.
  private static let patience: Duration = .seconds(60)

  private mutating func superviseRestart(
    _ last: SystemRestart.LastRun, _ process: ProcessIdentity, begun: Duration
  ) throws(Failure) {
    let limit = setting(.restartWithin)
    let age = watch.vigil.age(of: begun, at: watch.look())
    guard age > limit else { return }
    let words =
      "restart-system (process \(process.pid)) has not ended within \(limit.wholeSeconds) s"
    if isDry {
      Console.write("\(words): would kill it and run it again\n")
      return
    }
    try attempt(to: "kill process \(process.pid)") { () throws(SystemError) in
      do throws(SystemError) {
        try Session.kill(ledBy: process)
      } catch {
        if error != .noSuchProcess { throw error }
      }
    }
    let isGone = try attempt(to: "look at process \(process.pid)") { () throws(SystemError) in
      let deadline = Moment.now().monotonic + .milliseconds(500)
      return try ProcessDescriptor.waitForEnd(of: process, untilMonotonic: deadline)
    }
    guard isGone else {
      // It waits in the kernel. Another one beside it would only join it there.
      throw Failure(.tryLater, "\(words) and cannot be killed: waiting for it")
    }
    try climb(after: last, "\(words) and was killed")
  }

  private mutating func climb(
    after last: SystemRestart.LastRun, _ reason: String
  ) throws(Failure) {
    if let why = StandDown.read(roots, complaints: &complaints, drafts: drafts) {
      complaints.raise(
        about: "stood-down",
        "stood down, so nothing is restarted until watchdog-chain resume: \(why)",
        drafts: drafts)
      return
    }
    let ladder = ladder()
    var climb = try Climb(ladder, roots, state, report)
    let now = watch.look()
    if isDry {
      Console.write("\(climb.describe(reason, at: now))\n")
      return
    }
    if case .waits(let why) = try climb.step(reason, after: last, at: now, state, drafts) {
      complaints.raise(about: "ladder", why, drafts: drafts)
    }
  }

  private mutating func ladder() -> Ladder {
    Ladder(
      minimumUptime: setting(.minimumUptime),
      restartsBeforeReboot: Int(setting(.restartsBeforeReboot).wholeSeconds),
      restartsWindow: setting(.restartsWindow),
      rebootsBeforeStandingDown: Int(setting(.rebootsBeforeStandingDown).wholeSeconds),
      rebootsWindow: setting(.rebootsWindow))
  }

  private mutating func setting(_ setting: Setting) -> Duration {
    Settings.read(setting, roots, complaints: &complaints, drafts: drafts)
  }
}
