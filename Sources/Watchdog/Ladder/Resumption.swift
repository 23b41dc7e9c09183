import LinuxCalls
import Rules

/// What a person does after the ladder came to its end: the box begins at its lowest rung again. It is noted in
/// /run/watchdog, as `resumed`, and carried to the disk by the clerk: so it works where that takes nothing, until the
/// next boot.
public enum Resumption {
  private static let file = "resumed"

  /// Forgets what was counted, and that the box stood down or is to be rebooted. Each problem has its full time
  /// from now on. A hold is left alone.
  public static func run(
    _ roots: Roots, _ state: borrowing StateFolder, _ report: Report
  ) throws(Failure) {
    if let bytes = try state.read(RebootRecord.file, atMost: RebootRecord.largestFile),
      var record = RebootRecord(parsing: bytes)
    {
      record.entries = []
      try state.replace(RebootRecord.file, record.text, by: report.tool)
    }
    try state.remove(Restarts.file)
    try RebootDue.clear(in: state)
    try state.remove(StandDown.file)
    try state.remove(RollBack.file)
    try state.replace(file, "", by: report.tool)
    Incident(.resumed, by: "\(Tool.people)", why: "by a person").note(roots, report)
    report.journal.callClerk(roots)
  }

  /// When it was done last in this boot, CLOCK_REALTIME; nil when it was not.
  static func date(in state: borrowing StateFolder) throws(Failure) -> Duration? {
    try state.status(of: file)?.modified
  }
}
