import LinuxCalls
import Rules

/// /run/watchdog/roll-back: reboots did not help, so the box is to go back to what it ran before, in place of standing
/// down. check-solutions notes it, `watchdog-chain accept` runs /etc/watchdog/roll-back and notes what came of it, and
/// check-solutions goes on from there: so no tool of the chain waits for it.
///
/// Line 1 is how far it came, CLOCK_MONOTONIC when it was decided, and the problem; line 2 is why.
struct RollBackNote {
  /// How far it came.
  enum Phase: Literal, Named {
    /// It is to be run.
    case due
    /// It went well.
    case done
    /// It did not, or must not be run: the box stands down.
    case failed
  }

  var phase: Phase
  let decided: Duration
  let name: Name
  var why: String

  /// Of the note, and of the executable.
  static let file = "roll-back"
  /// Where nothing runs `watchdog-chain accept` within this time, the box stands down.
  static let patience: Duration = .seconds(300)

  private var text: String {
    "\(phase.name) \(decided.field) \(name.text)\n\(noteWords(Array(why.utf8)))\n"
  }

  /// What is noted; nil where nothing is.
  static func read(in state: borrowing StateFolder) throws(Failure) -> RollBackNote? {
    guard let bytes = try state.read(file, atMost: 1024) else { return nil }
    let lines = bytes.lines
    var fields = FieldReader(lines.line(0))
    guard let phase = fields.word().flatMap({ Phase(named: $0) }),
      let decided = fields.time(), let name = fields.word().flatMap({ Name($0) })
    else { return nil }
    let why = noteWords(lines.line(1))
    return RollBackNote(phase: phase, decided: decided, name: name, why: why)
  }

  /// Writes it down, instead of what was there.
  func keep(in state: borrowing StateFolder) throws(Failure) {
    try state.replace(RollBackNote.file, text)
  }

  /// What can come of it, as the ladder wants to know it.
  static func look(
    _ roots: Roots, _ state: borrowing StateFolder, at now: Duration
  ) throws(Failure) -> Ladder.RollBack {
    guard let note = try read(in: state) else {
      return roots.has(file) ? .possible : .none
    }
    switch note.phase {
    case .due: return now - note.decided > patience ? .none : .possible
    case .done: return .done
    case .failed: return .none
    }
  }

  /// Why the box stands down all the same.
  var words: String {
    phase == .failed
      ? "; roll-back: \(why)"
      : "; roll-back was not run: watchdog-chain accept runs it, each minute"
  }
}

/// /var/lib/watchdog/rolled-back: the last time. A box goes back once in reboots-window of running, or two versions
/// that are both broken would take turns for ever.
public struct RolledBack {
  let boot: String
  /// When it was, in running time.
  let running: Duration
  /// When it was, and why, for people.
  public let why: String

  private static let file = "rolled-back"

  /// The last one; nil where there was none, or none that can be understood.
  public static func read(_ roots: Roots) throws(Failure) -> RolledBack? {
    guard let lines = try roots.dataIfThere()?.read(file, atMost: 1024)?.lines else { return nil }
    var fields = FieldReader(lines.line(0))
    guard let boot = fields.word(), let running = fields.time() else { return nil }
    return RolledBack(
      boot: boot.text, running: running,
      why: noteWords(lines.line(1)))
  }

  /// Writes it down, so that it survives what comes.
  func keep(_ roots: Roots) throws(Failure) {
    try roots.openData().keep(
      RolledBack.file,
      "\(boot) \(running.field)\n\(Clock.realtime.date): \(printable(Array(why.utf8), atMost: 360))\n"
    )
  }

  /// Whether another one would come too soon. Where the count of running time was lost nobody knows.
  func isRecent(running now: Duration, window: Duration) -> Bool { now - running <= window }
}
