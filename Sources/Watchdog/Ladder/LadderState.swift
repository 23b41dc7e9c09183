import LinuxCalls
import Rules

/// Where the box stands on the ladder, as /run/watchdog tells: for check-solutions and for those that only look.
public struct LadderState: Sendable {
  /// The thresholds in force.
  public let ladder: Ladder
  /// What is due; nil when nothing is.
  public let due: RebootDueNote?
  /// Whether the box stood down; nil when it did not.
  public let stoodDown: StandingDownNote?
  /// How often the ladder rebooted the box within its window.
  public let reboots: Ladder.RebootCount
  /// How often the box was reset within that window because its chain was stale; nil when that cannot be counted.
  let staleReboots: Int?
  /// Why reboots cannot be counted; nil when they can.
  public let whyUncounted: String?
  /// Whether this boot's reboot stands on the disk.
  public let isCounted: Bool
  /// Why a threshold could not be read, so that its usual value stands in its place; nil where all could.
  let unread: Failure?
  /// Whether a device is armed.
  public let device: Ladder.Device
  /// When a person let the ladder begin again, by that note's date; nil when nobody did in this boot.
  public let resumed: Duration?
  /// The running time of the boots before this one; nil when that is not known yet.
  public let base: Duration?
  /// What can come in place of standing down.
  let rollBack: Ladder.RollBack
  let restarts: Restarts
  private let boot: ThisBoot

  /// Reads it. A threshold that is wrong has its usual value.
  ///
  /// - Throws: when what the state folder has cannot be read.
  public init(_ roots: Roots, _ state: borrowing StateFolder, at now: Moment) throws(Failure) {
    var failure: Failure?
    ladder = Ladder(roots) { failure = $0 }
    unread = failure
    due = try RebootDueNote.read(in: state)
    stoodDown = try StandingDownNote.read(in: state)
    boot = try ThisBoot(roots, state, makes: false)
    restarts = try Restarts.read(in: state, of: boot)
    resumed = try state.date(of: .resumed)
    rollBack = try RollBackNote.look(roots, state, at: now.monotonic)
    device = try ArmedDevice.isAnyArmed(in: state) ? .armed : .notArmed
    let record = try state.read(RebootsNote.file, atMost: RebootsNote.largestFile)
      .flatMap { RebootsNote(parsing: $0) }
    base = record?.base
    let counted = try Counted.read(in: state)
    whyUncounted = if case .cannot(let words) = counted { words } else { nil }
    isCounted = if case .counted(.ladder) = counted { true } else { false }
    let isKnown = whyUncounted == nil
    let (window, uptime) = (ladder.rebootsWindow, boot.uptime(at: now.monotonic))
    func count(_ kind: Reboots.Kind) -> Int? {
      isKnown ? record?.reboots.count(kind, within: window, uptime: uptime) : nil
    }
    reboots = isKnown ? count(.ladder).map { .known($0) } ?? .notReadYet : .cannotCount
    staleReboots = count(.stale)
  }

  /// How often everything was restarted in this boot within the window, whatever came of it.
  public func countOfRestarts(at now: Moment) -> Int {
    restarts.entries.filter { now.monotonic - $0.at <= ladder.restartsWindow }.count
  }

  /// How often the ladder rebooted the box within its window; nil where that is not known.
  public var countOfReboots: Int? {
    if case .known(let count) = reboots { return count }
    return nil
  }

  /// How many restarts of everything did not help a problem.
  ///
  /// - Parameters:
  ///   - noticed: the problem's date, by which it is known.
  ///   - seen: how many restarts there were while it stood.
  public func countOfRestarts(for name: Name, noticed: Duration, seen: Int, at now: Moment) -> Int {
    restarts.count(for: name, noticed: noticed, seen: seen, on: ladder, at: now.monotonic)
  }

  /// What happened on the rung of restarts, for people: those that could not be run did not help either.
  func words(of restarts: Int) -> String {
    let failed = self.restarts.entries.suffix(restarts).filter { !$0.ran }.count
    if failed == 0 { return "\(restarts.counted("restart")) of the system did not help" }
    return "restart-system could not be run \(failed.counted("time"))"
      + (restarts > failed ? ", and \((restarts - failed).counted("restart")) did not help" : "")
  }

  /// That reboots did not help, for people.
  var wordsOfReboots: String {
    "\(ladder.rebootsBeforeStandingDown) reboots within \(ladder.rebootsWindow.wholeSeconds) s of running did not help"
  }

  /// What comes next for a problem that nobody solves in time.
  ///
  /// - Parameters:
  ///   - restarts: how many restarts of everything did not help it.
  ///   - reach: how far its ladder goes.
  public func next(restarts: Int, reach: Step, at now: Moment) -> Ladder.Rung {
    let position = Ladder.Position(
      uptime: now.monotonic, restarts: restarts, reboots: reboots, device: device,
      isResting: stoodDown != nil, rollBack: rollBack)
    return ladder.next(position, last: reach)
  }

  /// The running time, as far as it is known.
  public func running(at now: Moment) -> Duration {
    (base ?? .zero) + boot.uptime(at: now.monotonic)
  }
}

extension Ladder {
  /// With the thresholds of /etc/watchdog; what is wrong there has its usual value.
  ///
  /// - Parameter onUnread: is told of what the box did not let be read.
  init(_ roots: Roots, onUnread: (Failure) -> Void) {
    func value(_ setting: Setting) -> Duration {
      Settings.value(of: setting, roots) { error, _ in
        if error.isUnread { onUnread(error) }
      }
    }
    self.init(
      minimumUptime: value(.minimumUptime),
      restartsBeforeReboot: Int(value(.restartsBeforeReboot).wholeSeconds),
      restartsWindow: value(.restartsWindow),
      rebootsBeforeStandingDown: Int(value(.rebootsBeforeStandingDown).wholeSeconds),
      rebootsWindow: value(.rebootsWindow))
  }
}
