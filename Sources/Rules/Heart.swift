/// What the administrator promised for a program: how often it beats.
public struct Heart: Equatable, Sendable {
  /// How old a beat may become.
  public var limit: Duration
  /// How long after a start the first beat may come. The same as `limit` where nothing else is said.
  public var startLimit: Duration
  /// Whose heart it is: only beats that belong to this user count.
  public var owner: UInt32
  /// When the file was written, or got this name or owner, CLOCK_REALTIME: the later of its two dates.
  public var given: Duration

  /// A heart with these values.
  public init(limit: Duration, startLimit: Duration, owner: UInt32, given: Duration) {
    self.limit = limit
    self.startLimit = startLimit
    self.owner = owner
    self.given = given
  }

  /// What a look found of a heart.
  public struct Seen: Equatable, Sendable {
    /// Its beat file.
    public var beat: Beat
    /// When the heart was given: the latest of the dates of hearts/NAME and, for a heart that has never beaten,
    /// of when its beat file was made. CLOCK_REALTIME.
    public var given: Duration
    /// starts/NAME.
    public var start: NotedStart
    /// CLOCK_REALTIME, read after the dates were.
    public var latest: Duration
    /// When everything was restarted last, CLOCK_REALTIME; nil when it was not, or nobody asked.
    public var restart: Duration?
    /// When the file of the beat was last changed in any way, also its date: nobody can set this. Nil when there is none.
    public var changed: Duration?

    /// What a look found.
    public init(beat: Beat, given: Duration, start: NotedStart, latest: Duration) {
      self.beat = beat
      self.given = given
      self.start = start
      self.latest = latest
    }
  }

  /// The note of a start.
  public enum NotedStart: Equatable, Sendable {
    /// Nobody looked for it: most hearts are well without.
    case notAsked
    /// Nobody noted one.
    case none
    /// The program was last started then, CLOCK_REALTIME.
    case at(Duration)
  }

  /// How a heart is.
  public struct Condition: Equatable, Sendable {
    /// Whether the first beat after a start is awaited, or the next one.
    public var awaits: Awaits
    /// For how long it has been awaited, as far as somebody watched.
    public var age: Duration
    /// How long that may be.
    public var limit: Duration
    /// What has to be remembered until the next look; nil where the dates alone will tell.
    public var memory: Awaited?
    /// Whether the note of a start could change the answer, and was not looked for.
    public var asksForStart: Bool
    /// Whether its beat is dated in the future, and so does not count.
    public var isFuture: Bool

    /// What of that was counted in this very look, over a gap in which nobody looked: it may not have run then either,
    /// and has until the next look to say so.
    public var gap: Duration

    /// Whether it is late.
    public var isLate: Bool { age - gap > limit }
  }

  /// What is awaited from a heart.
  public enum Awaits: Equatable, Sendable {
    /// The next beat.
    case beat
    /// The first beat after a start, or since the heart was given.
    case firstBeat
  }
}

extension Heart {
  /// How this heart is.
  ///
  /// - Parameters:
  ///   - seen: what its files say.
  ///   - memory: what was remembered of it at the last look; nil when nothing was.
  ///   - look: the look of the tool that judges.
  public func condition(_ seen: Seen, memory: Awaited?, at look: Look) -> Condition {
    let judge = Judge(heart: self, seen: seen, memory: memory, look: look)
    return judge.condition
  }
}

/// The judging of one heart, in its steps.
private struct Judge {
  let heart: Heart
  let seen: Heart.Seen
  let memory: Awaited?
  let look: Look

  private var watched: Duration { look.vigil.watched }
  private var beat: Duration? { seen.beat.date }
  private var isFuture: Bool { beat.map { look.isFuture($0, latest: seen.latest) } ?? false }

  /// What is remembered and still holds: of the same beat. A beat that could not be looked at is the same for all
  /// that we know; one that is dated in the future is none.
  private var valid: Awaited? {
    guard let memory else { return nil }
    if let beat, isFuture, memory.beat != beat, look.isOfGap(beat) { return nil }
    return memory.beat == beat || isFuture || seen.beat == .unknown ? memory : nil
  }

  var condition: Heart.Condition {
    let silence = silentSince
    let answered = answeredStart
    let start = awaitedStart(answered)
    let isSilent = watched - silence > heart.limit
    // Of a heart that is well and has the shorter limit for beats nobody needs to look for a note.
    let mayHaveStarted =
      beat == nil || isSilent || isPutBack || heart.startLimit < heart.limit
      || valid?.start != nil
    let asks = mayHaveStarted && seen.start == .notAsked && !(valid?.start?.isStart ?? false)
    if let start {
      let memory = Awaited(beat: known, since: silence, start: start, answered: answered)
      return Heart.Condition(
        awaits: .firstBeat, age: watched - start.since, limit: start.limit, memory: memory,
        asksForStart: asks, isFuture: isFuture, gap: gap)
    }
    let isPlain =
      silence >= look.vigil.begun && !isFuture && seen.beat != .unknown && dateTells(silence)
    let memory =
      isPlain && answered == nil
      ? nil : Awaited(beat: known, since: silence, start: nil, answered: answered)
    return Heart.Condition(
      awaits: .beat, age: watched - silence, limit: heart.limit, memory: memory,
      asksForStart: asks, isFuture: isFuture, gap: gap)
  }

  /// Whether the date alone will tell as much: not when it was in the future, and the clock has come to it.
  private func dateTells(_ silence: Duration) -> Bool {
    beat.map { look.since($0, latest: seen.latest) <= silence + Vigil.clockTolerance } ?? true
  }

  /// Whether the beat was given an older date since the last look, as where it was restored from a backup: that says nothing
  /// of the program. What was silent before and is touched again and again is remembered by the first time.
  private var isPutBack: Bool {
    guard let beat, let changed = seen.changed, look.broken == nil, valid == nil else {
      return false
    }
    return look.couldBeNew(changed, latest: seen.latest)
      && !look.couldBeNew(beat, latest: seen.latest)
  }

  private var gap: Duration { look.broken == nil ? .zero : look.counted }

  /// The beat by which this one is known again.
  private var known: Duration? { seen.beat == .unknown ? memory?.beat : beat }

  private var silentSince: Duration {
    if let valid { return valid.since }
    if isPutBack { return watched }
    // Nothing is known of a beat before: doubt speaks for the heart. What a date meant before the clock was set back is
    // known.
    guard let beat, !isFuture || look.broken != nil else { return watched }
    // What was remembered was of another beat: this one is younger than the last look.
    if memory != nil { return max(look.since(beat, latest: seen.latest), look.vigil.begun) }
    return look.since(beat, latest: seen.latest)
  }

  /// A start that seems to be younger than the beat, and is not.
  private var answeredStart: Duration? {
    if let answered = memory?.answered {
      // Kept until the dates say the same, or there is another note.
      if seen.start == .notAsked || seen.start == .at(answered) {
        return beat.map { $0 >= answered && !isFuture } ?? false ? nil : answered
      }
    }
    guard case .at(let start) = seen.start, let beat else { return nil }
    if isPutBack { return look.couldBeNew(start, latest: seen.latest) ? nil : start }
    if isFuture { return isAhead(start, before: beat) ? start : nil }
    guard start > beat else { return nil }
    // It beat after that start was remembered, and was not started once more since the last look.
    if let memory, memory.start?.isStart ?? false, memory.beat != beat,
      !look.couldBeNew(start, latest: seen.latest)
    {
      return start
    }
    // A start in the future was noted before the clock was set, and this beat came after.
    return look.isFuture(start, latest: seen.latest) && look.isOfVigil(beat) ? start : nil
  }

  /// Whether a start and the beat that answered it were both dated by a clock that was set back since. It will come to
  /// the start before it comes to the beat, and then the start looks like a new one.
  private func isAhead(_ start: Duration, before beat: Duration) -> Bool {
    let isOfOtherClock =
      look.broken == nil ? look.isFuture(start, latest: seen.latest) : start > seen.latest
    return isOfOtherClock && start <= beat && !isOfGapAlone(start, beat)
  }

  private func awaitedStart(_ answered: Duration?) -> Awaited.Start? {
    if let start = valid?.start, start.isStart { return interrupted(asGiven(start)) }
    // A heart that was given later than its program was started was not awaited before.
    if case .at(let begun) = seen.start, isAfterBeat(begun), begun != answered,
      !isGivenAfterBeat || begun >= seen.given
    {
      return start(begun, isStart: true)
    }
    if let start = valid?.start { return asGiven(start) }
    // What it was given or started by before that it may have answered long ago.
    if isPutBack {
      return Awaited.Start(
        since: watched, limit: max(heart.limit, heart.startLimit), isStart: false)
    }
    return isGivenAfterBeat ? start(seen.given, isStart: false) : nil
  }

  /// The heart may have been given other limits meanwhile. A shorter one counts from now on, so that nobody is late at
  /// once, and lets nobody be silent for longer than the one before.
  private func asGiven(_ start: Awaited.Start) -> Awaited.Start {
    let longer = max(heart.limit, heart.startLimit)
    if start.limit == longer || start.isStart && start.limit == heart.startLimit { return start }
    var start = start
    let before = start.limit
    start.limit = start.isStart ? heart.startLimit : longer
    start.since = max(start.since, min(start.since + before - start.limit, watched))
    return start
  }

  /// Whether the heart was given after its last beat. A date in the future, as on a box that boots without a clock,
  /// tells nothing of a heart that has beaten.
  private var isGivenAfterBeat: Bool {
    if beat != nil, look.isFuture(seen.given, latest: seen.latest) { return false }
    return isAfterBeat(seen.given)
  }

  /// A program that the chain itself ended and started again, for another's sake, has its full time once more.
  private func interrupted(_ start: Awaited.Start) -> Awaited.Start {
    guard let restart = seen.restart, restart != start.restart, case .at(let begun) = seen.start,
      begun >= restart - Vigil.fileClockLag
    else { return start }
    var again = start
    again.since = max(start.since, look.since(begun, latest: seen.latest))
    again.restart = restart
    return again
  }

  private func isAfterBeat(_ date: Duration) -> Bool {
    guard let beat else { return seen.beat != .unknown }
    // A beat that was dated by a clock that was ahead: only what was watched tells the order.
    if isFuture, isOfGapAlone(date, beat) { return true }
    if isFuture, !look.isFuture(date, latest: seen.latest) {
      return look.isOfVigil(date) && look.since(date, latest: seen.latest) > silentSince
    }
    return date > beat
  }

  /// Whether something was noted right before the clock was set, and so is younger than a beat from before the last look,
  /// however far ahead that is dated.
  private func isOfGapAlone(_ date: Duration, _ beat: Duration) -> Bool {
    look.isOfGap(date) && !look.isOfGap(beat)
  }

  private func start(_ date: Duration, isStart: Bool) -> Awaited.Start {
    let isAhead = look.isFuture(date, latest: seen.latest)
    // When beat and start are both from before the vigil, or the start is dated in the future, clocks that were set may
    // have dated them in the wrong order, as where the clock was set back to about the start just now. And a heart may
    // be given to a program that beats already. Then it has the longer of its limits.
    let isDoubtful = isAhead || !look.isOfVigil(date) || isFuture && look.broken != nil
    let isCertain = isStart && (beat == nil || !isDoubtful)
    var awaited = Awaited.Start(
      since: isAhead ? watched : look.since(date, latest: seen.latest),
      limit: isCertain ? heart.startLimit : max(heart.limit, heart.startLimit), isStart: isStart)
    awaited.restart = seen.restart
    return awaited
  }
}
