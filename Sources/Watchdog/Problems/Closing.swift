import LinuxCalls
import Rules

extension Run {
  /// Closes a problem that is proven over.
  ///
  /// - Parameter proof: what proves it.
  func close(_ found: TroubleFound, _ proof: Plan.Proof) throws(Failure) {
    let event: Incident.Event =
      switch proof {
      case .beats: .recovered(how: .beats)
      case .elsewhere: .recovered(how: .elsewhere)
      case .ranCalm: .solved(how: .started)
      case .heartGone: .recovered(how: .heartGone)
      case .beatsAfterStart:
        .solved(how: found.trouble.means == .solution ? .solution : .started)
      }
    var instants: [Incident.Instant] = [(.noticed, found.noticed)]
    if let date = found.trouble.beat.date, proof != .heartGone { instants.append((.beat, date)) }
    let incident = Incident(
      event, found.name, by: "\(report.tool)", why: proof.words, instants: instants,
      attempt: found.record?.attempt.count)
    if proof == .elsewhere, !isDry { try forgetProcess(of: found.name) }
    try Problems(in: state).close(found.name, incident, roots, report, isDry: isDry)
    if !isDry { try remember(found) }
  }

  /// The note of a process that has ended, while its work goes on elsewhere, would be a problem again each second.
  private func forgetProcess(of name: Name) throws(Failure) {
    try state.open(.pids).clear(name.text)
    say(
      .warning,
      "\(name.text) beats, but the process that was noted for it has ended: does its program go to the background? "
        + "pids/\(name.text) was removed, so only its beats are watched from now on")
  }

  /// The count of attempts goes on from here, if it fails again soon.
  private func remember(_ found: TroubleFound) throws(Failure) {
    guard var record = found.record else { return }
    record.end(.proven)
    try Attempts(in: state).keep(record, for: found.name)
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
