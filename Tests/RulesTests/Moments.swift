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

/// Numbers that look random and are the same in each run (SplitMix64).
struct Steps {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// A number from 0 to below `limit`.
  mutating func next(below limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
