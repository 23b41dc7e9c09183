/// What is done about a problem that nobody solved in time. Counts go in, the next rung comes out.
public struct Ladder: Equatable, Sendable {
  /// How long after boot nothing is restarted as a whole.
  public var minimumUptime: Duration
  /// How many restarts of everything come before a reboot.
  public var restartsBeforeReboot: Int
  /// In which time they are counted.
  public var restartsWindow: Duration
  /// How many reboots come before standing down.
  public var rebootsBeforeStandingDown: Int
  /// In which running time they are counted.
  public var rebootsWindow: Duration

  /// A ladder with these thresholds.
  public init(
    minimumUptime: Duration, restartsBeforeReboot: Int, restartsWindow: Duration,
    rebootsBeforeStandingDown: Int, rebootsWindow: Duration
  ) {
    self.minimumUptime = minimumUptime
    self.restartsBeforeReboot = restartsBeforeReboot
    self.restartsWindow = restartsWindow
    self.rebootsBeforeStandingDown = rebootsBeforeStandingDown
    self.rebootsWindow = rebootsWindow
  }

  /// Where the box stands.
  public struct Position: Equatable, Sendable {
    /// CLOCK_MONOTONIC.
    public var uptime: Duration
    /// How many restarts of everything did not help this problem.
    public var restarts: Int
    /// How many reboots the ladder made within its window.
    public var reboots: RebootCount
    /// Whether a device is armed.
    public var device: Device
    /// Whether the box stood down.
    public var isResting: Bool
    /// Whether what the box runs can be exchanged for what it ran before.
    public var rollBack: RollBack

    /// Where the box stands.
    public init(
      uptime: Duration, restarts: Int, reboots: RebootCount, device: Device, isResting: Bool,
      rollBack: RollBack = .none
    ) {
      self.uptime = uptime
      self.restarts = restarts
      self.reboots = reboots
      self.device = device
      self.isResting = isResting
      self.rollBack = rollBack
    }
  }

  /// How many reboots the ladder made lately.
  public enum RebootCount: Equatable, Sendable {
    /// So many.
    case known(Int)
    /// The disk was not read yet.
    case notReadYet
    /// What is counted does not last, or cannot be written or read.
    case cannotCount
  }

  /// Whether something would reboot the box if it were not fed.
  public enum Device: Equatable, Sendable {
    /// A feeder has armed it, and nobody disarmed it.
    case armed
    /// None is armed.
    case notArmed
  }

  /// What can come in place of standing down.
  public enum RollBack: Equatable, Sendable {
    /// Nothing: there is no roll-back, or it did not help.
    case none
    /// It was not run yet.
    case possible
    /// It was run in this boot, and the next one runs what was there before.
    case done
  }

  /// What comes next.
  public enum Rung: Equatable, Sendable {
    /// Nothing yet: the box was booted just now. This much is left.
    case wait(Duration)
    /// restart-system.
    case restart
    /// The box is left to the watchdog device.
    case reboot
    /// Reboots do not help: the box goes back to what it ran before.
    case rollBack
    /// Reboots do not help: the box rests.
    case standDown
    /// Nothing more, for this reason.
    case end(End)
  }

  /// Why a ladder ends.
  public enum End: Equatable, Sendable {
    /// It goes no further for this problem.
    case lastStep
    /// No device is armed that could reboot the box.
    case noDevice
    /// The box stood down.
    case rests
    /// Reboots cannot be counted: none before this much time has passed.
    case uncounted(rest: Duration)
    /// How many reboots there were is not known yet.
    case notReadYet
  }

  /// The next rung for a problem.
  ///
  /// - Parameter last: how far its ladder goes.
  public func next(_ position: Position, last: Step) -> Rung {
    if position.isResting { return .end(.rests) }
    if last.rawValue < Step.restart.rawValue { return .end(.lastStep) }
    if position.uptime < minimumUptime { return .wait(minimumUptime - position.uptime) }
    if position.restarts < restartsBeforeReboot { return .restart }
    if last == .restart { return .end(.lastStep) }
    if position.device == .notArmed { return .end(.noDevice) }
    switch position.reboots {
    case .known(let count):
      if count < rebootsBeforeStandingDown { return .reboot }
      switch position.rollBack {
      case .none: return .standDown
      case .possible: return .rollBack
      case .done: return .reboot
      }
    case .notReadYet: return .end(.notReadYet)
    case .cannotCount:
      let rest = leastTimeBetweenUncountedReboots - position.uptime
      return rest > .zero ? .end(.uncounted(rest: rest)) : .reboot
    }
  }

  /// How long a box must have been up before it is rebooted when the count of reboots cannot be kept: so
  /// there are no more of them in the window than allowed, whatever was forgotten.
  public var leastTimeBetweenUncountedReboots: Duration {
    .seconds(rebootsWindow.wholeSeconds / Int64(max(rebootsBeforeStandingDown, 1)))
  }
}

extension Ladder {
  /// A restart of everything, as it is remembered.
  public struct Restart: Equatable, Sendable {
    /// How long ago it was.
    public var age: Duration
    /// Whether it was made for a problem of the same name.
    public var isOfSame: Bool
    /// Whether it was made for this very problem, which stands still.
    public var stands: Bool

    /// A restart of everything.
    public init(age: Duration, isOfSame: Bool, stands: Bool) {
      self.age = age
      self.isOfSame = isOfSame
      self.stands = stands
    }
  }

  /// How many restarts did not help a problem: those that were made for it, however long ago; those for an earlier one of
  /// its name within the window; and all that came while it stood. What was before it, and for another, is none of it.
  ///
  /// - Parameter seen: how many restarts there were while the problem stood (`Unsolved.restarts`).
  public func count(_ restarts: [Restart], seen: Int) -> Int {
    max(restarts.filter { $0.stands || $0.isOfSame && $0.age <= restartsWindow }.count, seen)
  }
}
