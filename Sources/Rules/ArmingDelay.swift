/// How long a feeder waits before it arms a device for the first time in a boot, so that a box whose chain breaks in
/// each boot can be used meanwhile.
public enum ArmingDelay {
  /// After so many resets of a stale chain in a row: none, two minutes, ten, an hour.
  private static let minutes: [Int64] = [0, 0, 2, 10, 60]

  /// CLOCK_MONOTONIC before which the device is not armed.
  ///
  /// - Parameters:
  ///   - reboots: how often the box was reset lately because its chain was stale; nil when that cannot be counted.
  public static func delay(after reboots: Int?) -> Duration {
    guard let reboots else { return .seconds(minutes[2] * 60) }
    return .seconds(minutes[min(max(reboots, 0), minutes.count - 1)] * 60)
  }
}
