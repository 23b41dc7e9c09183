import LinuxCalls
import Rules

/// attempts/NAME: the last attempt to solve a problem, by which one run of solve-problems knows what the ones before
/// began.
///
/// One line: process number and start time of the solver, or zeros when it has ended; then the attempt: the how manieth
/// in a row, how far it came, CLOCK_MONOTONIC since when, for how long the program has been tried, its heart's last
/// beat before, and the restart of everything that it follows.
public struct AttemptNote: Equatable, Sendable {
  /// The process that makes it; nil when it has ended by itself.
  public var solver: ProcessIdentity?
  /// The attempt.
  public var attempt: Attempt
}

extension AttemptNote {
  /// Ends it now, so far.
  mutating func end(_ phase: Attempt.Phase) {
    solver = nil
    attempt.phase = phase
    attempt.time = Clock.monotonic
  }

  /// The line of the file.
  var text: String {
    "\(solver?.text ?? "0 0") \(attempt.count) \(attempt.phase.name) \(attempt.time.field) "
      + "\(attempt.waited.field) \(attempt.beat.field) \(attempt.restart.field)\n"
  }

  /// Reads what `text` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    guard bytes.last == .newline else { return nil }
    var fields = FieldReader(Array(bytes.dropLast()))
    guard let pid = fields.number(Int32.self), let start = fields.number(Int64.self),
      let count = fields.number(),
      let phase = fields.word().flatMap({ Attempt.Phase(named: $0) }), let time = fields.time(),
      let waited = fields.time(), let beat = fields.timeOrNone(),
      let restart = fields.timeOrNone(), fields.isAtEnd,
      pid >= 0, start >= 0, (0...1_000_000).contains(count)
    else { return nil }
    solver = pid == 0 ? nil : ProcessIdentity(pid: pid, startTime: UInt64(start))
    attempt = Attempt(
      count: count, phase: phase, time: time, waited: waited, beat: beat, restart: restart)
  }

  /// The largest attempts/NAME that is read, in bytes.
  static let largestFile = 256
}

/// attempts/: how solving goes. Solvers write it; who closes a problem removes what is of it.
struct Attempts: ~Copyable {
  private let folder: Folder
  private let drafts: Drafts

  init(in state: borrowing StateFolder) throws(Failure) {
    let folder = try state.open(.attempts)
    let drafts = try Drafts(in: state)
    self.folder = folder
    self.drafts = drafts
  }

  /// The right to begin attempts: at no time do two processes look for what is to be done next.
  static func turn(in state: borrowing StateFolder) throws(Failure) -> FileLock {
    try state.open(.locks).lock(Tool.solveProblems.text)
  }

  /// The last attempt for a problem; nil when there was none, or none that can be understood.
  borrowing func read(_ name: Name) throws(Failure) -> AttemptNote? {
    try folder.read(name.text, atMost: AttemptNote.largestFile)
      .flatMap { AttemptNote(parsing: $0) }
  }

  /// Writes an attempt down.
  borrowing func keep(_ record: AttemptNote, for name: Name) throws(Failure) {
    try drafts.keep(name.text, in: folder, record.text)
  }

  /// Writes an attempt down, in the process that is to make it.
  borrowing func begin(_ record: AttemptNote, for name: Name) throws(SystemError) {
    try drafts.replace(name.text, in: folder, Drafts.Contents(record.text))
  }
}
