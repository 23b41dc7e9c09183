import LinuxCalls
import Rules

/// What a person does after the ladder came to its end: the box begins at its lowest rung again. It is noted in
/// /run/watchdog, as `resumed`, and carried to the disk by the clerk: so it works where that takes nothing, until the
/// next boot.
public enum Resumption {
  /// Forgets what was counted, and that the box stood down or is to be rebooted. Each problem has its full time
  /// from now on. A hold is left alone.
  public static func run(
    _ roots: Roots, _ state: borrowing StateFolder, _ report: Report
  ) throws(Failure) {
    if let bytes = try state.read(RebootsNote.file, atMost: RebootsNote.largestFile),
      var record = RebootsNote(parsing: bytes)
    {
      record.entries = []
      try state.replace(RebootsNote.file, record.text)
    }
    try state.remove(Restarts.file)
    try RebootDueNote.clear(in: state)
    try state.remove(StandingDownNote.file)
    try state.remove(RollBackNote.file)
    try state.set(.resumed)
    Incident(.resumed, by: "\(Tool.people)", why: "by a person").note(roots, report)
    report.journal.callClerk(roots)
  }
}
