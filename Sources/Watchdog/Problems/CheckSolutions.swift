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
      // A restart that is not to be had is the next rung of the ladder: this tool stops being alive.
      complaints.raise(about: "restart-system", error.sentence, level: .error, drafts: drafts)
      result = error.code
    }
    if isDry { return result }
    complaints.settle()
    if result == .success { try watch.touch(with: drafts) }
    return result
  }

  private mutating func mend() throws(Failure) {
    let last = try SystemRestart.lastRun(in: state)
    if case .runs(let process, let begun) = last {
      try superviseRestart(last, process, begun: begun)
    } else if let overdue = try oldestProblem(since: last.begun) {
      try restart(
        after: last,
        "problem \(overdue.name.text) is unsolved for \(overdue.age.inSeconds) s: restarting the system"
      )
    }
  }

  /// The problem that is unsolved for the longest time beyond the limit; nil when there is none. A
  /// restart of everything gives each problem the full time once more.
  private mutating func oldestProblem(since restart: Duration) throws(Failure) -> Overdue? {
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
      guard let age = try age(of: name, since: restart), age > allowed,
        try !removeIfRecovered(name)
      else { return }
      if oldest.map({ $0.age < age }) ?? true { oldest = Overdue(name: name, age: age) }
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
    let now = watch.look()
    guard let noticed = try problems.read(name) else { return true }
    // Where it cannot be told the problem stands.
    let isWell = try? Recovery(roots, state).hasHappened(
      to: name, noticed.problem, noticed: noticed.date, vigil: watch.vigil, now: now)
    guard isWell == true else { return false }
    if isDry {
      Console.write("would remove problem \(name.text): it beats again\n")
    } else {
      try problems.remove(name)
      report.say(.notice, "problem \(name.text) is over: it beats again by itself")
    }
    return true
  }

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
    try restart(after: last, "\(words): killed, running it again")
  }

  private mutating func restart(
    after last: SystemRestart.LastRun, _ reason: String
  ) throws(Failure) {
    if isDry {
      Console.write("would run \(roots.config)/restart-system: \(reason)\n")
      return
    }
    let restart = try SystemRestart(roots, in: state)
    if try restart.start(after: last, with: drafts) { report.say(.error, reason) }
  }

  private mutating func setting(_ setting: Setting) -> Duration {
    do throws(Failure) {
      return try Settings(roots).read(setting, complaints: &complaints, drafts: drafts)
    } catch {
      complaints.raise(
        about: "settings", "\(error.sentence): using the usual values", drafts: drafts)
      return .seconds(setting.usual)
    }
  }
}
