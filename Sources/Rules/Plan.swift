/// All that is known of a problem: for the code that decides about it and the code that tells of it.
public struct Trouble: Sendable {
  /// Who noticed it.
  public var detector: Detector
  /// How long ago that was: CLOCK_MONOTONIC, or what the dates say. It only decides whether attempts are counted
  /// anew.
  public var age: Duration
  /// The heart's last beat when the problem was noticed; nil when it had never beaten.
  public var beatBefore: Duration?
  /// The heart's promise.
  public var promise: Promise
  /// The heart's beat.
  public var beat: Beat
  /// The process that is noted as the program.
  public var process: Process
  /// Who can mend it.
  public var means: Means
  /// What the administrator set for it.
  public var limits: Limits
  /// The last attempt; nil when there was none.
  public var attempt: Attempt?
  /// Whether the solver of that attempt runs.
  public var isSolverRunning: Bool
  /// Whether a detector that is there noted it: then only that says when it is over.
  public var isJudged = false

  /// What the administrator can set for a problem.
  public struct Limits: Equatable, Sendable {
    /// How far its ladder goes; nil where nothing was said.
    public var lastStep: Step?
    /// How long a solver may run.
    public var solveTime: Duration
    /// How long the problem may stay unsolved.
    public var solveWithin: Duration

    /// These are set.
    public init(lastStep: Step?, solveTime: Duration, solveWithin: Duration) {
      self.lastStep = lastStep
      self.solveTime = solveTime
      self.solveWithin = solveWithin
    }
  }

  /// What was promised for a heart.
  public enum Promise: Equatable, Sendable {
    /// There is no such heart.
    case none
    /// Its beats may be this far apart, and the first after a start may take so long.
    case heart(limit: Duration, startLimit: Duration)
    /// That cannot be told.
    case unknown
  }

  /// The process that is noted as a program.
  public enum Process: Equatable, Sendable {
    /// None is noted.
    case notNoted
    /// It runs.
    case runs
    /// It has ended.
    case gone
    /// It was noted in another namespace, or cannot be looked at.
    case unknown
  }

  /// All that is known of a problem.
  public init(
    detector: Detector, age: Duration, beatBefore: Duration?, promise: Promise, beat: Beat,
    process: Process, means: Means, limits: Limits, attempt: Attempt?, isSolverRunning: Bool
  ) {
    self.detector = detector
    self.age = age
    self.beatBefore = beatBefore
    self.promise = promise
    self.beat = beat
    self.process = process
    self.means = means
    self.limits = limits
    self.attempt = attempt
    self.isSolverRunning = isSolverRunning
  }
}

/// How it is with the whole box, as far as a single problem is concerned.
public struct Surroundings: Sendable {
  /// How much is left of a hold of the box or of this heart; nil when there is none.
  public var hold: Duration?
  /// The last run of restart-system, by its date; nil when there was none.
  public var restart: Duration?
  /// Whether restart-system runs.
  public var isRestarting: Bool
  /// Whether the box stood down.
  public var isResting: Bool

  /// How it is with the whole box.
  public init(hold: Duration?, restart: Duration?, isRestarting: Bool, isResting: Bool) {
    self.hold = hold
    self.restart = restart
    self.isRestarting = isRestarting
    self.isResting = isResting
  }
}

/// What is done about a problem.
public enum Plan: Equatable, Sendable {
  /// It is proven over.
  case over(Proof)
  /// A solver is at work, for so long.
  case solving(attempt: Int, since: Duration)
  /// The solver has exceeded its time: it is killed.
  case kill(attempt: Int)
  /// The program was started, and has this long to prove that it works.
  case tried(attempt: Int, rest: Duration)
  /// It was started by a restart of everything, and is tried from now on.
  case tryAnew(attempt: Int)
  /// The next attempt begins, which is the how manieth in a row.
  case begin(attempt: Int)
  /// The next attempt begins after a pause.
  case pause(attempt: Int, rest: Duration)
  /// There is neither a program nor a solution.
  case nobodyCan
  /// Its ladder goes no further than marking it.
  case marked
  /// Nothing is begun.
  case waits(Wait)

  /// Why nothing is begun.
  public enum Wait: Equatable, Sendable {
    /// A hold, of which so much is left.
    case hold(Duration)
    /// Everything is being restarted.
    case restart
  }

  /// What proves that a problem is over.
  public enum Proof: Equatable, Sendable {
    /// The heart has beaten since, by itself.
    case beats
    /// It has beaten after its program was started again.
    case beatsAfterStart
    /// It beats, although its noted process is gone: the work goes on elsewhere.
    case elsewhere
    /// A program without a heart has run for `Attempt.calm`.
    case ranCalm
    /// Its heart is no longer wanted.
    case heartGone
  }
}

extension Trouble {
  /// How far its ladder goes.
  public var reach: Step {
    Step.last(given: limits.lastStep, detector: detector, means: means, hasBeaten: beat.date != nil)
  }

  /// What is done about it now.
  ///
  /// - Parameters:
  ///   - box: how it is with the whole box.
  ///   - now: the clocks.
  public func plan(_ box: Surroundings, at now: Moment) -> Plan {
    if isSolverRunning, let attempt {
      let elapsed = now.monotonic - attempt.time
      let isLate = elapsed > limits.solveTime + Attempt.patience && box.hold == nil
      return isLate
        ? .kill(attempt: attempt.count)
        : .solving(attempt: attempt.count, since: max(elapsed, .zero))
    }
    if let proof = proof(at: now) { return .over(proof) }
    if reach == .mark { return .marked }
    if means == .none { return .nobodyCan }
    if let hold = box.hold { return .waits(.hold(hold)) }
    if box.isRestarting { return .waits(.restart) }
    // One from the future is another boot's.
    let attempt = attempt.flatMap { $0.time <= now.monotonic ? $0 : nil }
    if means == .program, let restart = box.restart, restart != attempt?.restart,
      restart > now.realtime - age
    {
      return .tryAnew(attempt: attempt?.count ?? 0)
    }
    guard let attempt else { return .begin(attempt: 1) }
    return next(after: attempt, isResting: box.isResting, at: now)
  }

  private func next(after attempt: Attempt, isResting: Bool, at now: Moment) -> Plan {
    let elapsed = now.monotonic - attempt.time
    let pause = Attempt.pause(after: attempt.count, isResting: isResting)
    switch attempt.phase {
    case .tried:
      let rest = trial - attempt.waited
      if process != .gone, rest > .zero { return .tried(attempt: attempt.count, rest: rest) }
    case .proven:
      // It was well for a time: what fails now is counted anew.
      if elapsed - age > Attempt.calm + Attempt.pause(after: attempt.count, isResting: false) {
        return .begin(attempt: 1)
      }
    case .solving, .failed: break
    }
    return elapsed >= pause
      ? .begin(attempt: attempt.count + 1)
      : .pause(attempt: attempt.count + 1, rest: pause - elapsed)
  }

  /// How long a program that was started again has to prove that it works.
  public var trial: Duration {
    switch promise {
    case .heart(_, let startLimit): startLimit
    case .none, .unknown: Attempt.calm
    }
  }

  /// What proves that it is over; nil while it stands. What somebody else noticed is not for a beat to answer before
  /// something was done about it.
  public func proof(at now: Moment) -> Plan.Proof? {
    let isTried = attempt.map { $0.phase == .tried && $0.time <= now.monotonic } ?? false
    switch promise {
    case .unknown: return nil
    case .none:
      if detector == .heart { return .heartGone }
      guard isTried, !isJudged, let attempt, process == .runs else { return nil }
      return attempt.waited >= Attempt.calm ? .ranCalm : nil
    case .heart(let limit, _):
      guard detector == .heart || isTried && !isJudged, hasBeatenSince(limit: limit, at: now)
      else { return nil }
      if process == .gone { return .elsewhere }
      return isTried ? .beatsAfterStart : .beats
    }
  }

  /// Whether the heart has another beat than before, which is young. One dated in the future is none.
  private func hasBeatenSince(limit: Duration, at now: Moment) -> Bool {
    guard let date = beat.date else { return false }
    let before: Duration? =
      if let attempt, attempt.phase != .proven { attempt.beat } else { beatBefore }
    let age = now.realtime - date
    return date != before && age <= limit && age >= .zero - Vigil.clockTolerance
  }
}
