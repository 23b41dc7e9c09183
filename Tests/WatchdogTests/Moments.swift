import Rules

/// 2024, on a box that was booted 10,000 s ago.
let noon = Moment(realtime: .seconds(1_720_000_000), monotonic: .seconds(10_000))

extension Moment {
  /// Later by this much, on a clock that nobody sets.
  func later(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic + time)
  }

  /// The same moment on a clock that was set by this much; also: after a sleep of so long.
  func clockSet(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic)
  }
}
