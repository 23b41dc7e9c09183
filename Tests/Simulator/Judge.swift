#if !TINY
import Rules

/// Knows what really happened, and sees whether the invariants hold. It uses none of the rules but what they promise.
struct Judge: Sendable {
  /// What is true of a program.
  struct Truth: Sendable {
    /// What mark-problems watched since its last beat.
    var silent: Duration = .zero
    /// What it watched since the first start after that; nil when there was none.
    var started: Duration?
    /// How often it was started since then.
    var starts = 0
    var isMarked = false
    var beatsSinceMark = 0
    /// What check-solutions watched since it was marked, or since the last rung.
    var unsolved: Duration = .zero
    /// What check-solutions watched since it was noticed.
    var stands: Duration = .zero
    /// How long it has been down although it could come back.
    var down: Duration = .zero
  }

  var truths: [Truth]
  var violation: (invariant: String, words: String)?
  var faults = 0
  var lastGood: [Milliseconds] = [0, 0, 0]
  var disturbedUntil: Milliseconds = 0
  var isDataTrusted = true
  /// By the clock that nobody can set.
  var lastMark: Duration?
  var markOffset: Duration = .zero
  var lastCheck: Duration?
  var running: Duration = .zero
  var ladderReboots: [Duration] = []
  var staleResets: [Duration] = []
  var restarts = 0
  var rests: Duration = .zero
  var restBoots = 0
  var wasRestartKilled = false
  var leftAt: Milliseconds?
  /// When a box that was left to its device already was taken back.
  var takenBackAt: Milliseconds?
  var dueFor: Duration = .zero

  init(count: Int) { truths = Array(repeating: Truth(), count: count) }

  mutating func disturb(until time: Milliseconds) { disturbedUntil = max(disturbedUntil, time) }

  // MARK: What happens

  mutating func beat(_ index: Int) {
    truths[index].silent = .zero
    truths[index].started = nil
    truths[index].starts = 0
    if truths[index].isMarked { truths[index].beatsSinceMark += 1 }
  }

  mutating func started(_ index: Int) {
    truths[index].starts += 1
    if truths[index].started == nil { truths[index].started = .zero }
  }

  /// It was started by a restart of everything. What the chain itself ended, for another's sake, has its time for a first
  /// beat anew; how often that comes is bounded by the ladder.
  mutating func startedAnew(_ index: Int) {
    if truths[index].started != nil { truths[index].started = .zero }
  }

  /// A reboot is no longer due.
  mutating func calledOff(at now: Milliseconds) {
    if leftAt != nil { takenBackAt = now }
    leftAt = nil
  }

  mutating func detected(_ index: Int) {
    truths[index].isMarked = true
    truths[index].beatsSinceMark = 0
    truths[index].unsolved = .zero
    truths[index].stands = .zero
  }

  mutating func closed(_ index: Int) {
    truths[index].isMarked = false
    truths[index].unsolved = .zero
  }

  mutating func dataLost() { isDataTrusted = false }

  mutating func forgetState() {
    lastMark = nil
    lastCheck = nil
    restarts = -1
    leftAt = nil
    dueFor = .zero
    for index in truths.indices {
      truths[index].silent = .zero
      truths[index].started = .zero
      truths[index].starts = 1
      truths[index].isMarked = false
      truths[index].unsolved = .zero
    }
  }

  mutating func enterBoot() {
    forgetState()
    takenBackAt = nil
    restarts = 0
    wasRestartKilled = false
    for index in truths.indices { truths[index].starts = 0 }
    if rests > .zero { restBoots += 1 }
  }
}
#endif
