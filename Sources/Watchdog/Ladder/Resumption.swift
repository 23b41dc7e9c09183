import Linux

/// What a person does after the ladder came to its end: the box begins at its lowest rung again.
public enum Resumption {
  /// Forgets what was counted, and that the box stood down or is to be rebooted. Each problem has its full time
  /// from now on.
  public static func run(
    _ roots: Roots, _ state: borrowing StateFolder, _ report: Report
  ) throws(Failure) {
    Incident(.resumed, by: "watchdog-chain", why: "by a person").note(roots, report)
    let now = Moment.now().monotonic
    try Hold(begin: now, end: now, reason: "resumed").keep(in: state, tool: report.tool)
    try Counters.forget(roots, state)
    try RebootDue.clear(in: state)
    try StandDown.end(roots, state)
  }
}
