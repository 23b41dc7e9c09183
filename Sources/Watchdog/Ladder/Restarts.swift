import LinuxCalls
import Rules

/// /run/watchdog/restarts: the runs of restart-system in this boot that check-solutions began, a line each; line 1 is the
/// boot. The clerk keeps a copy in /var/lib/watchdog, for the state folder may be lost.
struct Restarts: Sendable {
  /// One run.
  struct Entry: Sendable {
    /// CLOCK_MONOTONIC when it was begun.
    var at: Duration
    /// For which problem.
    var name: Name
    /// Which is known again by this date.
    var noticed: Duration
    /// Whether it could be run at all.
    var ran: Bool
  }

  static let file = "restarts"
  static let largestFile = 65_536
  /// How many lines are kept at the most.
  private static let most = 200

  var entries: [Entry] = []
  private let boot: String

  /// Reads what `text` wrote. Of another boot there were none in this one.
  init(parsing bytes: [UInt8], boot: String) {
    self.boot = boot
    let lines = bytes.lines
    guard let first = lines.first, first.elementsEqual(boot.utf8) else { return }
    for line in lines.dropFirst() {
      var fields = FieldReader(line)
      guard let at = fields.time(), let name = fields.word().flatMap({ Name($0) }),
        let noticed = fields.time(), let ran = fields.number(), fields.isAtEnd
      else { continue }
      entries.append(Entry(at: at, name: name, noticed: noticed, ran: ran == 1))
    }
  }

  var text: String {
    let lines = entries.suffix(Restarts.most).map {
      "\($0.at.field) \($0.name.text) \($0.noticed.field) \($0.ran ? 1 : 0)\n"
    }
    return "\(boot)\n\(lines.joined())"
  }

  /// Reads them.
  static func read(in state: borrowing StateFolder, of boot: ThisBoot) throws(Failure) -> Restarts {
    Restarts(parsing: try state.read(file, atMost: largestFile) ?? [], boot: boot.name)
  }

  /// How many of them did not help a problem.
  ///
  /// - Parameters:
  ///   - noticed: its date, by which it is known.
  ///   - seen: how many restarts there were while it stood.
  func count(
    for name: Name, noticed: Duration, seen: Int, on ladder: Ladder, at now: Duration
  ) -> Int {
    let own = entries.map {
      let isOfSame = $0.name == name
      return Ladder.Restart(
        age: now - $0.at, isOfSame: isOfSame, stands: isOfSame && $0.noticed == noticed)
    }
    return ladder.count(own, seen: seen)
  }
}
