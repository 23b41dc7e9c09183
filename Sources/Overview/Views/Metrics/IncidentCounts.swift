import Linux
import Watchdog

/// How often everything happened, as counters of Prometheus are: they grow, and when logrotate has begun a new file
/// they begin anew.
struct IncidentCounts {
  /// What happens to hearts.
  static let eventsOfHearts: [Incident.Event.Kind] = [
    .noticed, .tried, .solved, .recovered, .failed,
  ]

  /// How often each of `Incident.Event.Kind.allCases` happened on this box.
  private(set) var ofBox: [Int]
  /// How often each of `eventsOfHearts` happened to each heart, sorted by name.
  private(set) var ofHearts: [(name: Name, counts: [Int])]

  /// Counts the lines of incidents.jsonl.
  ///
  /// - Parameter hearts: those that there are. Others have been, and would be counted for ever.
  init(_ roots: Roots, of hearts: [Name]) throws(Failure) {
    var ofBox = Incident.Event.Kind.allCases.map { _ in 0 }
    var ofHearts = hearts.sorted().map {
      (name: $0, counts: IncidentCounts.eventsOfHearts.map { _ in 0 })
    }
    try Incident.forEachLine(roots) { line in
      guard let event = line.kind,
        let index = Incident.Event.Kind.allCases.firstIndex(of: event)
      else { return }
      ofBox[index] += 1
      if let column = IncidentCounts.eventsOfHearts.firstIndex(of: event), let name = line.name,
        let index = ofHearts.index(of: name, by: { $0.name })
      {
        ofHearts[index].counts[column] += 1
      }
    }
    self.ofBox = ofBox
    self.ofHearts = ofHearts
  }
}
