import LinuxCalls
import Rules

/// What mark-problems does in a run: compares every heart with its beat, and every noted process with
/// what runs.
///
/// What concerns one name only, a heart that cannot be read or a directory in the place of a beat, is passed over and
/// reported once; it neither fails the run nor keeps the others from being looked at.
public final class MarkProblems {
  let run: Run
  private let hearts: Folder
  private let problems: Problems
  private let known: KnownHearts
  private let watch: Watch
  var finder: HeartLook
  private var memories = Memories<Awaited>()
  private var margins: Margins
  private var failure: ExitCode?

  /// Opens what is needed.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) throws(Failure) {
    hearts = try roots.configFolder("hearts")
    run = try Run(roots, report, isDry: isDry)
    problems = try Problems(in: run.state)
    known = try KnownHearts(in: run.state)
    watch = try Watch(of: report.tool, in: run.state)
    margins = watch.last.margins
    finder = try HeartLook(
      watch.look, watch.last.memories(of: Awaited.self), in: run.state, roots,
      asksForUsers: watch.isFirst || watch.hasMinutePassed)
    if !run.isDry, watch.isFirst || watch.hasMinutePassed {
      report.journal.callClerkIfNeeded(roots, run.state, at: watch.look.now)
    }
    if let words = watch.look.breach?.words {
      report.say(.notice, "\(words): only watched time counts")
    }
  }

  /// What keeps detectors from being run is told, and keeps no heart from being watched.
  private func runDetectors() {
    do throws(Failure) {
      try Detectors(run, at: watch.look.now).look()
    } catch {
      run.complain(about: "detectors", error.sentence)
    }
  }

  /// Marks what is late.
  ///
  /// - Returns: how the run went. Only one that did all of its work counts as a sign of life.
  public func mark() throws(Failure) -> ExitCode {
    do throws(Failure) {
      try lookAtHearts()
      try lookAtProcesses()
      runDetectors()
    } catch {
      if !run.isDry { try? keepVigil() }
      throw error
    }
    if run.isDry { return failure ?? .success }
    run.settle()
    if watch.hasMinutePassed { LogLimit.send(run.roots) }
    try? run.drafts.sweep()
    if watch.isFirst || watch.hasMinutePassed { run.drafts.keepReserve(in: run.state) }
    if margins.endDay(watch.look) { run.callClerk() }
    try keepVigil()
    if let failure { return failure }
    try watch.touch(in: run.state, with: run.drafts)
    return .success
  }

  private func keepVigil() throws(Failure) {
    try watch.keep("\(memories.text)\(margins.text)", with: run.drafts)
  }

  // MARK: Beats

  private func lookAtHearts() throws(Failure) {
    try hearts.forEachEntry(onSystemError: { Failure.unable(to: "read the hearts", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else {
        if !Name.isLeftover(entry.bytes) { complainOfName(Array(entry.bytes)) }
        return
      }
      guard let heart = read(name, kind: entry.kind) else {
        if let memory = finder.memory(of: name) { memories.append(name, memory) }
        return
      }
      try judge(name, heart)
    }
    // Where that fails more is known than has to be, and the hearts were looked at all the same.
    if !run.isDry, areHeartsNew { try? known.forgetGone(hearts) }
  }

  /// Whether a heart may have been given or taken away since the last look.
  private var areHeartsNew: Bool {
    guard let status = try? hearts.status() else { return true }
    return finder.isNew(since: max(status.modified, status.changed))
  }

  private func judge(_ name: Name, _ heart: Heart) throws(Failure) {
    let found = try finder.find(name, heart, in: run.state)
    if let memory = found.condition.memory { memories.append(name, memory) }
    complainOfBeat(name, found)
    if let file = found.file, file.isFilled, file.kind == .file { cutBeat(name, file) }
    if found.beat.needsFile { makeBeat(name, of: found.user, instead: found.beat) }
    margins.note(
      name, found.condition.age - found.condition.gap, limit: found.condition.limit,
      at: watch.look.now)
    guard found.condition.isLate, found.beat != .unknown, !watch.isClockDoubtful() else { return }
    try mark(
      name, found.condition.reason, found.condition.words, beat: found.beat.date,
      found.condition.instants(at: watch.look.now))
  }

  // MARK: Processes

  private func lookAtProcesses() throws(Failure) {
    if !run.isDry, watch.isFirst || watch.hasMinutePassed {
      // Others than run-stamped note starts and processes too, and nothing else makes these.
      _ = try run.state.open(.starts)
      _ = try run.state.open(.pids)
    }
    guard let folder = try run.state.openIfThere(.pids) else { return }
    var table = LazyProcessTable()
    try folder.forEachName { name throws(Failure) in
      do throws(SystemError) {
        guard try judgeProcess(of: name, in: folder, &table) else { return }
      } catch {
        fail(about: name, .unable(to: "look at pids/\(name.text)", error), isGeneral: false)
        return
      }
      guard let heart = read(name, kind: nil) else { return }
      let status = try? finder.beats.statusIfThere(of: name.text)
      let user = run.roots.user(of: name, heart, beat: status)
      let beat = Beat(status, owner: user)
      // It is about to be started, perhaps for another user than before, whose beats would be refused.
      if case .foreign = beat { makeBeat(name, of: user, instead: beat) }
      try mark(name, .gone, "its process is gone", beat: beat.date)
    }
  }

  /// Whether a noted process is gone.
  private func judgeProcess(
    of name: Name, in pids: borrowing Folder, _ table: inout LazyProcessTable
  ) throws(SystemError) -> Bool {
    let bytes = try pids.readFile(name.text, atMost: ProcessNote.largestFile)
    guard let bytes, let note = ProcessNote(parsing: bytes) else {
      run.complain(
        about: "pids-\(name.text)",
        "pids/\(name.text) is no process number with a start time: passed over")
      return false
    }
    switch try note.state(in: &table) {
    case .runs, .notNoted: return false
    case .gone: break
    case .unknown:
      run.complain(
        about: "pids-\(name.text)",
        "pids/\(name.text) was noted in another process or time namespace (a container), so whether that process "
          + "runs is unknown: only its beats count")
      return false
    }
    // Somebody may have started it anew between the two looks.
    return try pids.readFile(name.text, atMost: ProcessNote.largestFile) == bytes
  }

  // MARK: What comes of it

  private func mark(
    _ name: Name, _ kind: Incident.Reason, _ reason: String, beat: Duration?,
    _ instants: [Incident.Instant] = []
  ) throws(Failure) {
    do throws(Failure) {
      if try problems.has(name) { return }
    } catch {
      fail(about: name, error, isGeneral: false)
      return
    }
    if run.would("would mark \(name.text): \(reason)") { return }
    let problem = Problem(detector: Tool.markProblems.text, reason: reason, beat: .some(beat))
    do throws(Failure) {
      if try problems.note(problem, for: name, with: run.drafts) {
        run.note(.noticed(reason: kind), name, why: problem.reason, instants: instants)
      }
    } catch {
      fail(about: name, error, isGeneral: true)
    }
  }

  /// The heart, or nil where there is none to go by; why not is complained of.
  private func read(_ name: Name, kind: FileStatus.Kind?) -> Heart? {
    do throws(Heart.Unreadable) {
      let heart = try Heart.read(name, kind: kind, in: hearts)
      if !run.isDry, finder.isNew(heart) { known.note(name, heart, with: run.drafts) }
      return heart
    } catch {
      if case .notThere = error { return nil }
      let heart = known.read(name)
      complain(of: name, error, isKnown: heart != nil)
      return heart
    }
  }

  private func complain(of name: Name, _ fault: Heart.Unreadable, isKnown: Bool) {
    let about = "hearts-\(name.text)"
    let before = "what was read of it before counts"
    switch fault {
    case .notThere: return
    case .mistake(let mistake, let written):
      let words =
        isKnown ? ": \(mistake.sentence): \(before)" : " is passed over: \(mistake.sentence)"
      run.complain(about: about, "hearts/\(name.text)\(words)", occasion: "\(written.nanoseconds)")
    case .failed(let error):
      run.complain(
        about: about,
        "unable to read hearts/\(name.text): \(error.reason): \(isKnown ? before : "it is passed over")",
        level: .error)
    }
  }

  private func complainOfName(_ bytes: [UInt8]) {
    let name = printable(bytes)
    let cure =
      bytes.contains(.dot)
      ? ": write _ or - for each dot, and let the program beat by that name" : ""
    run.complain(
      about: "hearts-\(name)",
      "hearts/\(name) is passed over: a name is made of letters, digits, _ and -, at most 200\(cure)"
    )
  }

  /// - Parameter isGeneral: whether it is more than the fault of this one name.
  func fail(about name: Name, _ error: Failure, isGeneral: Bool) {
    if isGeneral { failure = failure ?? error.code }
    run.complain(
      about: "failed-\(name.text)", error.sentence, level: .error)
  }
}
