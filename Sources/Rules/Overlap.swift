/// Whether the lives of a helper overlap as they are meant to: cron starts one each minute, which lives for two.
/// Pure: ages go in.
public enum Overlap: Equatable, Sendable {
  /// There is none.
  case none
  /// One works and so many stand by; the youngest is so old.
  case overlaps(count: Int, youngest: Duration)
  /// One is alone, and the second can still come.
  case first(age: Duration)
  /// One is alone.
  case alone(age: Duration)
  /// There are several, but cron has started none for so long.
  case aging(youngest: Duration)

  /// Cron starts the next one within a minute, some crons some seconds later.
  static let longestUntilNext: Duration = .seconds(75)
  /// So long after boot, or after the installation, there are two.
  static let settled: Duration = .seconds(180)

  /// - Parameters:
  ///   - ages: how long ago each of those that are alive was started.
  ///   - uptime: since when they are started at all.
  public init(ages: [Duration], uptime: Duration) {
    guard let youngest = ages.min() else {
      self = .none
      return
    }
    if youngest > Overlap.longestUntilNext {
      self = ages.count > 1 ? .aging(youngest: youngest) : .alone(age: youngest)
    } else if ages.count > 1 {
      self = .overlaps(count: ages.count, youngest: youngest)
    } else {
      self = uptime < Overlap.settled ? .first(age: youngest) : .alone(age: youngest)
    }
  }
}
