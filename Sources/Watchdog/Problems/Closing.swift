import Linux
import Rules

/// Closes problems that are proven over.
struct Closing: ~Copyable {
  private let roots: Roots
  private let report: Report
  private let isDry: Bool

  init(_ roots: Roots, _ report: Report, isDry: Bool) {
    self.roots = roots
    self.report = report
    self.isDry = isDry
  }

  /// Closes one.
  ///
  /// - Parameter proof: what proves it.
  borrowing func close(
    _ found: TroubleFound, _ proof: Plan.Proof, _ state: borrowing StateFolder
  ) throws(Failure) {
    let why = proof.words
    let attempt = found.record?.attempt
    let event: Incident.Event =
      switch proof {
      case .beats: .recovered(how: .beats)
      case .elsewhere: .recovered(how: .elsewhere)
      case .ranCalm: .solved(how: .started)
      case .heartGone: .recovered(how: .heartGone)
      case .beatsAfterStart:
        .solved(how: found.trouble.means == .solution ? .solution : .started)
      }
    var steps: [Incident.Step] = [.noticed(found.noticed)]
    if let date = found.trouble.beat.date, proof != .heartGone { steps.append(.beat(date)) }
    let incident = Incident(
      event, found.name, by: "\(report.tool)", why: why, steps: steps, attempt: attempt?.count)
    if proof == .elsewhere, !isDry { try forgetProcess(found.name, state) }
    try Problems(in: state).close(found.name, incident, roots, report, isDry: isDry)
    if isDry { return }
    try remember(found, state)
  }

  /// The note of a process that has ended, while its work goes on elsewhere, would be a problem again each second.
  private borrowing func forgetProcess(
    _ name: Name, _ state: borrowing StateFolder
  ) throws(Failure) {
    let pids = try state.open(.pids)
    try attempt(to: "remove pids/\(name.text)") { () throws(SystemError) in
      do throws(SystemError) {
        try pids.remove(name.text)
      } catch {
        if error != .noSuchFile { throw error }
      }
    }
    report.say(
      .warning,
      "\(name.text) beats, but the process that was noted for it has ended: does its program go to the background? "
        + "pids/\(name.text) was removed, so only its beats are watched from now on")
  }

  /// The count of attempts goes on from here, if it fails again soon.
  private borrowing func remember(
    _ found: TroubleFound, _ state: borrowing StateFolder
  ) throws(Failure) {
    guard var record = found.record else { return }
    record.solver = nil
    record.attempt.phase = .proven
    record.attempt.time = Clock.monotonic
    let attempts = try Attempts(in: state, report.tool)
    try attempt(to: "write attempts/\(found.name.text)") { () throws(SystemError) in
      try attempts.keep(record, for: found.name)
    }
  }
}

extension Plan.Proof {
  /// In words.
  public var words: String {
    switch self {
    case .beats: "it beats again by itself"
    case .beatsAfterStart: "it beats after it was started again"
    case .elsewhere: "it beats, although its noted process has ended"
    case .ranCalm: "its program has run for \(Attempt.calm.wholeSeconds) s"
    case .heartGone: "its heart is gone"
    }
  }
}
