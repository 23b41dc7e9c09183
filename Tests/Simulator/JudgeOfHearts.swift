#if !TINY
import Rules

/// What is promised of hearts.
extension World {
  mutating func violate(_ invariant: String, _ words: String) {
    if judge.violation == nil { judge.violation = (invariant, words) }
  }

  mutating func stateLost() {
    judge.disturb(until: now + 2000)
    judge.forgetState()
  }

  mutating func resumed() {
    judge.calledOff(at: now)
    judge.ladderReboots = []
    judge.staleResets = []
    judge.restarts = 0
    for index in judge.truths.indices { judge.truths[index].unsolved = .zero }
  }

  /// Whether a date could be of a beat since the last look: then it is new.
  mutating func beginMarking(_ look: Look) {
    let now = moment
    guard let last = judge.lastMark else {
      judge.markOffset = now.clockOffset
      return
    }
    let gap = look.now.monotonic - last
    let moved = look.now.clockOffset - judge.markOffset
    guard gap > .seconds(2) || moved > .seconds(1) || moved < .seconds(-1) else { return }
    judge.markOffset = look.now.clockOffset
    func isDoubtful(_ date: Duration) -> Bool {
      date > look.now.realtime - gap - .milliseconds(20) && date <= look.now.realtime + .seconds(1)
    }
    for index in judge.truths.indices where state.memories[index] == nil {
      if let file = state.beats[index], isDoubtful(file.date) { judge.truths[index].silent = .zero }
      if let start = state.starts[index], isDoubtful(start), judge.truths[index].started != nil {
        judge.truths[index].started = .zero
      }
    }
  }

  /// (M) What does not beat is marked after its limit of watched time.
  mutating func endMarking(_ look: Look) {
    let gap = judge.lastMark.map { min(look.now.monotonic - $0, .seconds(2)) } ?? .zero
    judge.lastMark = look.now.monotonic
    for index in judge.truths.indices {
      judge.truths[index].silent += gap
      if let started = judge.truths[index].started { judge.truths[index].started = started + gap }
      guard let limit = box.members[index].limit, state.problems[index] == nil else {
        continue
      }
      let first = max(limit, box.members[index].startLimit)
      let isLate =
        if let started = judge.truths[index].started {
          // Of several starts the note of the last one is all that is there, until it is silent for its limit.
          started > .milliseconds(
            judge.truths[index].starts > 1 ? first + max(first, limit) : first)
            + box.slack
        } else { judge.truths[index].silent > .milliseconds(limit) + box.slack }
      if isLate, moment == look.now {
        violate(
          "M",
          "\(index) is silent for \(judge.truths[index].silent), started for "
            + "\(judge.truths[index].started.map { "\($0)" } ?? "-"), and not marked")
      }
    }
  }

  /// (S) What beats within its limits is not marked.
  mutating func marked(_ index: Int, isGone: Bool) {
    let (program, member) = (programs[index], box.members[index])
    if !isGone, program.works, program.nature == .well, program.nextBeat != .max {
      // The first beat is due from the first start since the last beat, whoever starts it anew.
      let first = judge.truths[index].started ?? .zero
      let isWell =
        program.hasBeaten
        ? now - program.lastBeat <= member.limit ?? 0
        : first < .milliseconds(member.startLimit) - .seconds(2)
      if isWell {
        violate(
          "S", "\(index) is marked, and beat \(now - program.lastBeat) ms ago; first \(first)")
      }
    }
    judge.detected(index)
  }

  /// (S) What has beaten again is not ended.
  mutating func isEnding(_ index: Int) {
    let program = programs[index]
    guard box.members[index].limit != nil, program.works, program.isWell,
      state.problems[index]?.detector == .heart
    else { return }
    if judge.truths[index].beatsSinceMark >= 3, clockFight == nil {
      violate("S", "\(index) is ended, and beat \(judge.truths[index].beatsSinceMark) times since")
    }
  }
}
#endif
