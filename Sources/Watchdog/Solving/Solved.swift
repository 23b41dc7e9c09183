import Linux

/// A problem that a script solved: `solve-problems --solved NAME "how"`.
public struct Solved: Sendable {
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

  /// Removes the problem, if there is one.
  public func run(_ roots: Roots, _ report: Report) throws(Failure) -> ExitCode {
    let state = try StateFolder(roots, isDry: isDry)
    let problems = try Problems(in: state)
    if try problems.has(name), let (_, date) = try problems.read(name) {
      let incident = Incident(
        .solved, name, by: "\(report.tool)", why: how.printable, steps: [.noticed(date)])
      try problems.close(name, incident, roots, report, isDry: isDry)
    }
    return .success
  }
}
