/// What is remembered of the last attempt to solve a problem.
public struct Attempt: Equatable, Sendable {
  /// The how manieth in a row it is.
  public var count: Int
  /// How far it came.
  public var phase: Phase
  /// CLOCK_MONOTONIC when this phase began.
  public var time: Duration
  /// For how long the program has been tried, as far as somebody watched.
  public var waited: Duration
  /// The heart's last beat before the program was started (its date is its name); nil when it had never beaten.
  public var beat: Duration?
  /// The restart of everything that it follows, by its date; nil when there was none.
  public var restart: Duration?

  /// How far an attempt came.
  public enum Phase: CaseIterable, Equatable, Sendable {
    /// A solver is at work, or was and ended without a word.
    case solving
    /// The program was started: whether that helped is not proven yet.
    case tried
    /// It did not help.
    case failed
    /// The problem was over after it.
    case proven
  }

  /// An attempt.
  public init(
    count: Int, phase: Phase, time: Duration, waited: Duration, beat: Duration?, restart: Duration?
  ) {
    self.count = count
    self.phase = phase
    self.time = time
    self.waited = waited
    self.beat = beat
    self.restart = restart
  }

  /// If the program stayed up for this and the last pause, the next failure is attempt 1. A program without a heart
  /// is proven to be mended when it ran for so long.
  public static let calm: Duration = .seconds(10)
  /// The longest pause between two attempts.
  public static let longestPause: Duration = .seconds(60)
  /// How much longer than it may take a solver is left to end itself.
  public static let patience: Duration = .seconds(2)

  /// How long to wait after so many attempts in a row: 1, 2, 4, … 60 s.
  public static func pause(after count: Int, isResting: Bool) -> Duration {
    if isResting { return count > 0 ? longestPause : .zero }
    // A table, for a shift of a Duration's 128 bits takes libgcc, and small boxes have libc alone.
    let pauses: [Int64] = [0, 1, 2, 4, 8, 16, 32]
    return count < pauses.count ? .seconds(pauses[max(count, 0)]) : longestPause
  }

  /// Most that go to the background have done so by then.
  private static let soon: Duration = .seconds(3)

  /// Whether what a program left behind, whose noted process has ended, has to be given time to beat: it ended soon
  /// after its start, as those do that go to the background. One that beat in the foreground is doubted for less long,
  /// unless that happens again and again.
  ///
  /// - Parameters:
  ///   - age: how long ago it was started.
  ///   - hasBeaten: whether its heart has beaten since.
  ///   - attempt: the how manieth in a row this one is.
  public static func mayGoOn(after age: Duration, hasBeaten: Bool, attempt: Int) -> Bool {
    age <= (hasBeaten && attempt < 2 ? soon : calm)
  }
}
