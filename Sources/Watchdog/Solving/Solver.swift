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
    limit = Settings.value(of: .solveTime, roots)
    grace = Settings.value(of: .grace, roots)
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
    let begun = Moment.now().realtime
    var steps: [Incident.Step] = []
    if let noticed = try? problems.read(name)?.date { steps.append(.noticed(noticed)) }
    steps.append(.began(begun))
    do throws(Failure) {
      let how = try solve(&steps)
      try close(how, begun: begun, steps, count)
    } catch {
      Incident(
        .failed, name, by: "\(report.tool)", why: error.sentence, steps: steps, attempt: count
      )
      .note(roots, report)
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
  /// - Parameter steps: what was done and when is added, also when it did not succeed.
  /// - Returns: how, in words.
  private borrowing func solve(_ steps: inout [Incident.Step]) throws(Failure) -> String {
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
    do throws(Failure) {
      try killing.run(grace: grace)
    } catch {
      steps += killing.steps
      throw error
    }
    steps += killing.steps
    let begun = Moment.now().realtime
    steps.append(.started(begun))
    let beats = try state.open(.beats)
    var beat: Duration?
    try RunStamped(name, nil, output: .file(roots.log(of: name)), roots, report)
      .start(watchedFor: Solver.probation) {
        // What beats runs.
        beat = (try? beats.status(of: name.text))?.modified
        return (beat ?? .zero) > begun
      }
    if let beat, beat > begun { steps.append(.beat(beat)) }
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
  private borrowing func close(
    _ how: String, begun: Duration, _ steps: [Incident.Step], _ count: Int
  ) throws(Failure) {
    try Start(roots, state, report).note(name, begun: begun)
    let incident = Incident(
      .solved, name, by: "\(report.tool)", why: how, steps: steps, attempt: count)
    try problems.close(name, incident, roots, report, isDry: false)
  }
}
