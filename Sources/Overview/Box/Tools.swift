import LinuxCalls
import Watchdog

/// The tools, by the names under which files speak of them.
enum Tools {
  /// Those that are run each second.
  static let ticked = Tool.ticked.map { $0.text }
  /// Those by which a file is known to be about this chain.
  static let own = ticked + [Tool.feeder.text, Tool.eachSecond.text]
  /// All but watchdog-chain.
  static let chain = Tool.allCases.map { $0.text }
  static let all = chain + ["\(Tool.people)"]
}

extension Tool {
  /// Whether this is its name.
  func isNamed(_ name: Name) -> Bool { isNamed(name.text) }
}
