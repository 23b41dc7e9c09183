import Linux

/// One attempt to solve one problem, in a process of its own: `solve-problems --solve NAME`. It runs
/// solutions/NAME; where there is none it ends the program of the heart and starts it anew.
///
/// It has the stamp of the chain, so that a restart of everything ends it too.
public struct Solver: ~Copyable {
  /// The variable that what a solution starts has in its environment in place of the stamp: it is not the
  /// program, but is ended when the solver was killed before its time.
  static let variable = "WATCHDOG_SOLVER"

  /// How long a program must run, or until it beats, before its problem counts as solved.
  private static let probation: Duration = .seconds(1)

  private let name: Name
  private let roots: Roots
  private let report: Report
  private let state: StateFolder
  private let problems: Problems
  private let attempts: Attempts
  private let limit: Duration
  private let grace: Duration

  /// Opens what is needed.
  public init(_ name: Name, _ roots: Roots, _ report: Report) throws(Failure) {
    let state = try StateFolder(roots)
    let problems = try Problems(in: state)
    let attempts = try Attempts(in: state, report.tool)
    let settings = try? Settings(roots)
    switch settings {
    case .some(let settings):
      limit = (try? settings.read(.solveTime)) ?? .seconds(Setting.solveTime.usual)
      grace = (try? settings.read(.grace)) ?? .seconds(Setting.grace.usual)
    case .none:
      limit = .seconds(Setting.solveTime.usual)
      grace = .seconds(Setting.grace.usual)
    }
    self.name = name
    self.roots = roots
    self.report = report
    self.state = state
    self.problems = problems
    self.attempts = attempts
  }

  /// Says what would be done.
  public borrowing func describe() -> ExitCode {
    Console.write(
      hasSolution()
        ? "would run \(solution)\n" : "would end all of \(name.text) and start \(program)\n")
    return .success
  }

  /// Makes the attempt.
  ///
  /// - Throws: what stood in the way; the problem stays then.
  public borrowing func run() throws(Failure) {
    let count = try begin()
    do throws(Failure) {
      let begun = Moment.now().realtime
      let how = try solve()
      try close(how, begun: begun)
    } catch {
      Incident(.failed, name, by: "\(report.tool)", why: error.sentence).note(roots, report)
      try end(count)
      throw Failure(error.code, "unable to solve \(name.text): \(error.sentence)")
    }
    try end(count)
  }

  // MARK: The only one

  /// Notes this attempt, unless solve-problems, which started it, did so.
  private borrowing func begin() throws(Failure) -> Int {
    let own = try attempt(to: "read /proc") { () throws(SystemError) in try ProcessIdentity.own() }
    if let last = try attempts.read(name), last.solver == own {
      // A restart of everything that was begun meanwhile ends all that has the stamp. We have it already, so
      // either we see that restart here, or it sees us.
      if case .runs = try SystemRestart.lastRun(in: state) {
        throw Failure(.tryLater, "the system is being restarted: leaving \(name.text) to that")
      }
      return last.count
    }
    let turn = try Turn(in: state)
    try turn.wait()
    let last = try attempts.read(name)
    if let solver = last?.solver, try isRunning(solver) {
      throw Failure(
        .tryLater, "unable to solve \(name.text): process \(solver.pid) is at it already")
    }
    let count = (last?.count ?? 0) + 1
    try attempt(to: "write attempts/\(name.text)") { () throws(SystemError) in
      try attempts.begin(name, count: count)
    }
    return count
  }

  private borrowing func end(_ count: Int) throws(Failure) {
    try attempt(to: "write attempts/\(name.text)") { () throws(SystemError) in
      try attempts.end(name, count: count)
    }
  }

  private func isRunning(_ solver: ProcessIdentity) throws(Failure) -> Bool {
    try attempt(to: "look at process \(solver.pid)") { () throws(SystemError) in
      try !ProcessTable().isGone(solver)
    }
  }

  // MARK: Solving

  private var solution: String { "\(roots.config)/solutions/\(name.text)" }
  private var program: String { "\(roots.config)/programs/\(name.text)" }

  private func hasSolution() -> Bool { (try? Folder(path: "/").status(of: solution)) != nil }

  /// Solves the problem.
  ///
  /// - Returns: how, in words.
  private borrowing func solve() throws(Failure) -> String {
    if hasSolution() {
      try runSolution()
      return "solved by \(solution)"
    }
    guard (try? Folder(path: "/").status(of: program)) != nil else {
      throw Failure(.configuration, "there is neither \(solution) nor \(program)")
    }
    // Looked at before anything is ended: what cannot be started again is better than nothing.
    try Trust.check(executable: program)
    var killing = try KillStamped(name, roots, tool: report.tool)
    try killing.run(grace: grace)
    let begun = Moment.now().realtime
    let beats = try state.open(.beats)
    try RunStamped(name, nil, output: .file(roots.log(of: name)), roots, report)
      .start(watchedFor: Solver.probation) {
        // What beats runs.
        ((try? beats.status(of: name.text))?.modified ?? .zero) > begun
      }
    return "its program was restarted"
  }

  private borrowing func runSolution() throws(Failure) {
    try Trust.check(executable: solution)
    let stamp = try Stamp(in: state, keep: true, tool: report.tool)
    let child = try attempt(to: "run \(solution)") { () throws(SystemError) in
      try Child([solution], apart: .group, endsWithParent: true) { () throws(SystemError) in
        roots.export()
        ThisProcess.unsetEnvironment(Stamp.variable)
        ThisProcess.setEnvironment(Solver.variable, stamp.text)
        ThisProcess.setEnvironment(Stamp.heartVariable, name.text)
      }
    }
    switch child.wait(untilMonotonic: Moment.now().monotonic + limit) {
    case .exited(0): return
    case .some(let end): throw Failure(.software, "\(solution) \(end.words)")
    case nil:
      child.killGroup()
      throw Failure(
        .tryLater, "\(solution) has not ended within \(limit.wholeSeconds) s and was killed")
    }
  }

  // MARK: What comes of it

  /// Notes the start that a solution was, and removes the problem.
  private borrowing func close(_ how: String, begun: Duration) throws(Failure) {
    try Start(roots, state, report).note(name, begun: begun)
    try problems.close(name, .solved, how, roots, report, isDry: false)
  }
}
