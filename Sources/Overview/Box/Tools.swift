import LinuxCalls
import Watchdog

/// The tools, by the names under which files speak of them.
enum Tools {
  static let feeder = "\(Tool.feeder.name)"
  static let ticker = "\(Tool.eachSecond.name)"
  /// Those that are run each second.
  static let ticked = Tool.ticked.map { "\($0.name)" }
  /// Those by which a file is known to be about this chain.
  static let own = ticked + [feeder, ticker]
  /// All but watchdog-chain.
  static let chain = Tool.allCases.map { "\($0.name)" }
  static let all = chain + ["watchdog-chain"]
}

extension [String] {
  /// Whether one of them is this text, byte for byte.
  func has(_ text: String) -> Bool { contains { $0.isEqual(to: text) } }
}

/// The names of hearts, programs and the like in a directory, in order; none where nobody may look.
func names(in path: String) -> [Name] {
  ((try? Folder(path: path))?.names() ?? []).compactMap { Name($0) }
}

extension Array {
  /// Where the element of this name is in a list that is sorted by name; nil where there is none. By halves: a thousand
  /// hearts times all lines of the incidents would be too many comparisons.
  func index(of name: Name, by own: (Element) -> Name) -> Int? {
    let place = partitioningIndex { own($0) < name }
    return place < count && own(self[place]) == name ? place : nil
  }
}
