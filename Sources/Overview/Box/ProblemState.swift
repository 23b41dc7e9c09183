import LinuxCalls
import Rules
import Watchdog

/// A problem, and what is being done about it: the very plan that the tools go by.
struct ProblemState {
  let found: TroubleFound
  /// How long ago it was noticed.
  let age: Duration
  /// What is done about it.
  let plan: Plan
  /// Why that will not be done: solve-problems is not at work. Nil when it is.
  let obstacle: String?
  /// What is done for it to the whole box, and when, if it is not solved; nil when nothing is.
  let ladder: (rung: Ladder.Rung, rest: Duration)?

  var name: Name { found.name }
  var problem: Problem { found.problem }
  /// When it was first noticed, CLOCK_REALTIME.
  var noticed: Duration { found.noticed }
  /// Whether nothing more than marking or mending it will be done.
  var isAtLastStep: Bool {
    if case .end(.lastStep) = ladder?.rung { return true }
    return found.trouble.reach.rawValue < Step.restart.rawValue
  }
}

extension Box {
  /// The problems, the oldest first.
  func lookAtProblems(_ state: borrowing StateFolder) throws(Failure) -> [ProblemState] {
    guard try state.openIfThere(.problems) != nil, let ladder else { return [] }
    let peek = try VigilPeek(of: Tool.checkSolutions.name, in: state, at: now)
    let memories = peek.memories(of: Unsolved.self)
    let box = try BoxLook(state, at: now)
    let obstacle = try obstacle(state)
    var problems: [ProblemState] = []
    try TroubleLook(roots, state, at: now).forEach(onObstacle: { _, _ in }) { found in
      let surroundings = box.surroundings(of: found)
      let plan = found.trouble.plan(surroundings, at: now)
      let unsolved = Unsolved.next(
        after: memories[found.name], noticed: found.noticed, found.trouble, plan, surroundings,
        resumed: ladder.resumed, counted: peek.look.counted)
      problems.append(
        ProblemState(
          found: found, age: max(now.realtime - found.noticed, .zero), plan: plan,
          obstacle: obstacle, ladder: ladderStep(found, plan, unsolved, ladder, box)))
    }
    problems.sort { $0.age > $1.age }
    return problems
  }

  /// Why nothing is solved at present, whatever is planned; nil when things are.
  func obstacle(_ state: borrowing StateFolder) throws(Failure) -> String? {
    let alive = try state.openIfThere(.alive)
    guard let last = alive.status(of: Tool.solveProblems.text)?.modified else {
      return "solve-problems has not run since boot"
    }
    let age = now.realtime - last
    return age.magnitude > Link.usualLimit
      ? "solve-problems was last alive \(age.inSeconds) s ago" : nil
  }

  /// When check-solutions would climb for this problem, as it would judge.
  private func ladderStep(
    _ found: TroubleFound, _ plan: Plan, _ unsolved: Unsolved, _ ladder: LadderState, _ box: BoxLook
  ) -> (rung: Ladder.Rung, rest: Duration)? {
    let reach = found.trouble.reach
    guard rebootDue == nil, !box.restart.isRunning, reach.rawValue >= Step.restart.rawValue else {
      return nil
    }
    if case .over = plan { return nil }
    let restarts = ladder.countOfRestarts(
      for: found.name, noticed: found.noticed, seen: unsolved.restarts, at: now)
    var rest = unsolved.rest(found.trouble, plan)
    // Time counts from the end of the hold on.
    if case .waits(.hold(let more)) = plan { rest += more }
    let rung = ladder.next(restarts: restarts, reach: reach, at: now)
    if case .wait(let wait) = rung {
      let later = Moment(realtime: now.realtime, monotonic: now.monotonic + wait)
      return (ladder.next(restarts: restarts, reach: reach, at: later), max(rest, wait))
    }
    return (rung, rest)
  }
}

extension ProblemState {
  /// "next: attempt 2 in 1.5 s; restart-system in 17.4 s".
  var nextWords: String {
    var own = plan.words(found)
    if let obstacle {
      switch plan {
      case .marked, .nobodyCan, .over: break
      default: own += ", but \(obstacle)"
      }
    }
    guard let ladder else {
      let isLast = found.trouble.reach == .solve && plan.attempt != nil
      return isLast ? "\(own); nothing more: its last-step is solve" : own
    }
    if case .end = ladder.rung { return "\(own); \(ladder.rung.words)" }
    return "\(own); \(ladder.rung.words) in \(ladder.rest.short)"
  }
}

extension Ladder.Rung {
  /// What is done, in a word or two.
  var words: String {
    switch self {
    case .wait: "a wait until minimum-uptime"
    case .restart: "restart-system"
    case .reboot: "a reboot"
    case .rollBack: "roll-back"
    case .standDown: "standing down"
    case .end(.lastStep): "nothing more: it is at its last step"
    case .end(.noDevice): "no reboot: no device is armed"
    case .end(.rests): "no restart of everything: the box stood down"
    case .end(.uncounted(let rest)):
      "no reboot for another \(rest.short): reboots cannot be counted"
    case .end(.notReadYet): "no reboot until the disk has been read"
    }
  }
}
