/// Maintenance of the box or of one heart: for a time nothing of it is restarted, while marks go on and the
/// device is fed. It ends by itself.
public struct Hold: Equatable, Sendable {
  /// CLOCK_MONOTONIC when it began.
  public var begin: Duration
  /// CLOCK_MONOTONIC when it ends.
  public var end: Duration

  /// No hold is longer: a day.
  public static let longest: Duration = .seconds(86_400)

  /// A hold.
  public init(begin: Duration, end: Duration) {
    self.begin = begin
    self.end = end
  }

  /// How much of it is left; nil when it is over.
  public func rest(at now: Duration) -> Duration? { end > now ? end - now : nil }
}
