import Testing

@testable import Rules

private func heart(_ limit: Int, _ startLimit: Int) -> Heart {
  Heart(
    limit: .seconds(limit), startLimit: .seconds(startLimit), owner: 0,
    given: .seconds(1_700_000_000))
}

/// Hearts of all kinds, each with a program that beats as rarely as it may.
private let boxes = [
  // hearts/NAME says 30.
  SimulatedBox(heart: heart(30, 30), firstBeat: .seconds(28), period: .seconds(28)),
  // hearts/NAME says 30 120.
  SimulatedBox(heart: heart(30, 120), firstBeat: .seconds(118), period: .seconds(28)),
  // hearts/NAME says 120 10: a program that is quick to begin, and slow then.
  SimulatedBox(heart: heart(120, 10), firstBeat: .seconds(8), period: .seconds(118)),
]

@Suite struct SimulationTests {
  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func `a healthy heart is never late`(event: SimulatedBox.Event, box index: Int) {
    // In phases that meet each period in all of its parts.
    for phase in stride(from: 1, to: 120, by: 7) {
      var box = boxes[index]
      #expect(lateSecond(of: &box, within: phase) == nil, "before, in phase \(phase)")
      box.suffer(event)
      #expect(lateSecond(of: &box, within: 130) == nil, "after, in phase \(phase)")
    }
  }

  /// A wrong clock is corrected, a box wakes up twice: one event must not spoil the next one.
  @Test(arguments: SimulatedBox.Event.allCases, SimulatedBox.Event.allCases)
  func `a healthy heart survives any two events`(
    first: SimulatedBox.Event, second: SimulatedBox.Event
  ) {
    for index in boxes.indices {
      for pause in [1, 19] {
        var box = boxes[index]
        for event in [first, second] {
          #expect(lateSecond(of: &box, within: pause) == nil, "before \(event), heart \(index)")
          box.suffer(event)
        }
        #expect(lateSecond(of: &box, within: 130) == nil, "\(pause) s between, heart \(index)")
      }
    }
  }

  /// It is late when its limit was watched since its last beat: no event gives it its time once more, or takes any.
  private func expectLate(_ box: inout SimulatedBox, _ what: Comment) {
    // Of one that has never beaten nobody noted a start either: it may beat as rarely as it likes within both.
    let isFirst = box.beat.date == nil
    let limit = isFirst ? max(box.heart.limit, box.heart.startLimit) : box.heart.limit
    let second = lateSecond(of: &box, within: Int(limit.wholeSeconds) + 2)
    #expect(second != nil, what)
    // A boot's first look counts nothing yet, and doubt speaks for the heart at a breach.
    #expect(box.silence > limit - .seconds(1) && box.silence <= limit + .seconds(3), what)
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func `a dead heart is marked soon after any event`(event: SimulatedBox.Event, box index: Int) {
    for phase in stride(from: 1, to: 120, by: 7) {
      for pause in [0, 3, 20] {
        var box = boxes[index]
        _ = lateSecond(of: &box, within: phase)
        box.die()
        if pause > 0, lateSecond(of: &box, within: pause) != nil { continue }
        box.suffer(event)
        expectLate(&box, "\(pause) s after its death in phase \(phase)")
      }
    }
  }

  @Test(arguments: SimulatedBox.Event.allCases, SimulatedBox.Event.allCases)
  func `a dead heart is marked soon after any two events`(
    first: SimulatedBox.Event, second: SimulatedBox.Event
  ) {
    for index in boxes.indices {
      var box = boxes[index]
      _ = lateSecond(of: &box, within: 40)
      box.die()
      box.suffer(first)
      // Where it is late by now it is so after the second event too.
      let wasLate = lateSecond(of: &box, within: 7) != nil
      box.suffer(second)
      if !wasLate { expectLate(&box, "heart \(index)") }
    }
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func `a program that is started again has the second number`(
    event: SimulatedBox.Event, box index: Int
  ) {
    var latePhases: [Int] = []
    for phase in 1...20 {
      var box = boxes[index]
      #expect(lateSecond(of: &box, within: phase) == nil)
      box.restart()
      #expect(lateSecond(of: &box, within: 5) == nil)
      box.suffer(event)
      if lateSecond(of: &box, within: 130) != nil { latePhases.append(phase) }
    }
    #expect(latePhases == [])
  }

  /// The note of a start that a wrong clock dated lies in the future for as long as that clock was ahead.
  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func `a program started under a wrong clock survives what comes after`(
    event: SimulatedBox.Event, box index: Int
  ) {
    var latePauses: [Int] = []
    for pause in [1, 5, 40, 100] {
      var box = boxes[index]
      _ = lateSecond(of: &box, within: 10)
      box.suffer(.clockSetForwardAnHour)
      box.restart()
      #expect(lateSecond(of: &box, within: 150) == nil)
      box.suffer(.clockSetBackAnHour)
      #expect(lateSecond(of: &box, within: pause) == nil)
      box.suffer(event)
      if lateSecond(of: &box, within: 150) != nil { latePauses.append(pause) }
    }
    #expect(latePauses == [])
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func `a program that does not come up is marked soon after`(
    event: SimulatedBox.Event, box index: Int
  ) throws {
    var box = boxes[index]
    _ = lateSecond(of: &box, within: 40)
    box.restart()
    box.die()
    _ = lateSecond(of: &box, within: 5)
    box.suffer(event)
    // The limits are those of `Bound`: a start that was noted by a clock that is set back counts from when it is asked for.
    let limit = max(box.heart.startLimit, box.heart.limit) + box.heart.limit
    _ = try #require(lateSecond(of: &box, within: Int(limit.wholeSeconds) + 2))
  }
}
