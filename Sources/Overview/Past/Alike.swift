import LinuxCalls
import Watchdog

/// What the program of a heart did before it was ended, and how often it was the same.
struct Alike {
  let name: Name
  /// "a futex", as evidence has it.
  let doing: String
  var count: Int
  /// How often anything was kept of this heart.
  var of: Int

  /// "web: 3 of 4 times: a futex: a lock or a condition of its own".
  var words: String {
    let often = of == 1 ? "once" : "\(count) of \(of) times"
    return "\(name.text): \(often): \(doing.printable)"
  }

  /// Counts, the most frequent first.
  static func count(_ lines: [Incident.Line], in period: Span) -> [Alike] {
    var kept: [Alike] = []
    for line in lines where line.time >= period.begin && line.time <= period.end {
      guard let doing = line.member(Incident.doingMember), let name = line.name else { continue }
      kept.append(Alike(name: name, doing: doing, count: 1, of: 0))
    }
    // What is alike lies beside each other then.
    kept.sort { $0.name == $1.name ? $0.doing.precedes($1.doing) : $0.name < $1.name }
    var found: [Alike] = []
    for group in kept.runs(where: { $0.name == $1.name }) {
      for same in group.runs(where: { $0.doing.isEqual(to: $1.doing) }) {
        found.append(
          Alike(name: same[0].name, doing: same[0].doing, count: same.count, of: group.count))
      }
    }
    return found.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
  }
}
