import Linux

/// The last attempt to solve a problem: attempts/NAME. By it one run of solve-problems knows what the ones
/// before began.
///
/// One line: process number and start time of the solver, or zeros when it ended by itself; how many attempts
/// there were in a row; and CLOCK_MONOTONIC in milliseconds when it began or, once it ended, when it did.
public struct Attempt: Equatable, Sendable {
  /// The process that makes it; nil when it ended by itself.
  public var solver: ProcessIdentity?
  /// The how manieth in a row it is.
  public var count: Int
  /// CLOCK_MONOTONIC when it began, or ended.
  public var time: Duration

  /// An attempt.
  public init(solver: ProcessIdentity?, count: Int, time: Duration) {
    self.solver = solver
    self.count = count
    self.time = time
  }

  /// A program that beat, and ran for longer than this and the last pause, before it had a problem again was
  /// mended, and its attempts are counted anew.
  public static let calm: Duration = .seconds(10)
  /// The longest pause between two attempts.
  public static let longestPause: Duration = .seconds(60)
  /// How much longer than it may take a solver is left to end itself.
  public static let patience: Duration = .seconds(2)

  /// How long to wait after so many attempts in a row: 1, 2, 4, … 60 s.
  public static func pause(after count: Int) -> Duration {
    // A table, for a shift of a Duration's 128 bits takes libgcc, and small boxes have libc alone.
    let pauses: [Int64] = [0, 1, 2, 4, 8, 16, 32]
    return count < pauses.count ? .seconds(pauses[max(count, 0)]) : longestPause
  }

  /// What to do about a problem.
  public enum Step: Equatable, Sendable {
    /// Begin the next attempt, which is the how manieth in a row.
    case begin(count: Int)
    /// A solver is at work, or the pause is not over: this much is left.
    case wait(Duration)
    /// The solver has exceeded its time: kill it.
    case kill
  }

  /// What to do about a problem now.
  ///
  /// - Parameters:
  ///   - last: the last attempt; nil when there was none.
  ///   - isRunning: whether its solver runs still.
  ///   - problemAge: how long the problem has been there.
  ///   - hasBeaten: whether the program beat after its last start. One that never does is not mended by being
  ///     started, however long it runs.
  ///   - limit: how long a solver may run.
  ///   - now: CLOCK_MONOTONIC.
  public static func next(
    after last: Attempt?, isRunning: Bool, problemAge: Duration, hasBeaten: Bool = true,
    limit: Duration, now: Duration
  ) -> Step {
    // One from the future is another boot's.
    guard let last, last.time <= now else { return .begin(count: 1) }
    let elapsed = now - last.time
    if isRunning {
      return elapsed > limit + patience ? .kill : .wait(limit + patience - elapsed)
    }
    let pause = pause(after: last.count)
    if hasBeaten, elapsed - problemAge > calm + pause { return .begin(count: 1) }
    return elapsed >= pause ? .begin(count: last.count + 1) : .wait(pause - elapsed)
  }
}

extension Attempt {
  /// The line of the file.
  var text: String {
    "\(solver?.text ?? "0 0") \(count) \(time.nanoseconds / 1_000_000)\n"
  }

  /// Reads what `text` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let pid = scanner.number(), scanner.skip(0x20), let start = scanner.number(),
      scanner.skip(0x20), let count = scanner.number(), scanner.skip(0x20),
      let time = scanner.number(), scanner.skip(0x0A), scanner.isAtEnd,
      pid <= UInt64(Int32.max), count <= 1_000_000, time <= UInt64(Int64.max / 4)
    else { return nil }
    let solver = pid == 0 ? nil : ProcessIdentity(pid: Int32(pid), startTime: start)
    self.init(solver: solver, count: Int(count), time: .milliseconds(Int64(time)))
  }
}

/// attempts/, which only solve-problems and its solvers write.
struct Attempts: ~Copyable {
  private let folder: Folder
  private let drafts: Drafts

  init(in state: borrowing StateFolder, _ tool: StaticString) throws(Failure) {
    let folder = try state.open(.attempts)
    let drafts = try Drafts(of: tool, in: state)
    self.folder = folder
    self.drafts = drafts
  }

  /// The last attempt for a problem; nil when there was none, or none that can be understood.
  borrowing func read(_ name: Name) throws(Failure) -> Attempt? {
    try attempt(to: "read attempts/\(name.text)") { () throws(SystemError) in
      try folder.readFile(name.text, atMost: 128).flatMap { Attempt(parsing: $0) }
    }
  }

  /// Notes that this process makes an attempt from now on.
  borrowing func begin(_ name: Name, count: Int) throws(SystemError) {
    try keep(
      Attempt(solver: ProcessIdentity.own(), count: count, time: Moment.now().monotonic), for: name)
  }

  /// Notes that an attempt is over.
  borrowing func end(_ name: Name, count: Int) throws(SystemError) {
    try keep(Attempt(solver: nil, count: count, time: Moment.now().monotonic), for: name)
  }

  private borrowing func keep(_ attempt: Attempt, for name: Name) throws(SystemError) {
    try drafts.replace(name.text, in: folder, Drafts.Contents(attempt.text))
  }
}
