import LinuxCalls
import Watchdog

/// What the history tells of how long programs take from a start to their first beat.
struct SeenStarts {
  /// Of one heart.
  struct Starts {
    /// The longest one that ended in a beat.
    var longest: Duration = .zero
    /// How many in a row, up to the last one, were given up because no beat came.
    var inVain = 0
    /// What the last of these was allowed.
    var triedLimit: Duration = .zero
    /// When it was started last, CLOCK_REALTIME.
    fileprivate var started: Duration?
  }

  /// In the order of the names.
  private(set) var starts: [Starts]
  private let names: [Name]

  /// Reads it.
  ///
  /// - Parameters:
  ///   - names: of hearts, sorted.
  ///   - lines: the newest last.
  init(of names: [Name], in lines: [Incident.Line]) {
    self.names = names
    starts = names.map { _ in Starts() }
    for line in lines {
      guard let event = line.event, let name = line.name,
        let index = names.index(of: name, by: { $0 })
      else {
        continue
      }
      look(at: line, event, &starts[index])
    }
  }

  private func look(at line: Incident.Line, _ event: Incident.Event, _ starts: inout Starts) {
    switch event {
    case .solved:
      starts.started = line.date(.started)
      guard let started = starts.started, let beat = line.date(.beat) else { return }
      starts.longest = max(starts.longest, beat - started)
      starts.inVain = 0
    case .noticed:
      // Late for the time since its start: no beat came.
      guard let started = starts.started, let since = line.date(.since),
        (since - started).magnitude <= .seconds(2)
      else {
        starts.started = nil
        starts.inVain = 0
        return
      }
      starts.inVain += 1
      starts.triedLimit = line.date(.deadline).map { $0 - since } ?? .zero
    case .recovered:
      // The beat came after all, up to two seconds before that was seen.
      if let started = starts.started, starts.inVain > 0, event == .recovered(how: .beats) {
        starts.longest = max(starts.longest, line.time - started - .seconds(2))
      }
      starts.inVain = 0
    default: return
    }
  }
}
