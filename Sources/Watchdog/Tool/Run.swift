import LinuxCalls
import Rules

/// What a run of a tool has: where everything is, where its words go, and what it writes into the state folder.
final class Run {
  let roots: Roots
  let report: Report
  /// Says what it would do, and does nothing.
  let isDry: Bool
  let state: StateFolder
  let drafts: Drafts
  private var complaints: Complaints?

  /// Opens what every run needs.
  ///
  /// - Parameter complains: whether it has complaints that are kept from one run to the next.
  init(
    _ roots: Roots, _ report: Report, isDry: Bool = false, complains: Bool = true
  ) throws(Failure) {
    self.roots = roots
    self.report = report
    self.isDry = isDry
    state = try StateFolder(roots, isDry: isDry)
    drafts = try Drafts(in: state)
    complaints = complains ? try Complaints(report, in: state, isDry: isDry) : nil
  }

  /// Complains, once and not once a second; see `Complaints.raise`.
  func complain(
    about subject: String, _ sentence: String, occasion: String = "",
    level: SystemLog.Level = .warning
  ) {
    complaints?.raise(
      about: subject, sentence, occasion: occasion, level: level, drafts: drafts)
  }

  /// Forgets the complaints that were not raised since the last time.
  func settle() {
    for words in state.takeMended() { say(.warning, words) }
    complaints?.settle()
  }

  /// Says what would be done, where this is a dry run.
  ///
  /// - Returns: whether it is one.
  func would(_ words: @autoclosure () -> String) -> Bool {
    if isDry { Console.write("\(words())\n") }
    return isDry
  }

  /// The value of a setting of the box; what is wrong with it is complained of, and the usual one counts.
  ///
  /// - Parameter known: as it was read before: that counts where the box does not let it be read.
  func value(of setting: Setting, known: Duration?) -> Duration {
    var value: Duration?
    let read = Settings.value(of: setting, roots) { error, usual in
      let used = error.isUnread ? known ?? usual : usual
      value = used
      complain(
        about: "setting-\(setting.name)", "\(error.sentence): using \(used.wholeSeconds)")
    }
    return value ?? read
  }

  /// Says one line.
  func say(_ level: SystemLog.Level, _ sentence: String) { report.say(level, sentence) }

  /// Notes what this tool did or noticed; see `Incident.note`.
  func note(
    _ event: Incident.Event, _ name: Name? = nil, why: String, instants: [Incident.Instant] = [],
    attempt: Int? = nil, doing: String? = nil
  ) {
    var incident = Incident(
      event, name, by: "\(report.tool)", why: why, instants: instants, attempt: attempt)
    incident.doing = doing
    incident.note(roots, report)
  }

  /// Has a clerk sent at the end of the run.
  func callClerk() { report.journal.callClerk(roots) }
}
