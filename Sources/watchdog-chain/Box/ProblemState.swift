import Linux
import Watchdog

/// A problem, and what is being done about it.
struct ProblemState {
  let name: Name
  let problem: Problem
  /// When it was first noticed, CLOCK_REALTIME.
  let noticed: Duration
  /// How long ago that was.
  let age: Duration
  /// What is done about it, or is to be done next, and when.
  let next: Next
  /// When the whole box is next, if it is not solved; nil when it will not be.
  let ladder: (rung: Ladder.Rung, rest: Duration)?

  /// What comes next.
  enum Next {
    /// A solver is at work: the how manieth attempt in a row, its process, and for how long.
    case solving(attempt: Int, ProcessIdentity, since: Duration)
    /// The next attempt, after so much time.
    case attempt(Int, in: Duration)
    /// There is neither a program nor a solution of this name.
    case nobodyCan
    /// Nothing is begun, for this reason.
    case waits(String)
  }
}

extension Box {
  /// The problems, the oldest first.
  func lookAtProblems(_ state: borrowing StateFolder) throws(Failure) -> [ProblemState] {
    guard let folder = try state.openIfThere(.problems) else { return [] }
    var problems: [ProblemState] = []
    let attempts = try state.openIfThere(.attempts)
    let vigil = try vigil(of: "check-solutions", in: state)
    let restart = try SystemRestart.lastRun(in: state)
    let standstill = try standstill(restart, state)
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read problems", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes),
        let status = try? folder.status(of: name.text), status.kind == .file
      else { return }
      let bytes = (try? folder.readFile(name.text, atMost: 1024)) ?? nil
      let attempt = attempts.contents(of: name.text).flatMap { Attempt(parsing: $0) }
      problems.append(
        ProblemState(
          name: name, problem: Problem(parsing: bytes ?? []), noticed: status.modified,
          age: max(now.realtime - status.modified, .zero),
          next: next(name, attempt, age: vigil.age(of: status.modified, at: now), standstill),
          ladder: ladderStep(status.modified, vigil, restart)))
    }
    problems.sort { $0.age > $1.age }
    return problems
  }

  /// Why nothing is solved at present; nil when things are.
  private func standstill(
    _ restart: SystemRestart.LastRun, _ state: borrowing StateFolder
  ) throws(Failure) -> String? {
    if stoodDown != nil { return "nothing is done: the box stood down" }
    if let hold, let rest = hold.rest(at: now.monotonic) {
      return "nothing is done for another \(rest.wholeSeconds + 1) s: on hold"
    }
    if case .runs = restart { return "the system is being restarted" }
    let alive = try state.openIfThere(.alive)
    guard let last = alive.status(of: "solve-problems")?.modified else {
      return "solve-problems has not run since boot"
    }
    let age = now.realtime - last
    return age.magnitude > Link.usualLimit
      ? "solve-problems was last alive \(age.inSeconds) s ago" : nil
  }

  private func next(
    _ name: Name, _ last: Attempt?, age: Duration, _ standstill: String?
  ) -> ProblemState.Next {
    let solver = last?.solver.flatMap { (try? ProcessTable().isGone($0)) == false ? $0 : nil }
    if let solver, let last {
      return .solving(attempt: last.count, solver, since: max(now.monotonic - last.time, .zero))
    }
    if let standstill { return .waits(standstill) }
    let known = ["solutions", "programs"].contains { folder in
      (try? Folder(path: "/").status(of: "\(roots.config)/\(folder)/\(name.text)")) != nil
    }
    guard known else { return .nobodyCan }
    let step = Attempt.next(
      after: last, isRunning: false, problemAge: age, limit: .zero, now: now.monotonic)
    switch step {
    case .begin(let count): return .attempt(count, in: .zero)
    case .wait(let rest): return .attempt((last?.count ?? 0) + 1, in: rest)
    case .kill: return .attempt((last?.count ?? 0) + 1, in: .zero)
    }
  }

  /// When check-solutions would climb for this problem, as it would judge.
  private func ladderStep(
    _ noticed: Duration, _ vigil: Vigil, _ restart: SystemRestart.LastRun
  ) -> (rung: Ladder.Rung, rest: Duration)? {
    guard let ladder, stoodDown == nil, rebootDue == nil else { return nil }
    if case .runs = restart { return nil }
    var age = min(vigil.age(of: noticed, at: now), vigil.age(of: restart.begun, at: now))
    if let hold { age = min(age, now.monotonic - hold.end) }
    let rest = max(Settings.value(of: .solveWithin, roots) - age, .zero)
    switch ladder.next(at: now) {
    case .wait(let wait):
      let afterwards = ladder.next(
        at: Moment(realtime: now.realtime, monotonic: now.monotonic + wait))
      return (afterwards, max(rest, wait))
    case let rung: return (rung, rest)
    }
  }
}
