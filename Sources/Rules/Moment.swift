/// A reading of both clocks. File times are compared with `realtime`; how much time passed is told by
/// `monotonic`, which nobody can set and which stands still while the box sleeps (clock_gettime(2)).
public struct Moment: Equatable, Sendable {
  /// CLOCK_REALTIME: since 1970-01-01.
  public var realtime: Duration
  /// CLOCK_MONOTONIC: since boot, without the time asleep.
  public var monotonic: Duration

  /// A reading with these values.
  public init(realtime: Duration, monotonic: Duration) {
    self.realtime = realtime
    self.monotonic = monotonic
  }

  /// What the two clocks differ by. Slewing moves both, so this moves only when somebody sets the
  /// clock, or by the time that the box slept (kernel/time/timekeeping.c: wall_to_monotonic).
  public var clockOffset: Duration { realtime - monotonic }
}

extension Duration {
  /// This time without its sign.
  var magnitude: Duration { self < .zero ? .zero - self : self }

  /// In whole seconds, rounded towards zero.
  var wholeSeconds: Int64 { components.seconds }
}
