#if !TINY
import Rules

/// A solver: one attempt to solve one problem, in a process of its own.
struct Solver: Sendable {
  var pid: Int
  var nextAt: Milliseconds
  var phase = Phase.begins
  var attempt: Attempt
  var begun: Duration

  enum Phase: Sendable {
    case begins
    /// Its program was asked to end.
    case ends
    /// The program was started: does it end right away?
    case probation(Milliseconds)
    case solution
    case hangs
  }
}

// MARK: solve-problems

extension World {
  /// All that is known of a problem, as `TroubleLook` finds it.
  func trouble(_ index: Int, _ problem: StatePlace.ProblemFile, at now: Moment) -> Trouble {
    let member = box.members[index]
    let beat = member.limit == nil ? Beat.missing : beatFile(index)
    let before = problem.beat ?? (beat.date.flatMap { $0 <= problem.noticed ? $0 : nil })
    let process: Trouble.Process =
      state.pids[index].map { isRunning($0, of: index) ? .runs : .gone } ?? .notNoted
    let file = state.attempts[index]
    let isSolving = file?.solver.map { solvers[index]?.pid == $0 } ?? false
    return Trouble(
      detector: problem.detector, age: max(now.realtime - problem.noticed, .zero),
      beatBefore: before,
      promise: member.limit.map {
        .heart(limit: .milliseconds($0), startLimit: .milliseconds(member.startLimit))
      } ?? .none, beat: beat, process: process, means: member.means,
      limits: Trouble.Limits(
        lastStep: member.lastStep, solveTime: .milliseconds(member.solveTime),
        solveWithin: .milliseconds(member.solveWithin)),
      attempt: file?.attempt, isSolverRunning: isSolving)
  }

  var isRestarting: Bool { restart != nil && state.restart?.pid == restart?.pid }

  func surroundings(_ index: Int, at now: Moment) -> Surroundings {
    let hold = state.hold?.rest(at: now.monotonic) ?? state.holds[index]?.rest(at: now.monotonic)
    return Surroundings(
      hold: hold, restart: state.restart?.begun, isRestarting: isRestarting,
      isResting: state.stoodDown != nil)
  }

  /// As `SolveProblems`.
  mutating func solveProblems(_ look: Look, isKept: Bool) -> Bool {
    var isGood = true
    for index in programs.indices {
      guard let problem = state.problems[index] else { continue }
      let trouble = trouble(index, problem, at: look.now)
      let box = surroundings(index, at: look.now)
      let plan = trouble.plan(box, at: look.now)
      if !carryOut(plan, index, trouble, box, look) { isGood = false }
    }
    if isKept { state.solveVigil = look.vigil }
    return isGood
  }

  private mutating func carryOut(
    _ plan: Plan, _ index: Int, _ trouble: Trouble, _ box: Surroundings, _ look: Look
  ) -> Bool {
    switch plan {
    case .over(let proof): close(index, proof)
    case .solving, .pause, .marked, .waits, .nobodyCan: break
    case .tried: state.attempts[index]?.attempt.waited += look.counted
    case .tryAnew(let count):
      let attempt = Attempt(
        count: count, phase: .tried, time: look.now.monotonic, waited: .zero,
        beat: trouble.beat.date, restart: box.restart)
      state.attempts[index] = StatePlace.AttemptFile(solver: nil, attempt: attempt)
      note("program \(index) is tried anew")
    case .kill:
      solvers[index] = nil
      state.attempts[index]?.solver = nil
      state.attempts[index]?.attempt.phase = .failed
      let time = monotonic
      state.attempts[index]?.attempt.time = time
      note("solver of \(index) is killed")
    case .begin(let count):
      guard hasProcess() else { return false }
      begin(index, count, trouble, box)
    }
    return true
  }

  private mutating func begin(
    _ index: Int, _ count: Int, _ trouble: Trouble, _ box: Surroundings
  ) {
    nextPid += 1
    let attempt = Attempt(
      count: count, phase: .solving, time: monotonic, waited: .zero, beat: trouble.beat.date,
      restart: box.restart)
    state.attempts[index] = StatePlace.AttemptFile(solver: nextPid, attempt: attempt)
    solvers[index] = Solver(pid: nextPid, nextAt: now + 30, attempt: attempt, begun: realtime)
    note("attempt \(count) for \(index) begins")
    checkHold(index, "an attempt begins")
  }

  /// As `Closing`.
  mutating func close(_ index: Int, _ proof: Plan.Proof) {
    note("problem \(index) is over: \(proof)")
    if proof == .elsewhere { state.pids[index] = nil }
    state.problems[index] = nil
    judge.closed(index)
    guard state.attempts[index] != nil else { return }
    state.attempts[index]?.solver = nil
    let time = monotonic
    state.attempts[index]?.attempt.phase = .proven
    state.attempts[index]?.attempt.time = time
  }
}

// MARK: The solver

extension World {
  mutating func goOnSolving(_ index: Int) {
    guard let solver = solvers[index] else { return }
    switch solver.phase {
    case .begins: beginSolving(index, solver)
    case .ends:
      kill(index, by: "its solver")
      startAnew(index)
    case .probation(let end): lookAfterStart(index, end)
    case .solution: endSolution(index)
    case .hangs: solvers[index]?.nextAt = .max
    }
  }

  private mutating func beginSolving(_ index: Int, _ solver: Solver) {
    // It leaves its problem to the restart.
    if isRestarting {
      solvers[index] = nil
      return
    }
    let member = box.members[index]
    switch programs[index].solving {
    case .hangs:
      solvers[index]?.phase = .hangs
      solvers[index]?.nextAt = .max
    case .crashes: solvers[index] = nil
    case .fails: conclude(index, .failed)
    default:
      if member.means == .solution {
        let slow: Milliseconds =
          if case .slow(let time) = programs[index].solving { time } else { 0 }
        solvers[index]?.phase = .solution
        solvers[index]?.nextAt = now + min(slow + 200, member.solveTime + 100)
        if slow > member.solveTime { programs[index].solving = .fails }
      } else {
        beginRestart(index)
      }
    }
  }

  private mutating func beginRestart(_ index: Int) {
    let program = programs[index]
    if state.pids[index] != nil, !program.runs, program.isBackground,
      Attempt.mayGoOn(
        after: realtime - state.pidDates[index],
        hasBeaten: beatFile(index).date.map { $0 >= state.pidDates[index] } ?? false,
        attempt: solvers[index]?.attempt.count ?? 0)
    {
      let beat = beatFile(index).date
      solvers[index]?.attempt.beat = beat
      state.pids[index] = nil
      note("what \(index) left in the background has time to beat")
      return conclude(index, .tried)
    }
    var time: Milliseconds = 20
    if program.isHung { time += box.members[index].grace }
    if case .slow(let slow) = programs[index].solving { time += slow }
    isEnding(index)
    solvers[index]?.phase = .ends
    solvers[index]?.nextAt = now + time
  }

  private mutating func startAnew(_ index: Int) {
    let beat = beatFile(index).date
    solvers[index]?.attempt.beat = beat
    guard start(index) else { return conclude(index, .failed) }
    solvers[index]?.phase = .probation(now + 1000)
    solvers[index]?.nextAt = now + 50
  }

  private mutating func lookAfterStart(_ index: Int, _ end: Milliseconds) {
    let program = programs[index]
    if program.isBackground {
      state.pids[index] = nil
      return conclude(index, .tried)
    }
    if !program.runs { return conclude(index, .failed) }
    if now >= end || beatFile(index).date != solvers[index]?.attempt.beat {
      return conclude(index, .tried)
    }
    let next = now + 50
    solvers[index]?.nextAt = next
  }

  private mutating func endSolution(_ index: Int) {
    let begun = solvers[index]?.begun ?? .zero
    let isLie = programs[index].solving == .lies
    if programs[index].solving == .fails { return conclude(index, .failed) }
    if !isLie {
      isEnding(index)
      kill(index, by: "its solution")
      start(index)
      programs[index].nextBeat = min(programs[index].nextBeat, .max)
    } else if state.starts[index].map({ $0 < begun - .milliseconds(20) }) ?? true {
      state.starts[index] = fileDate
    }
    if let pid = state.pids[index], !isRunning(pid, of: index) { state.pids[index] = nil }
    let member = box.members[index]
    guard let limit = member.limit else {
      conclude(index, .tried)
      note("problem \(index) is solved by its solution")
      state.problems[index] = nil
      return judge.closed(index)
    }
    let beat = beatFile(index).date
    if member.startLimit >= limit { solvers[index]?.attempt.beat = beat }
    conclude(index, .tried)
  }

  private mutating func conclude(_ index: Int, _ phase: Attempt.Phase) {
    guard var attempt = solvers[index]?.attempt else { return }
    if phase == .failed { attempt.beat = beatFile(index).date }
    attempt.phase = phase
    attempt.time = monotonic
    state.attempts[index] = StatePlace.AttemptFile(solver: nil, attempt: attempt)
    solvers[index] = nil
    note("attempt \(attempt.count) for \(index): \(phase)")
  }
}

// MARK: restart-system

/// A run of restart-system.
struct RestartRun: Sendable {
  var pid: Int
  var nextAt: Milliseconds
  var hasEnded = false
}

extension World {
  mutating func startRestart() {
    nextPid += 1
    restart = RestartRun(pid: nextPid, nextAt: now + 100)
  }

  /// It ends all that has the stamp but what is only marked, and starts it again.
  mutating func goOnRestarting() {
    guard let run = restart else { return }
    if !run.hasEnded {
      for index in programs.indices {
        if leavesAlone(index) { continue }
        solvers[index] = nil
        kill(index, by: "restart-system")
      }
      restart?.hasEnded = true
      restart?.nextAt = restartNature == .hangs ? .max : now + box.restartTakes
      return
    }
    for index in programs.indices where !leavesAlone(index) {
      if start(index) { judge.startedAnew(index) }
    }
    restart = nil
    note("restart-system has ended")
  }

  private func leavesAlone(_ index: Int) -> Bool {
    let member = box.members[index]
    return state.pids[index] != nil
      && Step.last(
        given: member.lastStep, detector: .heart, means: member.means,
        hasBeaten: beatFile(index).date != nil) == .mark
  }
}
#endif
