/// A reboot that the ladder has decided on: it is counted on the disk first, by a process of its own, and then the box
/// is left to the device.
public struct RebootDue: Equatable, Sendable {
  /// CLOCK_MONOTONIC when it was decided.
  public var decided: Duration
  /// Whether its count is known to be on the disk.
  public var isCounted: Bool
  /// Whether the box was left to the device already.
  public var isLeft: Bool

  /// How long the disk has to take the count.
  public static let patience: Duration = .seconds(30)

  /// A reboot that is due.
  public init(decided: Duration, isCounted: Bool, isLeft: Bool) {
    self.decided = decided
    self.isCounted = isCounted
    self.isLeft = isLeft
  }

  /// What comes of it.
  public enum Order: Equatable, Sendable {
    /// The disk has not answered yet.
    case waitForCount
    /// The box is left to the device: check-solutions is no longer alive.
    case leave
    /// It is called off: nothing asks for it any more.
    case callOff
    /// It cannot be counted, and so it must not come before this much time has passed.
    case tooEarly(rest: Duration)
  }

  /// What comes of it.
  ///
  /// - Parameters:
  ///   - isWanted: whether a problem asks for it still.
  ///   - isHeld: whether the box is on hold.
  ///   - ladder: the thresholds.
  ///   - uptime: CLOCK_MONOTONIC.
  public func order(isWanted: Bool, isHeld: Bool, ladder: Ladder, uptime: Duration) -> Order {
    if !isWanted || isHeld { return .callOff }
    if isCounted || isLeft { return .leave }
    if uptime - decided < RebootDue.patience { return .waitForCount }
    let rest = ladder.leastTimeBetweenUncountedReboots - uptime
    return rest > .zero ? .tooEarly(rest: rest) : .leave
  }
}
