#if !TINY
import Rules

/// A program, as it really is.
struct Program: Sendable {
  /// How each start of it goes from now on.
  var nature = Nature.well
  /// Whether it runs, in the foreground.
  var runs = false
  var pid = 0
  /// Whether it has gone to the background, and works on there.
  var isBackground = false
  var isHung = false
  var nextBeat: Milliseconds = .max
  var nextEnd: Milliseconds = .max
  var startedAt: Milliseconds = 0
  var hasBeaten = false
  /// When it last beat; the true time.
  var lastBeat: Milliseconds = 0
  /// How attempts to solve its problem go.
  var solving = Solving.fine

  enum Nature: Equatable, Sendable {
    case well
    /// It hangs so long after each start, before or after its first beat.
    case hangs(after: Milliseconds)
    case dies(after: Milliseconds)
    case neverBeats
    case daemonizes(after: Milliseconds)
    /// It cannot be started.
    case missing
  }

  enum Solving: Equatable, Sendable {
    case fine
    case slow(Milliseconds)
    case hangs
    case crashes
    case fails
    /// Says that it solved it, and did nothing.
    case lies
  }

  var isWell: Bool {
    if case .daemonizes = nature { return true }
    return nature == .well
  }

  /// Whether something of it works.
  var works: Bool { (runs || isBackground) && !isHung }

  mutating func stop() {
    runs = false
    isBackground = false
    isHung = false
    nextBeat = .max
    nextEnd = .max
    hasBeaten = false
  }

  mutating func shift(by time: Milliseconds) {
    if nextBeat != .max { nextBeat += time }
    if nextEnd != .max { nextEnd += time }
  }
}

extension World {
  /// Starts a program, as run-stamped does.
  ///
  /// - Returns: whether it runs.
  @discardableResult
  mutating func start(_ index: Int) -> Bool {
    let member = box.members[index]
    guard programs[index].nature != .missing, hasProcess() else { return false }
    programs[index].stop()
    nextPid += 1
    programs[index].runs = true
    programs[index].pid = nextPid
    programs[index].startedAt = now
    if member.limit != nil { programs[index].nextBeat = now + member.firstBeat }
    switch programs[index].nature {
    case .well, .missing: break
    case .hangs(let time), .dies(let time), .daemonizes(let time):
      programs[index].nextEnd = now + time
    case .neverBeats: programs[index].nextBeat = .max
    }
    state.starts[index] = fileDate
    state.pids[index] = nextPid
    state.pidDates[index] = fileDate
    judge.started(index)
    note("program \(index) starts as \(nextPid): \(programs[index].nature)")
    return true
  }

  mutating func beat(_ index: Int) {
    let period = box.members[index].period
    programs[index].nextBeat =
      now + max(period - (period > 1000 ? random.below(period / 4) : 0), 100)
    // beats/ belongs to root: a program cannot make its file.
    guard state.beats[index] != nil else { return }
    let date = fileDate
    state.beats[index]?.date = date
    programs[index].hasBeaten = true
    programs[index].lastBeat = now
    judge.beat(index)
  }

  /// What its nature brings.
  mutating func end(_ index: Int) {
    programs[index].nextEnd = .max
    switch programs[index].nature {
    case .hangs:
      programs[index].isHung = true
      programs[index].nextBeat = .max
      note("program \(index) hangs")
    case .dies:
      programs[index].stop()
      note("program \(index) dies")
    case .daemonizes:
      programs[index].runs = false
      programs[index].isBackground = true
      note("program \(index) goes to the background")
    case .well, .neverBeats, .missing: break
    }
  }

  /// Ends all of a program.
  mutating func kill(_ index: Int, by whom: String) {
    guard programs[index].runs || programs[index].isBackground else { return }
    note("program \(index) is ended by \(whom)")
    programs[index].stop()
  }
}
#endif
