/// When the next second is to be worked for. Pure: the clocks go in, a deadline comes out.
public enum Ticker {
  /// How long after a full second the work is done. The kernel dates files by a clock that is up to 10 ms
  /// behind (current_time in fs/inode.c), and a touch right at the full second would count for the last.
  public static let phase: Duration = .milliseconds(20)
  /// The least time between two runs, whatever the clock does.
  static let leastPause: Duration = .milliseconds(500)

  /// CLOCK_MONOTONIC at which to work next.
  ///
  /// Which second it is, is asked anew of CLOCK_REALTIME each time, but what is slept for is a time of the
  /// other clock: so a clock that is set changes neither the number of runs nor the time between them by
  /// more than a second.
  ///
  /// - Parameters:
  ///   - last: CLOCK_MONOTONIC of the last run, this helper's or another's; nil when there was none.
  ///   - now: the clocks.
  public static func next(after last: Duration?, now: Moment) -> Duration {
    func second(at monotonic: Duration) -> Int64 {
      (now.realtime + (monotonic - now.monotonic)).wholeSeconds
    }
    // A note from the future is of another boot.
    let last = last.flatMap { $0 <= now.monotonic ? $0 : nil }
    let current = second(at: now.monotonic)
    let due = last.map { max(second(at: $0) + 1, current) } ?? second(at: now.monotonic - phase) + 1
    let deadline = now.monotonic + (.seconds(due) + phase - now.realtime)
    return max(deadline, last.map { $0 + leastPause } ?? deadline, now.monotonic)
  }
}
