import Rules
import TestSupport
import Testing

/// For how long a problem counts as unsolved: from look to look, each a second after the last.
@Suite struct UnsolvedTests {
  private static let noticed = noon.realtime - .seconds(5)

  /// Looks, each with this plan.
  private func count(
    _ unsolved: inout Unsolved?, _ trouble: Trouble = trouble(), seconds: Int = 1,
    resumed: Duration? = nil, box: Surroundings = .quiet, plan: (Int) -> Plan
  ) {
    for second in 0..<seconds {
      unsolved = Unsolved.next(
        after: unsolved, noticed: UnsolvedTests.noticed, trouble, plan(second), box,
        resumed: resumed, counted: .seconds(1))
    }
  }

  private func failing(_: Int) -> Plan { .begin(attempt: 1) }
  private func trying(_ attempt: Int) -> (Int) -> Plan {
    { .tried(attempt: attempt, rest: .seconds(20 - $0)) }
  }

  @Test func `a problem is as old as its looks, and not as its date`() {
    var unsolved: Unsolved?
    count(&unsolved, plan: failing)
    #expect(unsolved?.time == .zero)
    count(&unsolved, seconds: 30, plan: failing)
    #expect(unsolved?.time == .seconds(30) && unsolved?.isDue(trouble()) == false)
    count(&unsolved, plan: failing)
    #expect(unsolved?.isDue(trouble()) == true)
  }

  @Test func `how far its ladder goes decides whether it is ever due`() {
    var unsolved: Unsolved?
    count(&unsolved, seconds: 100, plan: failing)
    for (step, isDue) in [(Step.mark, false), (.solve, false), (.restart, true), (.reboot, true)] {
      #expect(unsolved?.isDue(trouble { $0.limits.lastStep = step }) == isDue)
    }
  }

  @Test func `three tries in a row are waited for, each for its first-beat limit`() {
    var unsolved: Unsolved?
    count(&unsolved, plan: failing)
    for attempt in 1...3 {
      count(&unsolved, seconds: 20, plan: trying(attempt))
      #expect(unsolved?.time == .seconds(attempt - 1) && unsolved?.tries == attempt)
      count(&unsolved, plan: failing)
    }
    #expect(unsolved?.rest(trouble(), .tried(attempt: 3, rest: .seconds(7))) == .seconds(34))
    #expect(unsolved?.rest(trouble { $0.process = .gone }, failing(0)) == .seconds(27))
    // The fourth counts.
    count(&unsolved, seconds: 20, plan: trying(4))
    #expect(unsolved?.time == .seconds(23))
  }

  @Test func `nobody who hangs can stretch a try`() {
    var unsolved: Unsolved?
    count(&unsolved, plan: failing)
    count(&unsolved, seconds: 500, plan: trying(1))
    #expect(unsolved?.time == .seconds(480))
  }

  @Test func `a program that is gone is not waited for, nor one without a heart`() {
    for change: @Sendable (inout Trouble) -> Void in [
      { $0.process = .gone }, { $0.promise = .none }, { $0.promise = .unknown },
    ] {
      var unsolved: Unsolved?
      count(&unsolved, plan: failing)
      count(&unsolved, trouble(nil, change), seconds: 10, plan: trying(1))
      #expect(unsolved?.time == .seconds(10))
    }
  }

  @Test func `after a restart of everything its own start is waited for, and no more`() {
    var unsolved: Unsolved?
    count(&unsolved, seconds: 50, plan: failing)
    var box = Surroundings.quiet
    box.restart = noon.realtime
    count(&unsolved, box: box, plan: failing)
    #expect(unsolved?.time == .zero && unsolved?.isAfterRestart == true)
    count(&unsolved, seconds: 20, box: box) { _ in .tryAnew(attempt: 4) }
    #expect(unsolved?.time == .zero)
    count(&unsolved, seconds: 10, box: box, plan: trying(5))
    #expect(unsolved?.time == .seconds(10))
    // What people are told of the time that is left goes by the same.
    let plan = Plan.tried(attempt: 5, rest: .seconds(10))
    #expect(unsolved?.rest(trouble(), plan) == .seconds(20))
  }

  @Test func `a hold, a restart that runs and a resumption let it begin anew`() {
    var held = Surroundings.quiet
    held.hold = .seconds(5)
    var restarting = Surroundings.quiet
    restarting.isRestarting = true
    for box in [held, restarting] {
      var unsolved: Unsolved?
      count(&unsolved, seconds: 50, plan: failing)
      count(&unsolved, seconds: 3, box: box, plan: failing)
      #expect(unsolved?.time == .zero && unsolved?.tries == 0)
    }
    var unsolved: Unsolved?
    count(&unsolved, seconds: 50, plan: failing)
    count(&unsolved, resumed: noon.realtime, plan: failing)
    #expect(unsolved?.time == .zero)
    count(&unsolved, seconds: 7, resumed: noon.realtime, plan: failing)
    #expect(unsolved?.time == .seconds(7))
  }

  @Test func `after a resumption three tries are waited for again`() {
    var unsolved: Unsolved?
    var box = Surroundings.quiet
    box.restart = noon.realtime - .seconds(100)
    count(&unsolved, resumed: noon.realtime, box: box, plan: failing)
    for attempt in 1...3 {
      count(&unsolved, seconds: 20, resumed: noon.realtime, box: box, plan: trying(attempt))
    }
    #expect(unsolved?.time == .zero)
  }

  @Test func `another problem of the same name begins anew`() {
    var unsolved: Unsolved?
    count(&unsolved, seconds: 50, plan: failing)
    let next = Unsolved.next(
      after: unsolved, noticed: noon.realtime, trouble(), .begin(attempt: 1), .quiet, resumed: nil,
      counted: .seconds(1))
    #expect(next.noticed == noon.realtime && next.time == .zero && !next.isAfterRestart)
  }

  @Test func `a problem that came after a restart of everything has its three tries`() {
    var unsolved: Unsolved?
    var box = Surroundings.quiet
    box.restart = .seconds(1)
    for attempt in 1...3 {
      count(&unsolved, seconds: 20, box: box, plan: trying(attempt))
    }
    #expect(unsolved?.time == .zero)
  }

  @Test func `a resumption counts although the clock was set back before it`() {
    var unsolved: Unsolved?
    var box = Surroundings.quiet
    box.restart = noon.realtime
    count(&unsolved, seconds: 50, box: box, plan: failing)
    count(&unsolved, resumed: noon.realtime - .seconds(3600), box: box, plan: failing)
    #expect(unsolved?.time == .zero)
  }
}
