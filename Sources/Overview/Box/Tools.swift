import Linux
import Watchdog

/// The tools, by the names under which files speak of them.
enum Tools {
  static let feeder = "kwatchdog-feeder"
  static let ticker = "each-second"
  /// Those that are run each second.
  static let ticked = ["mark-problems", "solve-problems", "check-solutions"]
  /// Those by which a file is known to be about this chain.
  static let own = ticked + [feeder, ticker]
  /// All but watchdog-chain.
  static let chain = own + ["beat", "run-stamped", "kill-stamped"]
  static let all = chain + ["watchdog-chain"]
}

extension [String] {
  /// Whether one of them is this text, byte for byte.
  func has(_ text: String) -> Bool { contains { $0.isEqual(to: text) } }
}

extension Name: Comparable {
  /// In the order of their bytes.
  public static func < (one: Name, other: Name) -> Bool {
    one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
  }
}
