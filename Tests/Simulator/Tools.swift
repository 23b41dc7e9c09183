#if !TINY
import Rules

/// The tools that each-second runs, in this order.
enum Tool: Int, CaseIterable, Sendable {
  case mark
  case solve
  case check
}

/// How a tool is, and its run that is under way.
struct ToolRun: Sendable {
  var mode = Mode.fine
  var modeUntil: Milliseconds = 0
  /// When a run that was held up goes on; never while there is none.
  var worksAt: Milliseconds = .max
  /// When each-second kills it.
  var killedAt: Milliseconds = .max
  var look: Look?

  enum Mode: Equatable, Sendable {
    case fine
    /// Killed in each run, before it did anything or before it wrote its vigil.
    case killed(early: Bool)
    case hangs
    /// Held up between its look at the clock and its work.
    case slow(Milliseconds)
    /// It does its work, and cannot write its vigil; or it writes it and fails.
    case fails(keepsVigil: Bool)
    /// Each second run is killed.
    case stutters
  }
}

extension World {
  mutating func runTools() {
    for tool in Tool.allCases { run(tool) }
  }

  private mutating func run(_ tool: Tool) {
    let index = tool.rawValue
    if tools[index].mode != .fine, now >= tools[index].modeUntil {
      note("\(tool) is fine again")
      tools[index].mode = .fine
    }
    if now >= tools[index].killedAt {
      tools[index].killedAt = .max
      tools[index].worksAt = .max
      tools[index].look = nil
    }
    guard tools[index].look == nil, hasProcess() else { return }
    let look = Look(after: vigil(of: tool), now: moment)
    switch tools[index].mode {
    case .slow(let time):
      tools[index].look = look
      tools[index].worksAt = now + time
      tools[index].killedAt = now + Box.toolLimit
    case .hangs:
      tools[index].look = look
      tools[index].killedAt = now + Box.toolLimit
    case .killed(early: true): return
    case .stutters where random.chance(50): return
    case .fine, .killed, .fails, .stutters: work(tool, look)
    }
  }

  /// A run that was held up goes on.
  mutating func workLate(_ index: Int) {
    let run = tools[index]
    tools[index].worksAt = .max
    tools[index].killedAt = .max
    tools[index].look = nil
    if let look = run.look, let tool = Tool(rawValue: index) { work(tool, look) }
  }

  private func vigil(of tool: Tool) -> Vigil? {
    switch tool {
    case .mark: state.markVigil
    case .solve: state.solveVigil
    case .check: state.checkVigil
    }
  }

  private mutating func work(_ tool: Tool, _ look: Look) {
    let mode = tools[tool.rawValue].mode
    // What is kept only at the end of a run is lost when it is killed before that.
    let isKept = mode != .killed(early: false) && mode != .fails(keepsVigil: false)
    let isGood: Bool
    switch tool {
    case .mark: isGood = markProblems(look, isKept: isKept)
    case .solve: isGood = solveProblems(look, isKept: isKept)
    case .check: isGood = checkSolutions(look, isKept: isKept)
    }
    sendClerk()
    if mode == .fails(keepsVigil: true) { return }
    if isKept, isGood {
      state.alive[tool.rawValue] = fileDate
      judge.lastGood[tool.rawValue] = now
    }
  }
}

// MARK: mark-problems

extension World {
  /// As `MarkProblems` and `HeartLook`.
  private mutating func markProblems(_ look: Look, isKept: Bool) -> Bool {
    if look.counted == .zero && look.broken == nil { callClerk() }
    let last = look.breach == .otherBoot ? [] : state.memories
    var memories: [Awaited?] = Array(repeating: nil, count: programs.count)
    beginMarking(look)
    for index in programs.indices {
      guard let heart = box.heart(index) else { continue }
      let found = find(index, heart, last.isEmpty ? nil : last[index], look)
      memories[index] = found.condition.memory
      if found.beat.needsFile {
        state.beats[index] = StatePlace.BeatFile(date: Beat.neverDate, changed: fileDate)
      }
      if found.condition.isLate, found.beat != .unknown, !isClockDoubtful(since: look) {
        mark(index, beat: found.beat.date, isGone: false)
      }
    }
    for index in programs.indices where box.members[index].limit != nil {
      guard let pid = state.pids[index], !isRunning(pid, of: index) else { continue }
      mark(index, beat: beatFile(index).date, isGone: true)
    }
    if isKept {
      state.markVigil = look.vigil
      state.memories = memories
      endMarking(look)
    }
    return true
  }

  private func find(
    _ index: Int, _ heart: Heart, _ memory: Awaited?, _ look: Look
  ) -> (beat: Beat, condition: Heart.Condition) {
    let beat = beatFile(index)
    let given =
      beat == .never ? max(heart.given, state.beats[index]?.changed ?? .zero) : heart.given
    var seen = Heart.Seen(
      beat: beat, given: beat.needsFile ? look.now.realtime : given, start: .notAsked,
      latest: max(look.now.realtime, realtime))
    var condition = heart.condition(seen, memory: memory, at: look)
    if condition.asksForStart || condition.isLate && condition.awaits == .firstBeat {
      seen.restart = state.restart?.begun
      seen.start = state.starts[index].map { .at($0) } ?? .none
      condition = heart.condition(seen, memory: memory, at: look)
    }
    return (beat, condition)
  }

  private func isClockDoubtful(since look: Look) -> Bool {
    let moved = moment.clockOffset - look.now.clockOffset
    return moved > Vigil.clockTolerance || moved < .zero - Vigil.clockTolerance
  }

  private mutating func mark(_ index: Int, beat: Duration?, isGone: Bool) {
    guard state.problems[index] == nil else { return }
    marked(index, isGone: isGone)
    state.problems[index] = StatePlace.ProblemFile(
      noticed: fileDate, detector: .heart, beat: .some(beat))
    note("mark-problems: program \(index) \(isGone ? "is gone" : "is late")")
  }

  func beatFile(_ index: Int) -> Beat {
    guard let file = state.beats[index] else { return .missing }
    return file.date == Beat.neverDate ? .never : .at(file.date)
  }

  func isRunning(_ pid: Int, of index: Int) -> Bool {
    programs[index].runs && programs[index].pid == pid
  }
}
#endif
