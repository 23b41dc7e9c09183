/// How long it takes at the worst until something is done about a program that is broken for good.
public struct Bound: Equatable, Sendable {
  /// Until it is noticed.
  public var notice: Duration
  /// From then until everything is restarted for the first time.
  public var firstRestart: Duration
  /// From one restart of everything to the next rung.
  public var nextRung: Duration
  /// How many restarts there are before the reboot.
  public var restarts: Int

  /// A tool notices in its next run, up to a second later, what the one before left to it.
  public static let tick: Duration = .seconds(2)

  /// The bound for one heart.
  ///
  /// - Parameters:
  ///   - heart: its limits.
  ///   - solveWithin: how long its problem may stay unsolved.
  ///   - restartWithin: how long restart-system may take.
  public init(
    limit: Duration, startLimit: Duration, solveWithin: Duration, restartWithin: Duration,
    restarts: Int
  ) {
    notice = max(limit, startLimit) + limit + Bound.tick
    // Each look counts only what lies between it and the last, so each part may last a look longer.
    let overlap = Bound.tick * (Unsolved.mostTries + 1)
    firstRestart = solveWithin + startLimit * Unsolved.mostTries + overlap
    let rung = solveWithin + startLimit * Unsolved.mostTriesAfterRestart + Bound.tick * 2
    nextRung = max(rung, restartWithin + Bound.tick) + restartWithin
    self.restarts = restarts
  }

  /// From the failure until the box is left to its device.
  public var untilReboot: Duration {
    notice + firstRestart + nextRung * restarts + RebootDue.patience + Bound.tick
  }
}
