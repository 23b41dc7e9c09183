import Linux

/// What solve-problems does in a run: for each problem it begins an attempt to solve it, waits for its turn, or
/// kills an attempt that takes too long. It waits for none of them.
public struct SolveProblems: ~Copyable {
  private let roots: Roots
  private let state: StateFolder
  private let problems: Problems
  private let attempts: Attempts
  private let drafts: Drafts
  private let turn: Turn
  private var watch: Watch
  private var complaints: Complaints
  private let report: Report
  private let isDry: Bool
  private var failure: ExitCode?
  /// How many solvers this run has started.
  private var begun = 0
  /// How many it starts at the most. When everything is broken at once, the next ones come with the next run:
  /// a box that is short of processes must not be given thousands.
  private static let most = 50
  /// Why nothing is begun; nil when things are.
  private var standstill: String??

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    let state = try StateFolder(roots, isDry: isDry)
    let problems = try Problems(in: state)
    let attempts = try Attempts(in: state, report.tool)
    let drafts = try Drafts(of: report.tool, in: state)
    let turn = try Turn(in: state)
    let watch = try Watch(of: report.tool, in: state)
    let complaints = try Complaints(report, in: state, isDry: isDry)
    self.roots = roots
    self.state = state
    self.problems = problems
    self.attempts = attempts
    self.drafts = drafts
    self.turn = turn
    self.watch = watch
    self.complaints = complaints
    self.report = report
    self.isDry = isDry
  }

  /// Looks at each problem.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public mutating func run() throws(Failure) -> ExitCode {
    // Another run is at it: it looks at the same problems.
    guard try turn.tryTo() else { return .success }
    let folder = try attempt(to: "open the problems") { () throws(SystemError) in
      try problems.folder.folder(".")
    }
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read the problems", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      do throws(Failure) {
        try lookAfter(name)
      } catch {
        failure = failure ?? error.code
        complaints.raise(
          about: "failed-\(name.text)", error.sentence, level: .error, drafts: drafts)
      }
    }
    if isDry { return failure ?? .success }
    complaints.settle()
    if let failure { return failure }
    try watch.touch(with: drafts)
    return .success
  }

  private mutating func lookAfter(_ name: Name) throws(Failure) {
    let now = watch.look()
    // What is no file check-solutions complains of.
    guard let noticed = try problems.read(name) else { return }
    let last = try attempts.read(name)
    let solver = try runningSolver(of: last)
    if solver == nil,
      try problems.removeIfRecovered(
        name, noticed, state, vigil: watch.vigil, now: now, roots, report, isDry: isDry)
    {
      return
    }
    let limit = setting(.solveTime)
    let step = Attempt.next(
      after: last, isRunning: solver != nil,
      problemAge: watch.vigil.age(of: noticed.date, at: now), hasBeaten: try hasBeaten(name),
      limit: limit, now: now.monotonic)
    switch step {
    case .wait: return
    case .kill:
      if let solver { try kill(solver, of: name, limit: limit, count: last?.count ?? 1) }
    case .begin(let count):
      guard begun < SolveProblems.most, canBeSolved(name) else { return }
      if let why = try whyNothingIsBegun() {
        complaints.raise(about: "standstill", why, level: .notice, drafts: drafts)
        return
      }
      begun += 1
      try begin(name, count: count, after: last)
    }
  }

  /// Whether the heart beat after its program was started last, as far as anybody knows.
  private borrowing func hasBeaten(_ name: Name) throws(Failure) -> Bool {
    let beat = try state.date(of: name, in: .beats)
    let start = try state.date(of: name, in: .starts)
    guard let beat, let start else { return true }
    return beat >= start
  }

  private func runningSolver(of last: Attempt?) throws(Failure) -> ProcessIdentity? {
    guard let solver = last?.solver else { return nil }
    let isGone = try attempt(to: "look at process \(solver.pid)") { () throws(SystemError) in
      try ProcessTable().isGone(solver)
    }
    return isGone ? nil : solver
  }

  // MARK: What keeps it from beginning

  /// Whether somebody said how: a program or a solution. One that must not be run is found out by the solver.
  private mutating func canBeSolved(_ name: Name) -> Bool {
    for folder in ["solutions", "programs"] {
      if (try? Folder(path: "/").status(of: "\(roots.config)/\(folder)/\(name.text)")) != nil {
        return true
      }
    }
    complaints.raise(
      about: "unsolvable-\(name.text)",
      "nobody can solve \(name.text): write \(roots.config)/programs/\(name.text), which runs it, or "
        + "\(roots.config)/solutions/\(name.text), which mends it", drafts: drafts)
    return false
  }

  /// Why nothing is begun at present; looked at when there is something to begin, and once a run.
  private mutating func whyNothingIsBegun() throws(Failure) -> String? {
    if let standstill { return standstill }
    let why = try lookForStandstill()
    standstill = .some(why)
    return why
  }

  private mutating func lookForStandstill() throws(Failure) -> String? {
    let now = watch.look().monotonic
    if let hold = try Hold.read(in: state, now: now), hold.rest(at: now) != nil {
      return "on hold (\(hold.reason)): solving nothing"
    }
    if let why = StandDown.read(roots, complaints: &complaints, drafts: drafts) {
      return "stood down, solving nothing: \(why)"
    }
    if case .runs = try SystemRestart.lastRun(in: state) {
      return "the system is being restarted: solving nothing meanwhile"
    }
    return nil
  }

  // MARK: Attempts

  /// Starts a solver. It notes itself before it becomes one, while we have the turn: so however this run ends,
  /// there are neither two of them nor one that nobody knows of.
  private mutating func begin(_ name: Name, count: Int, after last: Attempt?) throws(Failure) {
    if isDry {
      Console.write("would begin attempt \(count) to solve \(name.text)\n")
      return
    }
    if let crashed = last?.solver { try endLeftovers(of: crashed, name) }
    let stamp = try Stamp(in: state, keep: true, tool: report.tool)
    let log = LogFile.open(
      Console.isTerminal(.error) ? .kept : .file(roots.log(of: name)), report)
    let command = [ThisProcess.executable, "--solve", name.text]
    try attempt(to: "run \(command[0])") { () throws(SystemError) in
      let child = try Child(command, apart: .session) { () throws(SystemError) in
        try attempts.begin(name, count: count)
        Priority.restore()
        roots.export()
        ThisProcess.lookBesideFirst()
        ThisProcess.setEnvironment(Stamp.variable, stamp.text)
        ThisProcess.setEnvironment(Stamp.heartVariable, name.text)
        switch log {
        case .some(let log): try ThisProcess.sendOutput(to: log)
        case .none: break
        }
      }
      _ = consume child
    }
  }

  private func kill(
    _ solver: ProcessIdentity, of name: Name, limit: Duration, count: Int
  ) throws(Failure) {
    let words =
      "solving \(name.text) (process \(solver.pid)) takes longer than \(limit.wholeSeconds) s"
    if isDry {
      Console.write("\(words): would kill it\n")
      return
    }
    let isGone = try attempt(to: "kill process \(solver.pid)") { () throws(SystemError) in
      do throws(SystemError) {
        try Session.kill(ledBy: solver)
      } catch {
        if error != .noSuchProcess { throw error }
      }
      let deadline = Moment.now().monotonic + .milliseconds(200)
      return try ProcessDescriptor.waitForEnd(of: solver, untilMonotonic: deadline)
    }
    guard isGone else { throw Failure(.tryLater, "\(words) and cannot be killed: waiting for it") }
    try endLeftovers(of: solver, name)
    try attempt(to: "write attempts/\(name.text)") { () throws(SystemError) in
      try attempts.end(name, count: count)
    }
    Incident(.failed, name, by: "\(report.tool)", why: words, attempt: count).note(roots, report)
    report.say(.error, "\(words): killed")
  }

  /// Ends what a solution started, after its solver was killed: those that are in the solver's session still
  /// and have in their environment that they were started for this problem.
  private func endLeftovers(of solver: ProcessIdentity, _ name: Name) throws(Failure) {
    let stamp = try Stamp(in: state, keep: true, tool: report.tool)
    try attempt(to: "end what process \(solver.pid) left behind") { () throws(SystemError) in
      try Session.kill(
        leftBy: solver.pid,
        having: ["\(Solver.variable)=\(stamp.text)", "\(Stamp.heartVariable)=\(name.text)"])
    }
  }

  private mutating func setting(_ setting: Setting) -> Duration {
    Settings.read(setting, roots, complaints: &complaints, drafts: drafts)
  }
}
