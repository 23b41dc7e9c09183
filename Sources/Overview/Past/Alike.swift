import Linux
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
    var found: [Alike] = []
    for line in lines where line.time >= period.begin && line.time <= period.end {
      guard let doing = line.member(Incident.doingMember), let name = line.name else { continue }
      if let index = found.firstIndex(where: { $0.name == name && $0.doing.isEqual(to: doing) }) {
        found[index].count += 1
      } else {
        found.append(Alike(name: name, doing: doing, count: 1, of: 0))
      }
    }
    for index in found.indices {
      found[index].of = found.filter { $0.name == found[index].name }.reduce(0) { $0 + $1.count }
    }
    return found.sorted { ($0.count, $1.name) > ($1.count, $0.name) }
  }

  var json: JSON {
    .object([
      ("name", .string(name.text)), ("doing", .string(doing)), ("times", .number("\(count)")),
      ("of", .number("\(of)")),
    ])
  }
}
