import LinuxCalls
import Watchdog

extension [String] {
  /// Whether one of them is this text, byte for byte.
  func has(_ text: String) -> Bool { contains { $0.isEqual(to: text) } }
}

extension Array {
  /// Where the element of this name is in a list that is sorted by name; nil where there is none. By halves: a thousand
  /// hearts times all lines of the incidents would be too many comparisons.
  func index(of name: Name, by own: (Element) -> Name) -> Int? {
    let place = partitioningIndex { own($0) < name }
    return place < count && own(self[place]) == name ? place : nil
  }
}
