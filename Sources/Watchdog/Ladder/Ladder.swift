import Linux

/// What is done about a problem that nobody solved in time. Pure: counts go in, the next rung comes out.
public struct Ladder: Sendable {
  /// How long after boot nothing is restarted as a whole.
  public var minimumUptime: Duration
  /// How many restarts of everything come before a reboot.
  public var restartsBeforeReboot: Int
  /// In which time they are counted.
  public var restartsWindow: Duration
  /// How many reboots come before standing down.
  public var rebootsBeforeStandingDown: Int
  /// In which time they are counted.
  public var rebootsWindow: Duration

  /// What comes next.
  public enum Rung: Equatable, Sendable {
    /// Nothing yet: the box was booted just now. This much is left.
    case wait(Duration)
    /// restart-system.
    case restart
    /// The box is left to the watchdog device.
    case reboot
    /// Reboots do not help: from now on problems are only marked.
    case standDown
  }

  /// The next rung.
  ///
  /// - Parameters:
  ///   - restarts: how often everything was restarted in this boot, within the window.
  ///   - reboots: how often the box was rebooted for this, within the window.
  ///   - uptime: CLOCK_MONOTONIC.
  public func next(restarts: Int, reboots: Int, uptime: Duration) -> Rung {
    if uptime < minimumUptime { return .wait(minimumUptime - uptime) }
    if restarts < restartsBeforeReboot { return .restart }
    return reboots < rebootsBeforeStandingDown ? .reboot : .standDown
  }

  /// How long a box must have been up before it is rebooted when the count of reboots cannot be kept: so
  /// there are no more of them in the window than allowed, whatever was forgotten.
  public var leastTimeBetweenUncountedReboots: Duration {
    .seconds(rebootsWindow.wholeSeconds / Int64(max(rebootsBeforeStandingDown, 1)))
  }
}
