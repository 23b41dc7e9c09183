// In the Tiny build Rules is in Embedded Swift, and nobody runs tests.
#if !TINY
import Rules

/// 2024, on a box that was booted 10,000 s ago.
package let noon = Moment(realtime: .seconds(1_720_000_000), monotonic: .seconds(10_000))

extension Moment {
  /// Later by this much, on a clock that nobody sets.
  package func later(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic + time)
  }

  /// The same moment on a clock that was set by this much; also: after a sleep of so long.
  package func clockSet(by time: Duration) -> Moment {
    Moment(realtime: realtime + time, monotonic: monotonic)
  }
}
#endif
