import Rules
import TestSupport
import Testing

/// A ladder of the usual thresholds.
let usualLadder = Ladder(
  minimumUptime: .seconds(120), restartsBeforeReboot: 3, restartsWindow: .seconds(900),
  rebootsBeforeStandingDown: 5, rebootsWindow: .seconds(86_400))

@Suite struct LadderTests {
  private func next(
    restarts: Int, reboots: Ladder.RebootCount = .known(0), uptime: Int = 1000,
    last: Step = .reboot,
    device: Ladder.Device = .armed, isResting: Bool = false
  ) -> Ladder.Rung {
    usualLadder.next(
      Ladder.Position(
        uptime: .seconds(uptime), restarts: restarts, reboots: reboots, device: device,
        isResting: isResting), last: last)
  }

  static let rungs: [(restarts: Int, reboots: Int, uptime: Int, rung: Ladder.Rung)] = [
    (0, 0, 0, .wait(.seconds(120))), (0, 0, 119, .wait(.seconds(1))), (0, 0, 120, .restart),
    (2, 0, 1000, .restart), (2, 99, 1000, .restart),
    (3, 0, 1000, .reboot), (4, 4, 1000, .reboot), (99, 0, 120, .reboot),
    (3, 5, 1000, .standDown), (3, 6, 1000, .standDown),
    // Somebody must be able to log in, whatever was counted.
    (3, 0, 119, .wait(.seconds(1))), (99, 99, 0, .wait(.seconds(120))),
  ]

  @Test(arguments: rungs)
  func `each rung comes in its turn`(restarts: Int, reboots: Int, uptime: Int, rung: Ladder.Rung) {
    #expect(next(restarts: restarts, reboots: .known(reboots), uptime: uptime) == rung)
  }

  @Test func `what the box ran before is tried before it stands down`() {
    func next(_ rollBack: Ladder.RollBack, reboots: Int = 5) -> Ladder.Rung {
      usualLadder.next(
        Ladder.Position(
          uptime: .seconds(1000), restarts: 3, reboots: .known(reboots), device: .armed,
          isResting: false, rollBack: rollBack), last: .reboot)
    }
    #expect(next(.possible, reboots: 4) == .reboot)
    #expect(next(.possible) == .rollBack)
    #expect(next(.done) == .reboot)
    #expect(next(.none) == .standDown)
  }

  @Test func `a ladder ends at its last step`() {
    for step in [Step.mark, .solve] {
      #expect(next(restarts: 0, last: step) == .end(.lastStep))
      #expect(next(restarts: 0, uptime: 1, last: step) == .end(.lastStep))
    }
    #expect(next(restarts: 2, last: .restart) == .restart)
    #expect(next(restarts: 3, last: .restart) == .end(.lastStep))
  }

  /// Or it would count reboots that never come.
  @Test func `without an armed device there is no reboot, and none is stood down for`() {
    #expect(next(restarts: 2, device: .notArmed) == .restart)
    for reboots in [0, 99] {
      let rung = next(restarts: 3, reboots: .known(reboots), device: .notArmed)
      #expect(rung == .end(.noDevice))
    }
  }

  @Test func `a box that rests climbs nowhere`() {
    for restarts in [0, 3, 99] {
      #expect(next(restarts: restarts, isResting: true) == .end(.rests))
    }
  }

  @Test func `a count that is not read yet is waited for`() {
    #expect(next(restarts: 3, reboots: .notReadYet) == .end(.notReadYet))
    #expect(next(restarts: 2, reboots: .notReadYet) == .restart)
  }

  @Test func `without a count there are no more reboots in the window than allowed`() {
    #expect(
      next(restarts: 3, reboots: .cannotCount, uptime: 17_279)
        == .end(.uncounted(rest: .seconds(1))))
    #expect(next(restarts: 3, reboots: .cannotCount, uptime: 17_280) == .reboot)
    #expect(next(restarts: 2, reboots: .cannotCount) == .restart)
    #expect(usualLadder.leastTimeBetweenUncountedReboots == .seconds(17_280))
    var ladder = usualLadder
    ladder.rebootsBeforeStandingDown = 0
    #expect(ladder.leastTimeBetweenUncountedReboots == .seconds(86_400))
  }

  static let restarts: [(age: Int, isOfSame: Bool, stands: Bool, counts: Bool)] = [
    (0, true, true, true), (900, true, false, true), (901, true, false, false),
    (901, true, true, true),
    // It helped, and so it does not count against another problem.
    (0, false, false, false), (900, false, false, false),
  ]

  @Test(arguments: restarts)
  func `a restart counts against what it did not help`(
    _ one: (age: Int, isOfSame: Bool, stands: Bool, counts: Bool)
  ) {
    let restart = Ladder.Restart(
      age: .seconds(one.age), isOfSame: one.isOfSame, stands: one.stands)
    #expect(usualLadder.count([restart], seen: 0) == (one.counts ? 1 : 0))
    #expect(usualLadder.count([restart, restart, restart], seen: 0) == (one.counts ? 3 : 0))
  }

  @Test func `without restarts none counts`() { #expect(usualLadder.count([], seen: 0) == 0) }

  @Test func `what came while a problem stood counts, for whichever it was`() {
    let other = Ladder.Restart(age: .zero, isOfSame: false, stands: false)
    #expect(usualLadder.count([other, other, other], seen: 2) == 2)
  }
}

@Suite struct DueTests {
  private func order(
    _ uptime: Int, decided: Int = 1000, isCounted: Bool = false, isLeft: Bool = false,
    isWanted: Bool = true, isHeld: Bool = false
  ) -> RebootDue.Order {
    RebootDue(decided: .seconds(decided), isCounted: isCounted, isLeft: isLeft).order(
      isWanted: isWanted, isHeld: isHeld, ladder: usualLadder, uptime: .seconds(uptime))
  }

  @Test func `it is counted first, and then the box is left`() {
    #expect(order(1000) == .waitForCount)
    #expect(order(1009) == .waitForCount)
    #expect(order(1001, isCounted: true) == .leave)
    #expect(order(1001, isLeft: true) == .leave)
  }

  @Test func `a disk that does not answer is waited for, and no longer than uncounted reboots are`()
  {
    #expect(order(1030) == .tooEarly(rest: .seconds(16_250)))
    #expect(order(17_279) == .tooEarly(rest: .seconds(1)))
    #expect(order(17_280) == .leave)
    #expect(order(17_309, decided: 17_280) == .waitForCount)
    #expect(order(17_310, decided: 17_280) == .leave)
  }

  @Test func `it is called off when nothing asks for it, or during a hold`() {
    for isCounted in [true, false] {
      for isLeft in [true, false] {
        #expect(order(1001, isCounted: isCounted, isLeft: isLeft, isWanted: false) == .callOff)
        #expect(order(1001, isCounted: isCounted, isLeft: isLeft, isHeld: true) == .callOff)
      }
    }
  }
}

@Suite struct StandingDownTests {
  private func end(isAnyClimbing: Bool, running: Int) -> StandingDown.End? {
    StandingDown(since: .seconds(5000)).end(
      isAnyClimbing: isAnyClimbing, running: .seconds(running), window: .seconds(86_400))
  }

  @Test func `it ends when all is proven over`() {
    #expect(end(isAnyClimbing: false, running: 5001) == .proven)
  }

  @Test func `or after the window of running, for one more try`() {
    #expect(end(isAnyClimbing: true, running: 5001) == nil)
    #expect(end(isAnyClimbing: true, running: 91_400) == nil)
    #expect(end(isAnyClimbing: true, running: 91_401) == .window)
  }
}

@Suite struct HoldTests {
  @Test func `it ends by itself`() {
    let hold = Hold(begin: .seconds(10), end: .seconds(20))
    #expect(hold.rest(at: .seconds(10)) == .seconds(10))
    #expect(hold.rest(at: .milliseconds(19_999)) == .milliseconds(1))
    #expect(hold.rest(at: .seconds(20)) == nil)
    #expect(hold.rest(at: .seconds(21)) == nil)
  }
}

@Suite struct RoleTests {
  @Test func `what starts the tools says it`() {
    for isLinked in [true, false, nil] {
      for hasFed in [true, false] {
        #expect(Role(runs: true, isLinked: isLinked, hasFed: hasFed) == .guards)
        #expect(Role(runs: false, isLinked: isLinked, hasFed: hasFed) == .onlyMarks)
      }
    }
  }

  @Test func `where that is not seen a feeder does, and then the chain`() {
    for isLinked in [true, false, nil] {
      #expect(Role(runs: nil, isLinked: isLinked, hasFed: true) == .guards)
    }
    #expect(Role(runs: nil, isLinked: true, hasFed: false) == .guards)
    #expect(Role(runs: nil, isLinked: false, hasFed: false) == .onlyMarks)
    #expect(Role(runs: nil, isLinked: nil, hasFed: false) == .cannotTell)
  }
}

@Suite struct FreshnessTests {
  private func freshness(_ fromNow: Duration) -> Freshness {
    Freshness(touched: noon.realtime + fromNow, limit: .seconds(10), now: noon)
  }

  @Test func `a tool that was alive within its limit is fresh`() {
    for seconds in [0, -1, -10, 1, 10] { #expect(freshness(.seconds(seconds)) == .fresh) }
  }

  @Test func `a tool that was alive outside its limit is not fresh`() {
    let little: Duration = .seconds(10) + .nanoseconds(1)
    #expect(freshness(.zero - little) == .stale(age: little))
    #expect(freshness(little) == .future(by: little))
    #expect(Freshness(touched: nil, limit: .seconds(10), now: noon) == .never)
  }

  @Test(arguments: [Duration.seconds(3600), .seconds(-3600)])
  func `a clock change costs no more than the next run`(step: Duration) {
    let set = noon.clockSet(by: step)
    #expect(Freshness(touched: noon.realtime, limit: .seconds(10), now: set) != .fresh)
    let next = set.later(by: .seconds(1))
    #expect(Freshness(touched: set.realtime, limit: .seconds(10), now: next) == .fresh)
  }
}
