import LinuxCalls
import Rules

extension Moment {
  /// Reads both clocks as one.
  public static func now() -> Moment {
    let both = Clock.readBoth()
    return Moment(realtime: both.realtime, monotonic: both.monotonic)
  }
}
