import Rules
import Testing

/// What the field showed about time: no watched time is forgotten, and none is blamed on a program that had no turn.
@Suite struct WatchedTimeTests {
  // MARK: Two time keepers fight

  static let fights: [(step: Double, period: Int)] = [
    (2.5, 4), (1.1, 2), (2.5, 1), (2.5, 3), (30, 5), (3600, 7), (7, 11), (86_400, 29), (12, 12),
  ]

  /// The clock is set there and back by turns.
  private func fight(
    _ box: inout SimulatedBox, _ fight: (step: Double, period: Int), seconds: Int
  ) -> Int? {
    var isForward = true
    for second in 1...seconds {
      if second % fight.period == 0 {
        box.setClock(by: .seconds(isForward ? fight.step : -fight.step))
        isForward.toggle()
      }
      if box.second().isLate { return second }
    }
    return nil
  }

  @Test(arguments: fights, [5, 10, 60])
  func `a clock that is set again and again does not save a dead heart`(
    one: (step: Double, period: Int), limit: Int
  ) {
    for phase in 1...12 {
      var box = SimulatedBox(.seconds(limit), period: .seconds(1))
      #expect(fight(&box, one, seconds: phase) == nil)
      box.die()
      let late = fight(&box, one, seconds: 2 * limit + 4)
      // Each step may bring one doubt, which gives it what it had at the most; from then on it is known again.
      #expect(late != nil && box.silence > .seconds(limit), "phase \(phase)")
    }
  }

  @Test(arguments: fights, [5, 10, 60])
  func `nor does it kill a healthy one`(one: (step: Double, period: Int), limit: Int) {
    for phase in 0..<12 {
      let period: Duration = .seconds(limit) - .milliseconds(1100 + 37 * phase)
      var box = SimulatedBox(.seconds(limit), period: period)
      #expect(fight(&box, one, seconds: 400) == nil, "phase \(phase)")
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever the clocks do, a dead heart is late by twice its limit and a healthy one never`(
    seed: UInt64
  ) {
    var random = Steps(state: seed)
    for isHealthy in [true, false] {
      var box = SimulatedBox(.seconds(20), period: .seconds(17))
      for _ in 0..<50 { _ = box.second() }
      if !isHealthy { box.die() }
      var late = false
      var counted: Duration = .zero
      for _ in 0..<300 where !late {
        switch random.next(below: 6) {
        case 0: box.setClock(by: .milliseconds(random.next(below: 40_000) - 20_000))
        case 1: box.freeze(.milliseconds(random.next(below: 9000)))
        default: break
        }
        let before = box.vigil?.watched ?? .zero
        late = box.second().isLate
        counted += (box.vigil?.watched ?? .zero) - before
        if !isHealthy, counted > .seconds(42) { break }
      }
      #expect(late == !isHealthy)
    }
  }

  // MARK: Stalls, and tools that run rarely

  /// A disk that stalls the whole box.
  private func stall(_ box: inout SimulatedBox, rounds: Int, _ time: Duration) -> Int? {
    for round in 1...rounds {
      for _ in 0..<4 where box.second().isLate { return round }
      box.freeze(time)
    }
    return nil
  }

  @Test(arguments: [2.1, 4.3, 6, 30, 600])
  func `a box that stalls again and again finds its dead hearts and spares the others`(
    time: Double
  ) {
    // In each round six seconds are watched at the most, and four at the least.
    var dead = SimulatedBox(.seconds(10), period: .seconds(1))
    #expect(stall(&dead, rounds: 2, .seconds(time)) == nil)
    dead.die()
    let round = stall(&dead, rounds: 4, .seconds(time))
    #expect(round != nil && dead.silence > .seconds(10) && dead.silence <= .seconds(13))
    var healthy = SimulatedBox(.seconds(5), period: .seconds(2))
    #expect(stall(&healthy, rounds: 100, .seconds(time)) == nil)
  }

  @Test(arguments: [5, 60, 3600])
  func `a tool that runs rarely finds a dead heart after its limit of watched seconds`(
    period: Int
  ) {
    var box = SimulatedBox(.seconds(10), period: .seconds(1))
    for _ in 0..<5 {
      box.pass(.seconds(period))
      #expect(!box.look().isLate)
    }
    box.die()
    // Two seconds count of each.
    for run in 1...7 {
      box.pass(.seconds(period))
      let isLate = box.look().isLate
      if run <= 5 { #expect(!isLate, "run \(run)") }
      if run == 7 { #expect(isLate) }
    }
  }

  @Test(arguments: [5, 60, 3600])
  func `and a healthy one never, however seldom it beats`(period: Int) {
    for beats in [1, 7, 59, 61, 9000] {
      // What is watched between two beats is far less than its limit.
      var box = SimulatedBox(.seconds(beats + 2), period: .seconds(beats))
      for _ in 0..<300 {
        box.pass(.seconds(period))
        #expect(!box.look().isLate, "a beat each \(beats) s")
      }
    }
  }

  @Test(arguments: [true, false])
  func `a day's heart outlives a nightly pause, and is found when it is dead`(isHealthy: Bool) {
    var box = SimulatedBox(.seconds(86_400), period: .seconds(80_000))
    _ = box.second()
    if !isHealthy { box.die() }
    var late: Int?
    var second = 0
    while second < 180_000, late == nil {
      // A snapshot each night, for ten minutes.
      if second % 86_400 < 2 { box.freeze(.seconds(600)) }
      box.pass(.seconds(2))
      second += 2
      if box.look().isLate { late = second }
    }
    if isHealthy {
      #expect(late == nil)
    } else {
      #expect(late != nil && box.silence <= .seconds(86_410))
    }
  }

  /// The whole box stood still: its program had no turn to beat.
  @Test(arguments: [(4.3, 5, 3), (4.9, 5, 3), (120, 5, 3), (2.2, 4, 2), (3600, 30, 28)])
  func `a box that is frozen blames nobody`(freeze: Double, limit: Int, period: Int) {
    for phase in 0..<50 {
      var box = SimulatedBox(.seconds(limit), period: .seconds(period))
      _ = box.look()
      for round in 0..<5 {
        for _ in 0..<(7 + round) { #expect(!box.second().isLate) }
        box.pass(.milliseconds(phase * 20))
        box.freeze(.seconds(freeze))
        // mark-problems has its turn first.
        #expect(!box.look().isLate, "phase \(phase)")
      }
    }
  }

  // MARK: Dates that were made up

  @Test func `a beat dated in the future is none, and not forgotten when the clock comes to it`() {
    for ahead in [5, 20, 59, 3600] {
      var box = SimulatedBox(.seconds(60), period: .seconds(1))
      for _ in 0..<100 { _ = box.second() }
      box.die()
      box.beat = .at(box.now.realtime + .seconds(ahead))
      #expect(box.second().isFuture)
      #expect(lateSecond(of: &box, within: 65) == 61, "\(ahead) s ahead")
    }
  }

  @Test func `beats that are always dated in the future keep nobody alive`() {
    var box = SimulatedBox(.seconds(60), period: .seconds(1))
    for _ in 0..<100 { _ = box.second() }
    box.die()
    var late: Int?
    for second in 1...100 where late == nil {
      box.beat = .at(box.now.realtime + .seconds(500 + 3 * second))
      if box.second().isLate { late = second }
    }
    #expect(late == 62)
  }

  @Test(arguments: [0, 3600, -3600])
  func `a beat that cannot be looked at is the same for all that is known`(set: Int) {
    var box = SimulatedBox(.seconds(10), period: .seconds(1))
    for _ in 0..<100 { _ = box.second() }
    box.die()
    #expect(!box.second().isLate)
    box.setClock(by: .seconds(set))
    let last = box.beat
    for second in 2...30 {
      box.beat = second % 2 == 0 ? last : .unknown
      let isLate = box.second().isLate
      // It was silent for up to a second before.
      #expect(!isLate || second >= 10, "second \(second)")
      if box.beat != .unknown, second > 10 { #expect(isLate, "second \(second)") }
    }
  }
}
