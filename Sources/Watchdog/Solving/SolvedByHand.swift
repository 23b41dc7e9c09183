import LinuxCalls
import Rules

/// A problem that a script solved: `solve-problems --solved NAME "how"`.
public struct SolvedByHand: Sendable {
  private let name: Name
  private let how: String
  private let isDry: Bool

  /// Reads it from a command line.
  public init(by name: String, _ arguments: Arguments) throws(Failure) {
    self.name = try Name(operand: name, of: arguments)
    guard arguments.operands.count <= 1, arguments.command == nil else {
      throw arguments.mistake("--solved takes one sentence, in quotes")
    }
    how = arguments.operands.first ?? "by a script"
    isDry = arguments.has("dry-run")
  }

  /// Removes the problem, if there is one. That of a heart stays until the heart beats: its program is tried from now on.
  public func run(_ roots: Roots, _ report: Report) throws(Failure) -> ExitCode {
    let state = try StateFolder(roots, isDry: isDry)
    let now = Moment.now()
    guard let found = try TroubleLook(roots, state, at: now).find(name) else { return .success }
    if case .heart = found.trouble.promise, found.trouble.detector == .heart {
      if isDry {
        Console.write("would try \(name.text): it is over when its heart beats\n")
        return .success
      }
      return try tryOut(found, Run(roots, report, complains: false), at: now)
    }
    let incident = Incident(
      .solved(how: .byHand), name, by: "\(report.tool)", why: how.printable,
      instants: [(.noticed, found.noticed)])
    try Problems(in: state).close(name, incident, roots, report, isDry: isDry)
    return .success
  }

  private func tryOut(
    _ found: TroubleFound, _ run: Run, at now: Moment
  ) throws(Failure) -> ExitCode {
    let turn = try Attempts.turn(in: run.state)
    try turn.claimInTurn()
    let attempts = try Attempts(in: run.state)
    let before = try attempts.read(name)
    let attempt = Attempt(
      count: before?.attempt.count ?? 0, phase: .tried, time: now.monotonic, waited: .zero,
      beat: found.trouble.beat.date, restart: try LastRestart.read(in: run.state).identity)
    try attempts.keep(AttemptNote(solver: before?.solver, attempt: attempt), for: name)
    try run.noteStart(of: name, begun: now.realtime)
    run.note(.tried(how: .byHand), name, why: how.printable)
    return .success
  }
}
