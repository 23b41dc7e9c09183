import Rules
import TestSupport
import Testing

/// Ordinary acts of people, and starts by whomever.
@Suite struct GivenAndStartedTests {
  /// A box whose program has beaten for a while, and beats no more.
  private func silent(_ limit: Int, _ startLimit: Int? = nil) -> SimulatedBox {
    var box = SimulatedBox(
      .seconds(limit), startLimit: .seconds(startLimit ?? limit), period: .seconds(1))
    for _ in 0..<200 { _ = box.second() }
    box.die()
    return box
  }

  /// What people do to a heart or its beat.
  enum Act: CaseIterable, Sendable {
    case heartGivenToSomebody
    case heartMovedBackAfterMaintenance
    case heartArrivesWithAnOldDate
    case beatRemoved
    case beatOfSomebodyElse
    case beatIsADirectory
  }

  private func act(_ act: Act, on box: inout SimulatedBox) {
    switch act {
    // Each of the three changes the ctime of hearts/NAME.
    case .heartGivenToSomebody: box.heart.given = box.now.realtime
    case .heartMovedBackAfterMaintenance: box.heart.given = box.now.realtime
    case .heartArrivesWithAnOldDate:
      box.heart.given = box.now.realtime
      box.beat = .missing
    case .beatRemoved: box.beat = .missing
    case .beatOfSomebodyElse: box.beat = .foreign(owner: 7)
    case .beatIsADirectory: box.beat = .noFile
    }
  }

  @Test(arguments: Act.allCases, [(5, 5), (5, 60), (60, 10)])
  func `an ordinary act gives a heart its full time, and no more`(
    act: Act, limits: (limit: Int, startLimit: Int)
  ) {
    for pause in [1, 4] {
      var box = silent(limits.limit, limits.startLimit)
      #expect(lateSecond(of: &box, within: pause) == nil)
      self.act(act, on: &box)
      // Nobody noted a start: the program may have been at work for long.
      let limit = max(limits.limit, limits.startLimit)
      let late = lateSecond(of: &box, within: limit + 3) ?? 0
      #expect(late > limit && late <= limit + 2)
    }
  }

  @Test(arguments: Act.allCases)
  func `a program that goes on beating is well after it`(act: Act) {
    var box = SimulatedBox(.seconds(5), startLimit: .seconds(8), period: .seconds(4))
    #expect(lateSecond(of: &box, within: 50) == nil)
    self.act(act, on: &box)
    #expect(lateSecond(of: &box, within: 50) == nil)
  }

  // MARK: Other limits

  /// Somebody corrects a limit that was too short, right after it was written, or while a program takes long to start.
  @Test(arguments: [false, true])
  func `a longer limit counts for what is awaited already`(isStart: Bool) {
    var box = silent(30, 3)
    if isStart { box.noteStart() } else { box.heart = heart(3, 3, box) }
    #expect(lateSecond(of: &box, within: 2) == nil)
    box.heart = heart(30, 60, box)
    let late = lateSecond(of: &box, within: 70)
    #expect(late.map { $0 > 57 && $0 < 62 } ?? false, "\(late ?? -1)")
  }

  @Test func `a shorter limit counts from then on, and lengthens nothing`() {
    var box = SimulatedBox(.seconds(3600), startLimit: .seconds(3600), period: .seconds(1))
    box.die()
    #expect(lateSecond(of: &box, within: 100) == nil)
    box.heart = heart(30, 30, box)
    let late = lateSecond(of: &box, within: 40)
    #expect(late.map { $0 > 28 && $0 < 33 } ?? false, "\(late ?? -1)")
    box = silent(5)
    // Each is a little shorter than the one before.
    var second = 0
    while second < 70, !box.second().isLate {
      second += 1
      box.heart = heart(60 - second / 2, 60 - second / 2, box)
    }
    #expect(second < 62)
  }

  private func heart(_ limit: Int, _ startLimit: Int, _ box: SimulatedBox) -> Heart {
    Heart(
      limit: .seconds(limit), startLimit: .seconds(startLimit), owner: 0, given: box.now.realtime)
  }

  // MARK: Dates that are put back

  /// From a backup, or by touch -d. The heart was given, and the program was started, after the date that the file has now.
  @Test(arguments: [false, true])
  func `a beat that gets an older date is not held against a program that beats`(hasStart: Bool) {
    var box = SimulatedBox(.seconds(30), startLimit: .seconds(40), period: .seconds(25))
    let restored = box.now.realtime - .seconds(3600)
    box.heart.given = box.now.realtime
    if hasStart { box.noteStart() }
    #expect(lateSecond(of: &box, within: 205) == nil)
    for _ in 0..<3 {
      box.putBack(to: restored)
      #expect(lateSecond(of: &box, within: 100) == nil)
    }
  }

  @Test(arguments: [1, 7])
  func `a dead one is found, however often that is done`(period: Int) {
    var box = silent(30)
    let restored = box.now.realtime - .seconds(3600)
    var late: Int?
    for second in 1...100 where late == nil {
      if second % period == 0 { box.putBack(to: restored) }
      if box.second().isLate { late = second }
    }
    #expect(late.map { $0 <= 40 } ?? false, "\(late ?? -1)")
  }

  // MARK: Starts

  /// Somebody else's supervisor starts it each two seconds, and it never gets to beat.
  @Test(arguments: [1, 2, 3], [5, 30])
  func `a program in a crash loop is late by its first start`(period: Int, limit: Int) {
    var box = silent(limit)
    var late: Int?
    for second in 1...200 where late == nil {
      if second % period == 0 { box.noteStart() }
      if box.second().isLate { late = second }
    }
    // As `Bound` has it: the silence is noticed first, and then the start that is the first one known.
    #expect(late.map { $0 <= 2 * limit + 3 } ?? false, "\(late ?? -1)")
  }

  @Test func `a crash loop of a heart that never beat is late by its first start`() {
    var box = SimulatedBox(.seconds(5), startLimit: .seconds(20), period: .seconds(1))
    box.die()
    var late: Int?
    for second in 1...100 where late == nil {
      if second % 2 == 0 { box.noteStart() }
      if box.second().isLate { late = second }
    }
    #expect(late.map { $0 <= 23 } ?? false, "\(late ?? -1)")
  }

  @Test func `a beat ends the waiting for a first one, and the next start is a new one`() {
    var box = SimulatedBox(.seconds(5), startLimit: .seconds(20), period: .seconds(1))
    box.die()
    for _ in 0..<4 {
      box.noteStart()
      #expect(lateSecond(of: &box, within: 18) == nil)
      box.touch()
      #expect(lateSecond(of: &box, within: 4) == nil)
    }
    #expect(lateSecond(of: &box, within: 3) != nil, "the limit of beats holds after a beat")
  }

  /// The note was dated by a clock that was an hour ahead.
  @Test(arguments: [(60, 10), (10, 60), (30, 30)])
  func `a start that was answered is not awaited for as long as its date is ahead`(
    limit: Int, startLimit: Int
  ) {
    var box = SimulatedBox(
      .seconds(limit), startLimit: .seconds(startLimit),
      period: .seconds(min(limit, startLimit) - 3))
    for _ in 0..<100 { _ = box.second() }
    box.setClock(by: .seconds(3600))
    box.restart()
    _ = box.second()
    box.setClock(by: .seconds(-3600))
    #expect(lateSecond(of: &box, within: 4000) == nil)
    box.die()
    let late = lateSecond(of: &box, within: limit + 2)
    #expect(late != nil, "it is judged by its beats")
  }

  /// Clocks that fight by seconds: the clock comes to the start once more, and the beat is still ahead of it.
  @Test(arguments: [1500, 3500, 5000, 60_000], [700, 1300, 3000])
  func `a clock that was set back takes no start that was answered for a new one`(
    step: Int, firstBeat: Int
  ) {
    let heart = Heart(
      limit: .seconds(100), startLimit: .seconds(10), owner: 0, given: .seconds(1_700_000_000))
    var box = SimulatedBox(
      heart: heart, firstBeat: .milliseconds(firstBeat), period: .seconds(90))
    for _ in 0..<100 { _ = box.second() }
    box.restart()
    for _ in 0..<4 { _ = box.second() }
    box.setClock(by: .milliseconds(-step))
    #expect(lateSecond(of: &box, within: 300) == nil)
    box.die()
    #expect(lateSecond(of: &box, within: 102) != nil, "it is judged by its beats")
  }

  /// It was noted in the second in which the clock was set back, and its last beat is an hour ahead.
  @Test func `a start that comes with a clock set back is not answered by an older beat`() {
    var box = SimulatedBox(.seconds(5), startLimit: .seconds(60), period: .seconds(4))
    for _ in 0..<20 { _ = box.second() }
    box.setClock(by: .seconds(3600))
    for _ in 0..<20 { _ = box.second() }
    box.die()
    box.setClock(by: .seconds(-100))
    _ = box.second()
    box.restart()
    box.die()
    box.setClock(by: .seconds(-3500))
    #expect(lateSecond(of: &box, within: 40) == nil, "it has its time for the first beat")
    #expect(lateSecond(of: &box, within: 30) != nil)
  }

  /// A tool that runs rarely sees each beat after a breach.
  @Test func `an answer that comes in a gap is one as well`() {
    var box = SimulatedBox(.seconds(60), startLimit: .seconds(10), period: .seconds(1))
    _ = box.second()
    box.setClock(by: .seconds(3600))
    box.restart()
    box.die()
    #expect(box.second().awaits == .firstBeat)
    box.setClock(by: .seconds(-3600))
    for _ in 0..<10 {
      box.freeze(.seconds(5))
      box.touch()
      box.freeze(.milliseconds(500))
      #expect(box.look().awaits == .beat)
    }
    #expect(lateSecond(of: &box, within: 62) != nil)
  }

  @Test func `a heart that is given to a program that runs already was not awaited before`() {
    var box = SimulatedBox(.seconds(5), startLimit: .seconds(8), period: .seconds(1))
    box.noteStart()
    box.die()
    _ = box.second()
    box.pass(.seconds(1))
    for _ in 0..<3 { _ = box.second() }
    box.heart.given = box.now.realtime
    #expect(lateSecond(of: &box, within: 20) != nil)
  }

  @Test func `a slow starter that everything is restarted for has its full time once more`() throws
  {
    let heart = Heart(
      limit: .seconds(30), startLimit: .seconds(120), owner: 0, given: .zero)
    var vigil: Vigil?
    var memory: Awaited?
    var now = noon
    func look(start: Duration, restart: Duration?) -> Heart.Condition {
      now = now.later(by: .seconds(1))
      let look = Look(after: vigil, now: now)
      var seen = Heart.Seen(beat: .never, given: .zero, start: .at(start), latest: now.realtime)
      seen.restart = restart
      let condition = heart.condition(seen, memory: memory, at: look)
      (vigil, memory) = (look.vigil, condition.memory)
      return condition
    }
    let first = now.realtime
    for _ in 0..<100 { #expect(!look(start: first, restart: nil).isLate) }
    // The chain ends and starts it, for another's sake.
    let again = now.realtime
    for _ in 0..<119 { #expect(!look(start: again, restart: again).isLate) }
    // Whoever else starts it anew gives it no more time.
    var lateAfter = 0
    while lateAfter < 10, !look(start: now.realtime, restart: again).isLate { lateAfter += 1 }
    #expect(lateAfter <= 3)
  }

  @Test func `a start after a beat that a wrong clock dated ahead gives the time for a first beat`()
  {
    var box = SimulatedBox(.seconds(60), startLimit: .seconds(60), period: .seconds(50))
    _ = box.second()
    box.setClock(by: .seconds(60))
    for _ in 0..<20 { _ = box.second() }
    box.touch()
    _ = box.second()
    box.setClock(by: .seconds(-10_000_000))
    box.die()
    #expect(lateSecond(of: &box, within: 40) == nil)
    box.noteStart()
    #expect(lateSecond(of: &box, within: 58) == nil)
    #expect(lateSecond(of: &box, within: 5) != nil)
  }

  @Test
  func `a box without a clock, whose hearts are dated ahead, knows when programs are started`() {
    var box = SimulatedBox(.seconds(10), startLimit: .seconds(10), period: .seconds(5))
    box.heart.given = box.now.realtime + .seconds(1_000_000)
    for _ in 0..<20 { #expect(!box.second().isLate) }
    box.die()
    for _ in 0..<4 { #expect(!box.second().isLate) }
    box.noteStart()
    #expect(lateSecond(of: &box, within: 8) == nil)
    #expect(lateSecond(of: &box, within: 5) != nil)
  }
}
