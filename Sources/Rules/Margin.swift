/// How close something came to its limit, for the days on which it used more than half of it.
public struct Margin: Equatable, Sendable {
  /// The oldest day first.
  public private(set) var days: [Day]

  /// The largest age of a day that was not too late.
  public struct Day: Equatable, Sendable {
    /// Days since 1970-01-01, in UTC.
    public var day: Int64
    /// How old it became.
    public var age: Duration
    /// How old it might have become.
    public var limit: Duration

    /// What was seen on a day.
    public init(day: Int64, age: Duration, limit: Duration) {
      (self.day, self.age, self.limit) = (day, age, limit)
    }

    /// How much of the limit was used up, in thousandths.
    public var share: Int64 {
      func milliseconds(_ time: Duration) -> Int64 {
        let parts = time.components
        // What a broken disk wrote may be anything.
        return max(0, min(parts.seconds, 1 << 40)) * 1000 + parts.attoseconds
          / 1_000_000_000_000_000
      }
      return milliseconds(age) * 1000 / max(milliseconds(limit), 1)
    }
  }

  /// So many days are kept.
  public static let most: Int64 = 31

  /// Of these days.
  public init(_ days: [Day] = []) { self.days = days }

  /// Whether an age is worth a word: more than half of its limit, and not too late.
  public static func isClose(_ age: Duration, to limit: Duration) -> Bool {
    age <= limit && age > limit - age
  }

  /// The day of a date, CLOCK_REALTIME.
  public static func day(of date: Duration) -> Int64 { date.components.seconds / 86_400 }

  /// Adds what was seen on a day: the worst of it counts.
  public mutating func add(_ seen: Day) {
    guard let index = days.firstIndex(where: { $0.day >= seen.day }) else {
      return days.append(seen)
    }
    if days[index].day != seen.day { return days.insert(seen, at: index) }
    if seen.share > days[index].share { days[index] = seen }
  }

  /// Forgets the days that are so far from this one, on either side: a clock that was set.
  public mutating func keep(within most: Int64, of today: Int64) {
    days.removeAll {
      let (gap, isTooFar) = $0.day.subtractingReportingOverflow(today)
      return isTooFar || gap.magnitude >= UInt64(most)
    }
  }

  /// The day on which it was closest to its limit, of those from one date on.
  public func worst(since date: Duration = .zero) -> Day? {
    days.filter { $0.day >= Margin.day(of: date) }.max { $0.share < $1.share }
  }
}
