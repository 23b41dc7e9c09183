import LinuxCalls

/// The tools of the chain, in its order, by their names.
public enum Tool: Literal, CaseIterable, Sendable {
  case beat
  case markProblems = "mark-problems"
  case solveProblems = "solve-problems"
  case checkSolutions = "check-solutions"
  case feeder = "kwatchdog-feeder"
  case eachSecond = "each-second"
  case runStamped = "run-stamped"
  case killStamped = "kill-stamped"

  /// Those that are run each second.
  public static var ticked: [Tool] { [.markProblems, .solveProblems, .checkSolutions] }

  /// The tool for people, which is no part of the chain.
  public static let people: StaticString = "watchdog-chain"

  /// Its name, as text.
  public var text: String { "\(name)" }

  /// Whether this is its name.
  public func isNamed(_ name: String) -> Bool { text.isEqual(to: name) }
}
