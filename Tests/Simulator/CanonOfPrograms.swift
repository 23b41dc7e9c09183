#if !TINY
import Rules

/// What the canonical form has of each program.
extension World {
  /// How it really is. When it was started is nobody's business, and its process only has to be the noted one.
  func addProgram(_ index: Int, _ canon: inout Canon) {
    let program = programs[index]
    canon.add(program.nature == .missing)
    canon.add(program.nature == .neverBeats)
    canon.add(program.runs)
    canon.add(program.isHung)
    canon.add(program.hasBeaten)
    canon.add(next: program.nextBeat, now)
    canon.add(
      .milliseconds(now - program.lastBeat), most: .milliseconds(box.members[index].limit ?? 0))
    canon.add(state.pids[index] == nil)
    canon.add(isRunning(state.pids[index] ?? -1, of: index))
  }

  /// Its heart, as its files and the memory of mark-problems have it.
  func addHeart(_ index: Int, _ canon: inout Canon) {
    let (date, start) = (beatFile(index).date, state.starts[index])
    canon.add(state.beats[index] == nil)
    canon.add(date.map { realtime - $0 }, most: box.longestLimit)
    canon.add(start.map { realtime - $0 }, most: box.longestLimit)
    canon.add(isAfter(start, date))
    // When the file was made: since then a heart that never beat is given.
    if date == nil {
      let changed = state.beats[index]?.changed
      canon.add(changed.map { realtime - $0 }, most: box.longestLimit)
      canon.add(isAfter(start, changed))
    }
    // A start that was answered is told from no other one.
    if isAfter(start, date) {
      canon.add(isAfter(start.map { $0 + Vigil.fileClockLag }, state.restart?.begun))
    }
    guard let memory = state.memories[index] else { return canon.add(.min) }
    let watched = state.markVigil?.watched ?? .zero
    canon.add(memory.beat == date)
    canon.add(watched - memory.since, most: box.longestLimit)
    // Whether the date tells as much as what is remembered.
    let told = min(realtime - (date ?? realtime), watched - (state.markVigil?.begun ?? .zero))
    canon.add(max(watched - memory.since - told, .seconds(-2)), most: .seconds(2))
    canon.add(memory.start.map { watched - $0.since }, most: box.longestLimit)
    canon.add(memory.start?.limit, most: box.longestLimit)
    canon.add(memory.start?.isStart ?? false)
    canon.add(memory.start?.restart == state.restart?.begun)
  }

  private func isAfter(_ date: Duration?, _ other: Duration?) -> Bool {
    guard let date, let other else { return date != nil }
    return date >= other
  }

  /// Its problem. How old that is decides nothing but whether attempts are counted anew: see `addAttempt`.
  func addProblem(_ index: Int, _ canon: inout Canon) {
    guard let problem = state.problems[index] else { return canon.add(.min) }
    canon.add(problem.detector == .heart)
    canon.add(problem.beat.map { $0 == beatFile(index).date } ?? false)
    // What was restarted since it was noticed is tried anew.
    canon.add(state.restart.map { $0.begun > problem.noticed } ?? false)
  }

  /// The last attempt, and the solver that is at it.
  func addAttempt(_ index: Int, _ canon: inout Canon) {
    guard let file = state.attempts[index] else { return canon.add(.min) }
    let attempt = file.attempt
    canon.add(file.solver != nil && file.solver == solvers[index]?.pid)
    // From seven in a row on all pauses are the longest one.
    canon.add(attempt.count, most: 7)
    canon.add(attempt.phase == .solving)
    canon.add(attempt.phase == .tried)
    canon.add(attempt.phase == .proven)
    let age = monotonic - attempt.time
    // What was well for a time is counted anew when it fails. While it fails that is decided.
    let calm = Attempt.calm + Attempt.pause(after: attempt.count, isResting: false)
    if let problem = state.problems[index] {
      addBeatAndRestart(attempt, index, &canon)
      let isAnew = attempt.phase == .proven && age - max(realtime - problem.noticed, .zero) > calm
      canon.add(isAnew)
      if !isAnew { canon.add(age, most: Attempt.longestPause) }
    } else if attempt.phase == .proven {
      // What it was begun with is compared with nothing any more.
      canon.add(age, most: calm)
    } else {
      addBeatAndRestart(attempt, index, &canon)
      canon.add(age, most: max(calm, Attempt.longestPause))
    }
    let waited = attempt.phase == .tried ? attempt.waited : .zero
    canon.add(waited, most: max(Attempt.calm, box.longestLimit))
    addSolver(index, &canon)
  }

  private func addSolver(_ index: Int, _ canon: inout Canon) {
    guard let solver = solvers[index] else { return canon.add(.min) }
    canon.add(solver.attempt.count, most: 7)
    addBeatAndRestart(solver.attempt, index, &canon)
    canon.add(next: solver.nextAt, now)
    switch solver.phase {
    case .begins: canon.add(1)
    case .ends: canon.add(2)
    case .probation(let end): canon.add(next: end, now)
    case .solution: canon.add(3)
    case .hangs: canon.add(4)
    }
  }

  /// Only whether they are the present ones: those to come are others.
  private func addBeatAndRestart(_ attempt: Attempt, _ index: Int, _ canon: inout Canon) {
    canon.add(attempt.beat == beatFile(index).date)
    canon.add(attempt.restart == state.restart?.begun)
  }

  /// For how long its problem is unsolved. Which of two programs is in front is told apart by the times themselves:
  /// each rung ends them, and so they do not grow for ever.
  func addUnsolved(_ index: Int, _ canon: inout Canon) {
    guard let unsolved = state.unsolved[index] else { return canon.add(.min) }
    canon.add(unsolved.noticed == state.problems[index]?.noticed)
    canon.add(unsolved.time, most: .seconds(100_000))
    canon.add(unsolved.waited, most: box.longestLimit)
    canon.add(unsolved.tries, most: Unsolved.mostTries + 1)
    canon.add(unsolved.attempt == state.attempts[index]?.attempt.count)
    canon.add(unsolved.restart == state.restart?.begun)
    canon.add(unsolved.isAfterRestart)
    canon.add(unsolved.restarts, most: box.ladder.restartsBeforeReboot)
  }

  /// What the judge knows of it. What exceeds its bound is a violation, or begins anew.
  func addTruth(_ index: Int, _ canon: inout Canon) {
    let (truth, member) = (judge.truths[index], box.members[index])
    let most = box.longestLimit * 2 + box.slack
    canon.add(truth.silent, most: most)
    canon.add(truth.started, most: most)
    canon.add(truth.starts, most: 2)
    canon.add(truth.isMarked)
    canon.add(truth.isMarked ? truth.beatsSinceMark : 0, most: 3)
    canon.add(truth.unsolved, most: .seconds(100_000))
    let stands = state.problems[index] == nil ? .zero : truth.stands
    canon.add(stands, most: .milliseconds(member.solveWithin))
    canon.add(truth.down, most: .seconds(100_000))
  }
}
#endif
