import Rules
import TestSupport
import Testing

/// A problem of a heart that beats each 10 s, and within 20 s of a start, noticed 5 s ago at noon.
func trouble(_ attempt: Attempt? = nil, _ change: (inout Trouble) -> Void = { _ in }) -> Trouble {
  let before = noon.realtime - .seconds(100)
  var trouble = Trouble(
    detector: .heart, age: .seconds(5), beatBefore: before,
    promise: .heart(limit: .seconds(10), startLimit: .seconds(20)), beat: .at(before),
    process: .runs, means: .program,
    limits: .init(lastStep: nil, solveTime: .seconds(20), solveWithin: .seconds(30)),
    attempt: attempt, isSolverRunning: false)
  change(&trouble)
  return trouble
}

/// An attempt whose present phase began so many seconds before noon.
func attempt(
  _ count: Int, _ phase: Attempt.Phase, secondsAgo: Double = 0, waited: Int = 0,
  restart: Duration? = nil
) -> Attempt {
  Attempt(
    count: count, phase: phase, time: noon.monotonic - .seconds(secondsAgo),
    waited: .seconds(waited), beat: noon.realtime - .seconds(100), restart: restart)
}

extension Surroundings {
  static var quiet: Surroundings {
    Surroundings(hold: nil, restart: nil, isRestarting: false, isResting: false)
  }
}

@Suite struct PlanTests {
  private func plan(
    _ trouble: Trouble, _ change: (inout Surroundings) -> Void = { _ in }
  ) -> Plan {
    var box = Surroundings.quiet
    change(&box)
    return trouble.plan(box, at: noon)
  }

  // MARK: Attempts

  @Test func `the first attempt is made at once`() {
    #expect(plan(trouble()) == .begin(attempt: 1))
  }

  static let pauses: [(count: Int, pause: Int)] = [
    (0, 0), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 60), (8, 60), (70, 60),
    (1_000_000, 60),
  ]

  /// A solver that ended without a word failed, too.
  @Test(arguments: pauses, [Attempt.Phase.failed, .solving])
  func `the pauses grow up to a minute`(_ one: (count: Int, pause: Int), phase: Attempt.Phase) {
    #expect(Attempt.pause(after: one.count, isResting: false) == .seconds(one.pause))
    let pause = Double(one.pause)
    if pause > 0 {
      let early = trouble(attempt(one.count, phase, secondsAgo: pause - 0.25))
      #expect(
        plan(early) == .pause(attempt: one.count + 1, rest: .milliseconds(250)))
    }
    let due = trouble(attempt(one.count, phase, secondsAgo: pause))
    #expect(plan(due) == .begin(attempt: one.count + 1))
  }

  @Test func `a box that rests tries each program once a minute`() {
    let early = trouble(attempt(1, .failed, secondsAgo: 59))
    #expect(plan(early) { $0.isResting = true } == .pause(attempt: 2, rest: .seconds(1)))
    let due = trouble(attempt(1, .failed, secondsAgo: 60))
    #expect(plan(due) { $0.isResting = true } == .begin(attempt: 2))
    #expect(plan(trouble()) { $0.isResting = true } == .begin(attempt: 1))
  }

  static let runs: [(elapsed: Double, isLate: Bool)] = [
    (0, false), (20, false), (22, false), (22.001, true), (9999, true),
  ]

  @Test(arguments: runs, [1, 5])
  func `while a solver runs no other is begun, and past its time it is killed`(
    _ one: (elapsed: Double, isLate: Bool), count: Int
  ) {
    let solving = trouble(attempt(count, .solving, secondsAgo: one.elapsed)) {
      $0.isSolverRunning = true
      // Not even a beat ends it: the solver has to come to its end first.
      $0.beat = .at(noon.realtime)
    }
    let goesOn = Plan.solving(attempt: count, since: .seconds(one.elapsed))
    #expect(plan(solving) == (one.isLate ? .kill(attempt: count) : goesOn))
    #expect(plan(solving) { $0.hold = .seconds(1) } == goesOn, "a hold kills nobody")
    #expect(
      plan(solving) { $0.isRestarting = true } == (one.isLate ? .kill(attempt: count) : goesOn))
  }

  @Test func `an attempt of another boot does not count`() {
    for phase in [Attempt.Phase.solving, .tried, .failed, .proven] {
      #expect(plan(trouble(attempt(5, phase, secondsAgo: -1))) == .begin(attempt: 1))
    }
  }

  // MARK: Trying

  @Test func `a program that was started again is waited for, and is not mended by running`() {
    for waited in [0, 1, 19] {
      let tried = trouble(attempt(3, .tried, secondsAgo: 3600, waited: waited))
      #expect(plan(tried) == .tried(attempt: 3, rest: .seconds(20 - waited)))
    }
    #expect(plan(trouble(attempt(3, .tried, secondsAgo: 20, waited: 20))) == .begin(attempt: 4))
    #expect(
      plan(trouble(attempt(7, .tried, secondsAgo: 20, waited: 20)))
        == .pause(attempt: 8, rest: .seconds(40)))
  }

  @Test func `one whose process is gone is not waited for`() {
    let gone = trouble(attempt(3, .tried, secondsAgo: 1)) { $0.process = .gone }
    #expect(plan(gone) == .pause(attempt: 4, rest: .seconds(3)))
  }

  /// It was noted in another pid or time namespace, so whether it runs cannot be told.
  @Test(arguments: [Trouble.Process.unknown, .notNoted])
  func `one whose process cannot be told is waited for`(process: Trouble.Process) {
    let tried = trouble(attempt(1, .tried)) { $0.process = process }
    #expect(plan(tried) == .tried(attempt: 1, rest: .seconds(20)))
  }

  @Test func `a series ends when the program has run for long after its proof`() {
    func next(_ count: Int, _ elapsed: Double, age: Int) -> Plan {
      plan(
        trouble(attempt(count, .proven, secondsAgo: elapsed)) { $0.age = .seconds(age) })
    }
    // It was proven 80 s ago, and is broken again for 9 s: so it ran for 10 s and a second more than a pause.
    #expect(next(7, 80, age: 9) == .begin(attempt: 1))
    #expect(next(7, 80, age: 10) == .begin(attempt: 8))
    #expect(next(1, 12, age: 0) == .begin(attempt: 1))
    #expect(next(1, 11, age: 0) == .begin(attempt: 2))
    #expect(next(3, 3600, age: 0) == .begin(attempt: 1))
    // The problem is there all the time: nobody came to solve it.
    #expect(next(3, 3600, age: 3600) == .begin(attempt: 4))
  }

  /// However long it runs: being started does not mend it.
  @Test(arguments: [Attempt.Phase.tried, .failed, .solving])
  func `a series goes on for a program that was not proven`(phase: Attempt.Phase) {
    #expect(
      plan(trouble(attempt(3, phase, secondsAgo: 3600, waited: 60))) == .begin(attempt: 4))
  }

  // MARK: The box

  @Test func `a restart of everything is a start of each program`() {
    let restart = noon.realtime - .seconds(2)
    let waits = trouble(attempt(4, .tried, secondsAgo: 50, waited: 20))
    #expect(plan(waits) { $0.restart = restart } == .tryAnew(attempt: 4))
    #expect(plan(trouble()) { $0.restart = restart } == .tryAnew(attempt: 0))
    let follows = trouble(attempt(4, .tried, secondsAgo: 1, waited: 1, restart: restart))
    #expect(plan(follows) { $0.restart = restart } == .tried(attempt: 4, rest: .seconds(19)))
    // One before the problem did not start anew what has it.
    #expect(plan(trouble()) { $0.restart = noon.realtime - .seconds(6) } == .begin(attempt: 1))
    // What a solution mends is not started by it.
    let solution = trouble { $0.means = .solution }
    #expect(plan(solution) { $0.restart = restart } == .begin(attempt: 1))
  }

  @Test func `nothing is begun during a hold or a restart`() {
    #expect(plan(trouble()) { $0.hold = .seconds(9) } == .waits(.hold(.seconds(9))))
    #expect(plan(trouble()) { $0.isRestarting = true } == .waits(.restart))
    let due = trouble(attempt(2, .failed, secondsAgo: 100))
    #expect(plan(due) { $0.hold = .seconds(9) } == .waits(.hold(.seconds(9))))
    // But what is over is over.
    let over = trouble { $0.beat = .at(noon.realtime) }
    #expect(plan(over) { $0.hold = .seconds(9) } == .over(.beats))
  }

  @Test func `what is at mark is left alone`() {
    #expect(plan(trouble { $0.limits.lastStep = .mark }) == .marked)
    // A note by somebody else, and nobody here can mend it.
    let noted = trouble {
      ($0.detector, $0.means, $0.promise, $0.beat) = (.other, .none, .none, .missing)
    }
    #expect(plan(noted) == .marked)
  }

  @Test func `where nothing can mend it, that is said`() {
    #expect(plan(trouble { $0.means = .none }) == .nobodyCan)
  }
}

@Suite struct ProofTests {
  private func proof(_ trouble: Trouble) -> Plan.Proof? { trouble.proof(at: noon) }

  @Test func `a heart that beats again by itself is well`() {
    for age in [-1, 0, 10] {
      #expect(proof(trouble { $0.beat = .at(noon.realtime - .seconds(age)) }) == .beats)
    }
  }

  @Test func `one that beats after its start was mended by that`() {
    let mended = trouble(attempt(2, .tried, waited: 1)) { $0.beat = .at(noon.realtime) }
    #expect(proof(mended) == .beatsAfterStart)
    // A beat that came before the program was started again proves nothing.
    var before = attempt(2, .tried, waited: 1)
    before.beat = noon.realtime - .seconds(1)
    #expect(proof(trouble(before) { $0.beat = .at(noon.realtime - .seconds(1)) }) == nil)
  }

  @Test func `a beat that goes on after the noted process has ended is work elsewhere`() {
    for last in [nil, attempt(1, .tried)] {
      let daemon = trouble(last) {
        $0.process = .gone
        $0.beat = .at(noon.realtime)
      }
      #expect(proof(daemon) == .elsewhere)
    }
  }

  @Test func `old beats, the beat of before and beats in the future prove nothing`() {
    #expect(proof(trouble()) == nil)
    #expect(proof(trouble { $0.beat = .at(noon.realtime - .seconds(11)) }) == nil)
    #expect(proof(trouble { $0.beat = .at(noon.realtime + .seconds(2)) }) == nil)
    for beat: Beat in [.never, .missing, .foreign(owner: 7), .noFile, .unknown] {
      #expect(proof(trouble { $0.beat = beat }) == nil)
    }
    let same = trouble {
      $0.beat = .at(noon.realtime)
      $0.beatBefore = noon.realtime
    }
    #expect(proof(same) == nil)
  }

  @Test func `running proves nothing of a heart`() {
    #expect(proof(trouble(attempt(1, .tried, secondsAgo: 3600, waited: 3600))) == nil)
  }

  @Test func `a program without a heart has to run for a while`() {
    func program(_ last: Attempt?, _ process: Trouble.Process) -> Plan.Proof? {
      proof(
        trouble(last) {
          ($0.promise, $0.detector, $0.process, $0.beat) = (.none, .other, process, .missing)
        })
    }
    #expect(program(attempt(1, .tried, waited: 9), .runs) == nil)
    #expect(program(attempt(1, .tried, waited: 10), .runs) == .ranCalm)
    for process in [Trouble.Process.gone, .unknown, .notNoted] {
      #expect(program(attempt(1, .tried, waited: 60), process) == nil)
    }
    #expect(program(attempt(1, .failed, waited: 60), .runs) == nil)
    #expect(program(nil, .runs) == nil)
  }

  @Test func `a heart that is no longer wanted has no problem`() {
    #expect(proof(trouble { $0.promise = .none }) == .heartGone)
    #expect(proof(trouble { $0.promise = .unknown }) == nil, "unlike one that cannot be read")
  }

  @Test func `what somebody else noticed no beat answers before something was done`() {
    func noted(_ last: Attempt?) -> Plan.Proof? {
      proof(
        trouble(last) {
          $0.detector = .other
          $0.beat = .at(noon.realtime)
        })
    }
    #expect(noted(nil) == nil)
    #expect(noted(attempt(1, .failed)) == nil)
    #expect(noted(attempt(1, .tried)) == .beatsAfterStart)
    #expect(noted(attempt(1, .tried, secondsAgo: -1)) == nil, "of another boot")
  }
}
