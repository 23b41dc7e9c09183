import LinuxCalls

/// How often a tool was alive while somebody looked at its alive/TOOL. Pure: looks go in, pauses come out.
///
/// What counts is when a new file was seen, by the clock that nobody can set, and not how it is dated.
public struct Cadence: Sendable {
  /// CLOCK_MONOTONIC of the first look.
  private let begin: Duration
  private var last: FileStatus?
  /// When the file was seen to be a new one, CLOCK_MONOTONIC.
  public private(set) var touches: [Duration] = []

  /// A pause that is longer is more than a busy moment: the tools are run once a second.
  static let longestUsual: Duration = .milliseconds(2500)

  /// Begins to look.
  ///
  /// - Parameters:
  ///   - status: what the file is now; nil when it is missing.
  ///   - now: CLOCK_MONOTONIC.
  public init(_ status: FileStatus?, at now: Duration) {
    begin = now
    last = status
  }

  /// Looks again.
  public mutating func look(_ status: FileStatus?, at now: Duration) {
    guard let status else { return }
    let isNew = status.modified != last?.modified || status.inode != last?.inode
    last = status
    if isNew { touches.append(now) }
  }

  /// The longest time without a new file, the first and the last piece of the time included.
  public func longestPause(until end: Duration) -> Duration {
    var longest: Duration = .zero
    var before = begin
    for touch in touches + [end] {
      longest = max(longest, touch - before)
      before = touch
    }
    return longest
  }

  /// What is to be thought of it.
  public enum Rhythm: Equatable, Sendable {
    /// It is run each second.
    case steady
    /// It is run, but stood still for so long.
    case halting(Duration)
    /// It was not run.
    case dead
  }

  /// What is to be thought of it at the end of a look that takes longer than a pause may.
  public func rhythm(until end: Duration) -> Rhythm {
    if touches.isEmpty { return .dead }
    let pause = longestPause(until: end)
    return pause > Cadence.longestUsual ? .halting(pause) : .steady
  }
}
