import LinuxCalls
import Rules

/// /run/watchdog/accepted: whether this boot was accepted, and since when all is well.
///
/// Line 1 is the boot, how far it came, CLOCK_MONOTONIC since when all is well, and the date of the folder of problems
/// then, each `-` where something is not; line 2 is why boot-good did not accept it.
public struct Accepted {
  /// Of which boot; see `ThisBoot`.
  let boot: String
  /// Whether boot-good has accepted it.
  public var isAccepted = false
  /// CLOCK_MONOTONIC since when all is well; nil when it is not.
  var since: Duration?
  /// When the folder of problems was changed last before that.
  var changed: Duration?
  /// What boot-good said that did not accept it; empty when it was not asked.
  public var why = ""

  static let file = "accepted"

  /// Nothing is known of a boot.
  init(of boot: String) { self.boot = boot }

  /// Reads what `text` wrote; nil when it is anything else.
  init?(parsing bytes: [UInt8]) {
    let lines = bytes.lines
    var fields = FieldReader(lines.line(0))
    guard let boot = fields.word(), let number = fields.number(), let since = fields.timeOrNone(),
      let changed = fields.timeOrNone()
    else { return nil }
    self.init(of: boot.text)
    (isAccepted, self.since, self.changed) = (number == 1, since, changed)
    why = noteWords(lines.line(1))
  }

  var text: String {
    "\(boot) \(isAccepted ? 1 : 0) \(since.field) \(changed.field)\n\(noteWords(Array(why.utf8)))\n"
  }

  /// What holds after another look.
  ///
  /// - Parameters:
  ///   - isWell: whether nothing is wrong now.
  ///   - changed: the date of the folder of problems: by another one a problem came, or went, between two looks.
  func next(isWell: Bool, changed: Duration?, at now: Duration) -> Accepted {
    var next = self
    let goesOn = isWell && self.changed == changed
    next.since = isWell ? (goesOn ? since ?? now : now) : nil
    next.changed = changed
    return next
  }

  /// Whether boot-good is to be run: all has been well for long enough.
  func isDue(after time: Duration, at now: Duration) -> Bool {
    !isAccepted && (since.map { now - $0 >= time } ?? false)
  }
}

/// `watchdog-chain accept`: has boot-good accept a boot in which all is well, once; and has roll-back choose what ran
/// before, where the ladder asks for it. Both may be run again when they, or this, were killed in between.
public struct Acceptance {
  /// The executable that accepts a boot.
  public static let file = "boot-good"
  /// The one that goes back to what ran before.
  public static let rollBackFile = RollBackNote.file

  private let roots: Roots
  private let report: Report
  private let isDry: Bool

  /// For these folders.
  ///
  /// - Parameter isDry: says what it would do, and does nothing.
  public init(_ roots: Roots, _ report: Report, isDry: Bool) {
    self.roots = roots
    self.report = report
    self.isDry = isDry
  }

  /// Whether this boot was accepted, for those that only look; nil where nobody looked in this boot.
  public static func look(
    _ roots: Roots, _ state: borrowing StateFolder
  ) throws(Failure) -> Accepted? {
    let boot = try ThisBoot(roots, state, makes: false).name
    return try read(of: boot, in: state)
  }

  private static func read(
    of boot: String, in state: borrowing StateFolder
  ) throws(Failure) -> Accepted? {
    let note = try state.read(Accepted.file, atMost: 1024).flatMap { Accepted(parsing: $0) }
    return note.flatMap { $0.boot.isEqual(to: boot) ? $0 : nil }
  }

  /// Does what is due.
  ///
  /// - Parameter objection: what is wrong with the box; nil when nothing is. Asked only where there is a boot-good that
  ///   has not accepted this boot.
  public func run(objection: () throws(Failure) -> String?) throws(Failure) -> ExitCode {
    let (canAccept, canGoBack) = (roots.has(Acceptance.file), roots.has(RollBackNote.file))
    guard canAccept || canGoBack else { return .success }
    let state = try StateFolder(roots, isDry: isDry)
    let lock = try state.open(.locks).lock("accept")
    guard try lock.claim() else { return .success }
    let boot = try ThisBoot(roots, state, makes: !isDry).name
    let note = try RollBackNote.read(in: state)
    if let note, note.phase == .due {
      try goBack(note, boot, state)
    } else if canAccept, note?.phase != .done {
      try accept(boot, state, objection)
    }
    _ = consume lock
    return .success
  }

  // MARK: boot-good

  private func accept(
    _ boot: String, _ state: borrowing StateFolder, _ objection: () throws(Failure) -> String?
  ) throws(Failure) {
    let last = try Acceptance.read(of: boot, in: state) ?? Accepted(of: boot)
    if last.isAccepted { return }
    let now = Clock.monotonic
    let changed = try state.status(of: "\(StateFolder.Part.problems.name)")?.modified
    let wrong = try objection()
    var next = last.next(isWell: wrong == nil, changed: changed, at: now)
    let isDue = next.isDue(after: Settings.value(of: .acceptAfter, roots), at: now)
    if isDry {
      let words = isDue ? "would run \(roots.config)/\(Acceptance.file)" : "not yet"
      return Console.write("\(words)\(wrong.map { ": \($0)" } ?? "")\n")
    }
    guard isDue else {
      if !next.text.isEqual(to: last.text) {
        try state.replace(Accepted.file, next.text)
      }
      return
    }
    do throws(Failure) {
      try execute(Acceptance.file)
      next.isAccepted = true
      next.why = ""
      let words = "all has been well for \((now - (next.since ?? now)).wholeSeconds) s"
      Incident(.accepted, by: "\(report.tool)", why: words).note(roots, report)
    } catch {
      next.why = error.sentence
      try state.replace(Accepted.file, next.text)
      throw error
    }
    try state.replace(Accepted.file, next.text)
  }

  // MARK: roll-back

  private func goBack(
    _ due: RollBackNote, _ boot: String, _ state: borrowing StateFolder
  ) throws(Failure) {
    let now = Moment.now()
    let isHeld = try HoldNote.left(in: state, at: now.monotonic) != nil
    // The ladder asks again when it has a reason again.
    let stands = try Problems(in: state).has(due.name)
    if isHeld || !stands { return try state.remove(RollBackNote.file) }
    let ladder = try LadderState(roots, state, at: now)
    let running = ladder.running(at: now)
    var note = due
    do throws(Failure) {
      if let last = try RolledBack.read(roots), !last.boot.isEqual(to: boot) {
        if last.isRecent(running: running, window: ladder.ladder.rebootsWindow) {
          throw Failure(.unavailable, "it was run before, which did not help: \(last.why)")
        }
        try goBack(boot, running, due)
      } else if try RolledBack.read(roots) == nil {
        try goBack(boot, running, due)
      }
      note.phase = .done
    } catch {
      if error.isOfBox { throw error }
      (note.phase, note.why) = (.failed, error.sentence)
      report.say(.error, error.sentence)
    }
    if !isDry { try note.keep(in: state) }
  }

  private func goBack(_ boot: String, _ running: Duration, _ due: RollBackNote) throws(Failure) {
    if isDry {
      return Console.write("would run \(roots.config)/\(RollBackNote.file): \(due.why)\n")
    }
    try execute(RollBackNote.file, as: due.name)
    try RolledBack(boot: boot, running: running, why: due.why).keep(roots)
    Incident(.rolledBack(problem: due.name), by: "\(report.tool)", why: due.why)
      .note(roots, report)
  }

  private func execute(_ file: String, as name: Name? = nil) throws(Failure) {
    let run = try BoundedRun(
      ["\(roots.config)/\(file)"], as: .nothing(about: name), roots,
      within: Settings.value(of: .acceptTime, roots))
    if let failure = run.failureAndWords { throw Failure(.tryLater, failure) }
  }
}
