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

  /// The stretches of elements beside each other that are alike.
  func runs(where isAlike: (Element, Element) -> Bool) -> [[Element]] {
    var runs: [[Element]] = []
    var begin = 0
    for index in indices.dropFirst() where !isAlike(self[index - 1], self[index]) {
      runs.append(Array(self[begin..<index]))
      begin = index
    }
    return isEmpty ? [] : runs + [Array(self[begin...])]
  }
}
