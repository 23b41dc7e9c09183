import LinuxCalls
import Rules

/// detectors/NAME: executables that look at what is no program of ours, such as disks and networks. Those that are due
/// are run by processes of their own, for which mark-problems does not wait.
///
/// /run/watchdog/detectors tells when which is due: on the first line the date of the folder when it was read, then a
/// line for each: its name, and CLOCK_MONOTONIC. Where there is no folder, that costs two calls of the system a second;
/// where there is one, one more for each detector.
struct Detectors {
  private let run: Run
  private let now: Duration

  static let folder: StaticString = "detectors"
  /// So many are begun in one second: the others come with the next one.
  static let most = 10
  /// What is tried to be mended is looked at again so soon.
  static let soon: Duration = .seconds(5)

  init(_ run: Run, at now: Moment) {
    self.run = run
    self.now = now.monotonic
  }

  private var path: String { "\(run.roots.config)/\(Detectors.folder)" }

  // MARK: When which is due

  /// What stands in the file.
  struct Timetable {
    /// When the folder was changed last, as it was read.
    var read: Duration
    var entries: [(name: Name, due: Duration)] = []

    init(read: Duration) { self.read = read }

    init?(parsing bytes: [UInt8]) {
      var lines = bytes.lines[...]
      var head = FieldReader(lines.popFirst() ?? [])
      guard let read = head.time() else { return nil }
      self.read = read
      for line in lines {
        var fields = FieldReader(line)
        guard let name = fields.word().flatMap({ Name($0) }), let due = fields.time() else {
          return nil
        }
        entries.append((name, due))
      }
    }

    var text: String {
      "\(read.field)\n" + entries.map { "\($0.name.text) \($0.due.field)\n" }.joined()
    }
  }

  /// Begins those that are due.
  func look() throws(Failure) {
    let status = try? Folder(path: path).status()
    let bytes = try run.state.read("\(Detectors.folder)", atMost: 4 << 20)
    guard let status else {
      if bytes != nil, !run.isDry {
        try closeOrphans(among: [])
        try run.state.remove("\(Detectors.folder)")
      }
      return
    }
    let last = bytes.flatMap { Timetable(parsing: $0) }
    var timetable = last ?? Timetable(read: .zero)
    // One that was written in the same tick of the clock as the folder was read could have been missed.
    let isNew = last == nil || status.modified != timetable.read
    if isNew { try list(&timetable, status) }
    var begun = 0
    for index in timetable.entries.indices
    where timetable.entries[index].due <= now && begun < Detectors.most {
      begun += 1
      timetable.entries[index].due = now + begin(timetable.entries[index].name)
    }
    let isHastened = hasten(&timetable)
    if run.isDry || !isNew && !isHastened && begun == 0 { return }
    try run.state.replace("\(Detectors.folder)", timetable.text)
  }

  /// Takes over what is there now: those that are new are due at once.
  private func list(_ timetable: inout Timetable, _ status: FileStatus) throws(Failure) {
    let before = timetable.entries
    timetable = Timetable(read: status.modified)
    let folder = try attempt(to: "open \(path)", Folder(path: path))
    let names = try attempt(to: "read \(path)", folder.names())
    for name in names.compactMap({ Name($0) }) {
      let known = before.first { $0.name == name }
      timetable.entries.append((name, known?.due ?? now))
    }
    if !run.isDry { try closeOrphans(among: timetable.entries.map { $0.name }) }
  }

  /// Has those looked at again soon whose problems somebody mends, for everything would be restarted before they are due.
  ///
  /// - Returns: whether there are any.
  private func hasten(_ timetable: inout Timetable) -> Bool {
    let soon = now + Detectors.soon
    var isHastened = false
    for index in timetable.entries.indices
    where timetable.entries[index].due > soon && isBeingMended(timetable.entries[index].name) {
      timetable.entries[index].due = soon
      isHastened = true
    }
    return isHastened
  }

  private func isBeingMended(_ name: Name) -> Bool {
    let problem = "\(StateFolder.Part.problems.name)/\(name.text)"
    return (try? run.state.status(of: problem)) ?? nil != nil && run.roots.means(for: name) != .none
  }

  /// - Returns: after how long it is due again.
  private func begin(_ name: Name) -> Duration {
    if run.would("would run \(path)/\(name.text)") { return .zero }
    let tool = run.report.tool
    let roots = run.roots
    do throws(SystemError) {
      let pipe = try Helper.start("watchdog-detect") { _ in
        DetectorRun(name: name, roots: roots, report: Report(tool: tool)).work()
      }
      _ = consume pipe
    } catch {
      run.complain(
        about: "detectors-\(name.text)", "unable to run \(path)/\(name.text): \(error.reason)")
      return Detectors.soon
    }
    var isUnread = false
    let every = Settings.value(of: .every, for: name, roots) { error, every in
      // What could not be read now can be read the next time, and until then nobody says that a problem is over.
      isUnread = error.isUnread
      let used = isUnread ? min(every, Detectors.soon) : every
      run.complain(about: "every-\(name.text)", "\(error.sentence): using \(used.wholeSeconds) s")
    }
    return isUnread ? min(every, Detectors.soon) : every
  }

  // MARK: Those that are gone

  /// A problem of a detector that is gone would stand for ever.
  private func closeOrphans(among names: [Name]) throws(Failure) {
    let problems = try Problems(in: run.state)
    var gone: [Name] = []
    try problems.folder.reopened().forEachName { name throws(Failure) in
      guard !names.contains(name), let found = try problems.read(name),
        found.problem.isOfDetector(name)
      else { return }
      gone.append(name)
    }
    for name in gone { try run.closeDetected(name, why: "its detector is gone") }
  }
}

extension Run {
  /// Closes a problem that a detector found.
  func closeDetected(_ name: Name, why: String) throws(Failure) {
    let problems = try Problems(in: state)
    guard let found = try problems.read(name), found.problem.isOfDetector(name) else { return }
    let attempts = try Attempts(in: state)
    var record = try attempts.read(name)
    // While somebody is at work on it, that is to end first.
    if let solver = record?.solver, !ProcessTable.isKnownGone(solver) { return }
    let isMended = record?.attempt.phase == .tried
    let event: Incident.Event =
      isMended
      ? .solved(how: roots.means(for: name) == .solution ? .solution : .started)
      : .recovered(how: .detector)
    let incident = Incident(
      event, name, by: Problem.detector(name), why: why, instants: [(.noticed, found.date)],
      attempt: record?.attempt.count)
    try problems.close(name, incident, roots, report, isDry: false)
    record?.end(.proven)
    if let record { try attempts.keep(record, for: name) }
  }
}
