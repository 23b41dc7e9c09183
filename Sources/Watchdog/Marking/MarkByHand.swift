import LinuxCalls

/// A problem that a script detected: `mark-problems --mark NAME "why"`.
public struct MarkByHand: Sendable {
  private let name: Name
  private let problem: Problem
  private let isDry: Bool

  /// Reads it from a command line.
  public init(of name: String, _ arguments: Arguments) throws(Failure) {
    self.name = try Name(operand: name, of: arguments)
    guard arguments.operands.count == 1, arguments.command == nil else {
      throw arguments.mistake("--mark needs one reason, in quotes")
    }
    let detector = arguments.value(of: "detector") ?? "mark-problems --mark"
    guard !detector.utf8.isEmpty, !arguments.operands[0].utf8.isEmpty else {
      throw arguments.mistake("the detector and the reason must not be empty")
    }
    problem = Problem(detector: detector, reason: arguments.operands[0])
    isDry = arguments.has("dry-run")
  }

  /// Notes it, unless it is noted already: then the older note stays.
  public func run(_ roots: Roots, _ report: Report) throws(Failure) -> ExitCode {
    let state = try StateFolder(roots, isDry: isDry)
    let problems = try Problems(in: state)
    if isDry {
      let has = try problems.has(name)
      Console.write(
        has ? "\(name.text) is a problem already\n" : "would mark \(name.text): \(problem.reason)\n"
      )
      return .success
    }
    try problems.noteFound(problem, for: name, with: Drafts(in: state), roots, report)
    return .success
  }
}
