import Linux

/// Where the box stands on the ladder, for those who only look.
public struct LadderState: Sendable {
  /// The thresholds in force.
  public let ladder: Ladder
  /// How often everything was restarted in this boot, within the window.
  public let restarts: Int
  /// How often the box was rebooted for this, within the window.
  public let reboots: Int

  /// Reads the counters and thresholds. A threshold that is wrong has its usual value.
  ///
  /// - Throws: when what the state folder has cannot be read.
  public init(
    _ roots: Roots, _ state: borrowing StateFolder, at now: Moment
  ) throws(Failure) {
    ladder = Ladder(roots)
    let counters = try Counters(roots, state)
    restarts = counters.countOfRestarts(on: ladder, at: now)
    reboots = counters.countOfReboots(on: ladder, at: now)
  }

  /// What would come next for a problem that nobody solved in time.
  public func next(at now: Moment) -> Ladder.Rung {
    ladder.next(restarts: restarts, reboots: reboots, uptime: now.monotonic)
  }
}

extension Ladder {
  /// With the thresholds of /etc/watchdog; what is wrong there has its usual value.
  init(_ roots: Roots) {
    func value(_ setting: Setting) -> Duration { Settings.value(of: setting, roots) }
    self.init(
      minimumUptime: value(.minimumUptime),
      restartsBeforeReboot: Int(value(.restartsBeforeReboot).wholeSeconds),
      restartsWindow: value(.restartsWindow),
      rebootsBeforeStandingDown: Int(value(.rebootsBeforeStandingDown).wholeSeconds),
      rebootsWindow: value(.rebootsWindow))
  }
}
