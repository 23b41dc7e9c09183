/// For how long a problem has been unsolved, as check-solutions counts it from look to look. The time in which a
/// program that was started again may still beat for the first time does not count, for a few attempts.
public struct Unsolved: Equatable, Sendable {
  /// The problem's date, by which it is known again.
  public var noticed: Duration
  /// Unsolved for so long, as far as somebody watched, since the last rung.
  public var time: Duration
  /// How many attempts were waited for since the last rung.
  public var tries: Int
  /// The attempt that was waited for last.
  public var attempt: Int
  /// For how long that was waited for.
  public var waited: Duration
  /// The last restart of everything, by its date; nil when there was none.
  public var restart: Duration?
  /// When a person let the ladder begin again, by its date; nil when nobody did.
  public var resumed: Duration?
  /// Whether this is counted since a restart of everything.
  public var isAfterRestart: Bool
  /// How many restarts of everything there were while the problem stood, since a person let the ladder begin again.
  public var restarts: Int

  /// What the administrator had set for it; nil where nobody wrote that down.
  public var limits: Trouble.Limits?

  /// So many attempts in a row are waited for.
  public static let mostTries = 3
  /// After a restart of everything its own start is waited for, and no more.
  static let mostTriesAfterRestart = 1

  /// What is counted of a problem.
  public init(
    noticed: Duration, time: Duration, tries: Int, attempt: Int, waited: Duration,
    restart: Duration?, resumed: Duration?, isAfterRestart: Bool, restarts: Int,
    limits: Trouble.Limits? = nil
  ) {
    self.noticed = noticed
    self.time = time
    self.tries = tries
    self.attempt = attempt
    self.waited = waited
    self.restart = restart
    self.resumed = resumed
    self.isAfterRestart = isAfterRestart
    self.restarts = restarts
    self.limits = limits
  }

  /// Counts on.
  ///
  /// - Parameters:
  ///   - last: as of the last look; nil when nothing is known.
  ///   - noticed: the problem's date.
  ///   - trouble: the problem.
  ///   - plan: what is done about it.
  ///   - box: how it is with the whole box.
  ///   - resumed: when a person let the ladder begin again, by its date; nil when nobody did.
  ///   - counted: what was watched since the last look.
  public static func next(
    after last: Unsolved?, noticed: Duration, _ trouble: Trouble, _ plan: Plan, _ box: Surroundings,
    resumed: Duration?, counted: Duration
  ) -> Unsolved {
    guard var next = last, next.noticed == noticed, next.restart == box.restart,
      next.resumed == resumed, box.hold == nil, !box.isRestarting
    else {
      return begin(
        after: last, noticed: noticed, box, resumed: resumed, limits: trouble.limits)
    }
    next.limits = trouble.limits
    if next.waits(trouble, plan) {
      next.waited += counted
    } else {
      next.time += counted
    }
    return next
  }

  /// A problem that is seen for the first time, or begins a rung.
  private static func begin(
    after last: Unsolved?, noticed: Duration, _ box: Surroundings, resumed: Duration?,
    limits: Trouble.Limits
  ) -> Unsolved {
    // What is known of the same problem tells what came last; dates do only for a new one, which has seen no restart
    // that was before it.
    let isAfterRestart: Bool
    var restarts = 0
    if let last, last.noticed == noticed {
      let isSame = last.resumed == resumed
      isAfterRestart = isSame && (last.restart != box.restart || last.isAfterRestart)
      if isSame { restarts = last.restarts + (last.restart != box.restart ? 1 : 0) }
    } else {
      isAfterRestart = box.restart.map { $0 > noticed } ?? false
    }
    return Unsolved(
      noticed: noticed, time: .zero, tries: 0, attempt: -1, waited: .zero, restart: box.restart,
      resumed: resumed, isAfterRestart: isAfterRestart, restarts: restarts, limits: limits)
  }

  /// Whether this time is excused: a program is tried that has a heart, and has its time for that still. By the count
  /// of this tool, so that nothing that hangs can stretch it.
  private mutating func waits(_ trouble: Trouble, _ plan: Plan) -> Bool {
    guard case .heart(_, let limit) = trouble.promise, trouble.process != .gone else {
      return false
    }
    let current: Int
    switch plan {
    case .tried(let attempt, _), .tryAnew(let attempt): current = attempt
    default: return false
    }
    if current != attempt {
      attempt = current
      waited = .zero
      tries += 1
    }
    return isExcused && waited < limit
  }

  private var isExcused: Bool {
    tries <= (isAfterRestart ? Unsolved.mostTriesAfterRestart : Unsolved.mostTries)
  }

  /// When the next rung is due, if nothing helps and somebody watches all the time. A hold comes on top of it.
  public func rest(_ trouble: Trouble, _ plan: Plan) -> Duration {
    var rest = max(trouble.limits.solveWithin - time, .zero)
    guard case .heart(_, let limit) = trouble.promise, trouble.process != .gone, isExcused else {
      return rest
    }
    switch plan {
    case .tried(_, let more): rest += more
    case .tryAnew: rest += max(limit - waited, .zero)
    default: break
    }
    return rest
  }

  /// Whether the next rung of the ladder is due for a problem.
  public func isDue(_ trouble: Trouble) -> Bool {
    trouble.reach.rawValue >= Step.restart.rawValue && time > trouble.limits.solveWithin
  }
}
