import Linux
import Testing
import Watchdog

/// Hearts of both kinds, each with a program that beats as rarely as it may.
private let boxes = [
  // hearts/NAME says 30.
  SimulatedBox(
    heart: Heart(
      limit: .seconds(30), startLimit: .seconds(30), owner: 0, written: .seconds(1_700_000_000)),
    firstBeat: .seconds(28), period: .seconds(28)),
  // hearts/NAME says 30 120.
  SimulatedBox(
    heart: Heart(
      limit: .seconds(30), startLimit: .seconds(120), owner: 0, written: .seconds(1_700_000_000)),
    firstBeat: .seconds(118), period: .seconds(28)),
  // hearts/NAME says 120 10: a program that is quick to begin, and slow then.
  SimulatedBox(
    heart: Heart(
      limit: .seconds(120), startLimit: .seconds(10), owner: 0, written: .seconds(1_700_000_000)),
    firstBeat: .seconds(8), period: .seconds(118)),
]

@Suite struct SimulationTests {
  /// Runs seconds, and says in which the heart was first late; nil when it never was.
  private func lateSecond(of box: inout SimulatedBox, within seconds: Int) -> Int? {
    for second in 1...seconds where box.second() != nil { return second }
    return nil
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func aHealthyHeartIsNeverLate(event: SimulatedBox.Event, box index: Int) {
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
  func aHealthyHeartOutlivesTwoEvents(first: SimulatedBox.Event, second: SimulatedBox.Event) {
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

  /// What gives a dead heart its full time once more. The others cost it a second at most.
  private func isBreach(_ event: SimulatedBox.Event) -> Bool {
    switch event {
    case .nothing, .clockSetBackASecond, .clockSetForwardASecond: false
    default: true
    }
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func aDeadHeartIsMarkedSoonAfter(event: SimulatedBox.Event, box index: Int) throws {
    for phase in stride(from: 1, to: 120, by: 7) {
      var box = boxes[index]
      _ = lateSecond(of: &box, within: phase)
      box.die()
      box.suffer(event)
      // A heart that is dead since boot has never beaten.
      let isFirst = event == .booted || event == .bootedWithoutAClock
      let limit = Int((isFirst ? box.heart.startLimit : box.heart.limit).wholeSeconds)
      let second = try #require(lateSecond(of: &box, within: limit + 2), "phase \(phase)")
      if isBreach(event) { #expect(second > limit, "marked too early in phase \(phase)") }
    }
  }

  @Test(arguments: SimulatedBox.Event.allCases, SimulatedBox.Event.allCases)
  func aDeadHeartIsMarkedSoonAfterTwoEvents(
    first: SimulatedBox.Event, second: SimulatedBox.Event
  ) throws {
    for index in boxes.indices {
      var box = boxes[index]
      _ = lateSecond(of: &box, within: 40)
      box.die()
      box.suffer(first)
      _ = lateSecond(of: &box, within: 7)
      box.suffer(second)
      let limit = Int(max(box.heart.limit, box.heart.startLimit).wholeSeconds)
      _ = try #require(lateSecond(of: &box, within: limit + 2), "heart \(index)")
    }
  }

  @Test(arguments: SimulatedBox.Event.allCases, boxes.indices)
  func aProgramThatIsStartedAgainHasTheSecondNumber(event: SimulatedBox.Event, box index: Int) {
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
  func aProgramStartedByAWrongClockOutlivesWhatComesAfter(
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
  func aProgramThatDoesNotComeUpIsMarkedSoonAfter(
    event: SimulatedBox.Event, box index: Int
  ) throws {
    var box = boxes[index]
    _ = lateSecond(of: &box, within: 40)
    box.restart()
    box.die()
    _ = lateSecond(of: &box, within: 5)
    box.suffer(event)
    // A start that was noted by a clock that is set back is not known any more: then the limit for beats.
    let limit = Int(max(box.heart.startLimit, box.heart.limit).wholeSeconds)
    _ = try #require(lateSecond(of: &box, within: limit + 2))
  }
}
