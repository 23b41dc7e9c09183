import LinuxCalls
import Watchdog

/// How often everything happened, as counters of Prometheus are: they grow, and when logrotate has begun a new file
/// they begin anew.
///
/// What was counted is kept in /run/watchdog/metrics with how far that went, so that each minute only what is new is read.
struct IncidentCounts {
  /// What happens to hearts.
  static let eventsOfHearts: [Incident.Event.Kind] = [
    .noticed, .tried, .solved, .recovered, .failed,
  ]

  /// How often each of `Incident.Event.Kind.allCases` happened on this box.
  private(set) var ofBox = Incident.Event.Kind.allCases.map { _ in 0 }
  /// How often each of `eventsOfHearts` happened to each heart, sorted by name.
  private(set) var ofHearts: [(name: Name, counts: [Int])]
  /// Of which file that is, and how far it went.
  private var place = FilePlace.beginning

  /// Counts the lines of incidents.jsonl.
  ///
  /// - Parameter hearts: those that there are. Others have been, and would be counted for ever.
  init(_ roots: Roots, of hearts: [Name]) throws(Failure) {
    ofHearts = hearts.sorted().map {
      (name: $0, counts: IncidentCounts.eventsOfHearts.map { _ in 0 })
    }
    guard let data = try? Folder(path: roots.data) else { return }
    // Who may not write there counts all of it each time.
    let state = try? StateFolder(roots, isDry: true)
    if let kept = (try? state?.read(IncidentCounts.file, atMost: IncidentCounts.largest)) ?? nil {
      goOn(with: kept, data)
    }
    let before = place
    var (offset, ofBox, ofHearts) = (place.offset, ofBox, ofHearts)
    try data.forEachLine(of: Incident.file, from: &offset) { bytes in
      guard let line = Incident.Line(bytes), let event = line.kind,
        let index = Incident.Event.Kind.allCases.firstIndex(of: event)
      else { return }
      ofBox[index] += 1
      if let column = IncidentCounts.eventsOfHearts.firstIndex(of: event), let name = line.name,
        let index = ofHearts.index(of: name, by: { $0.name })
      {
        ofHearts[index].counts[column] += 1
      }
    }
    (self.ofBox, self.ofHearts) = (ofBox, ofHearts)
    guard let file = try? data.openToRead(Incident.file),
      let reached = try? FilePlace(offset, in: file), reached != before
    else { return }
    place = reached
    try? state?.replace(IncidentCounts.file, text)
  }

  // MARK: What is kept

  private static let file = "metrics"
  /// A hundred thousand hearts.
  private static let largest = 32 << 20

  /// A version that counts something else begins anew.
  private static var words: String {
    (Incident.Event.Kind.allCases + eventsOfHearts).map { "\($0.name)" }.joined(separator: " ")
  }

  private var text: String {
    func numbers(_ all: [Int]) -> String { all.map { "\($0)" }.joined(separator: " ") }
    var text = "\(place.text)\n\(IncidentCounts.words)\n\(numbers(ofBox))\n"
    for (name, counts) in ofHearts where counts.contains(where: { $0 != 0 }) {
      text += "\(name.text) \(numbers(counts))\n"
    }
    return text
  }

  /// Goes on where the last run ended, if the file is still the one that it read.
  private mutating func goOn(with kept: [UInt8], _ data: borrowing Folder) {
    let lines = kept.split(separator: .newline, omittingEmptySubsequences: false)
    func numbers(_ words: [ArraySlice<UInt8>]) -> [Int]? {
      // One that could not be counted on from is none of ours.
      let numbers = words.compactMap { word in
        UInt64(digits: Array(word)).flatMap { $0 < UInt64(Int.max / 2) ? Int($0) : nil }
      }
      return numbers.count == words.count ? numbers : nil
    }
    // The last one is what follows its newline: nothing.
    guard lines.count > 3, lines.last?.isEmpty == true,
      lines[1].elementsEqual(IncidentCounts.words.utf8),
      let box = numbers(lines[2].split(separator: .space)), box.count == ofBox.count,
      let reached = FilePlace(lines[0]), (try? reached.isIn(Incident.file, data)) == true
    else { return }
    for line in lines[3...] {
      let words = line.split(separator: .space)
      guard let name = words.first.flatMap({ Name($0) }),
        let index = ofHearts.index(of: name, by: { $0.name }),
        let counts = numbers(Array(words.dropFirst())),
        counts.count == ofHearts[index].counts.count
      else { continue }
      ofHearts[index].counts = counts
    }
    (ofBox, place) = (box, reached)
  }
}
