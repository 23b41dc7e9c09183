import Rules
import Testing

/// What the simulator (Tests/simulate) found in how hearts are judged.
@Suite struct HeartLateTests {
  private let heart = Heart(
    limit: .seconds(30), startLimit: .seconds(30), owner: 0, given: .seconds(1000))

  private func moment(_ time: Int, set: Int = 0) -> Moment {
    Moment(realtime: .seconds(2000 + time + set), monotonic: .seconds(time))
  }

  private func vigil(begun: Int, until last: Int) -> Vigil {
    Vigil(
      lastLook: .seconds(last), clockOffset: .seconds(2000), watched: .seconds(last - begun),
      begun: .zero)
  }

  private func seen(_ beat: Int?, latest: Int, given: Int = -1000) -> Heart.Seen {
    Heart.Seen(
      beat: beat.map { .at(.seconds(2000 + $0)) } ?? .never, given: .seconds(2000 + given),
      start: .none, latest: .seconds(2000 + latest))
  }

  @Test func `a beat that is read seconds after the look is not held against the heart`() {
    let look = Look(after: vigil(begun: 0, until: 100), now: moment(101))
    let condition = heart.condition(seen(104, latest: 105), memory: nil, at: look)
    #expect(condition.age == .zero)
    #expect(!condition.isLate)
  }

  @Test func `a beat that is in the future after the clock was set back goes on from its age`() {
    let look = Look(after: vigil(begun: 0, until: 100), now: moment(101, set: -50))
    let condition = heart.condition(seen(80, latest: 51), memory: nil, at: look)
    #expect(condition.age == .seconds(21))
  }

  @Test func `a beat right before the clock is set back counts`() {
    let look = Look(after: vigil(begun: 0, until: 100), now: moment(101, set: -5))
    let memory = Awaited(
      beat: .seconds(2060), since: .seconds(60), start: nil, answered: nil)
    let condition = heart.condition(
      Heart.Seen(
        beat: .at(.milliseconds(2_100_500)), given: .zero, start: .none,
        latest: .seconds(2096)), memory: memory, at: look)
    #expect(condition.age == .zero)
  }

  @Test func `the gap of a pause is not blamed in the look that finds it`() {
    let look = Look(after: vigil(begun: 0, until: 100), now: moment(160))
    let condition = heart.condition(seen(71, latest: 160), memory: nil, at: look)
    #expect(condition.age == .seconds(31))
    #expect(!condition.isLate)
    let next = Look(after: look.vigil, now: moment(161))
    let later = heart.condition(seen(71, latest: 161), memory: condition.memory, at: next)
    #expect(later.isLate)
  }

  @Test func `a heart that has not beaten since it was given has the longer of its limits`() {
    let slow = Heart(limit: .seconds(60), startLimit: .seconds(2), owner: 0, given: .zero)
    let look = Look(after: vigil(begun: 0, until: 100), now: moment(101))
    let condition = slow.condition(seen(nil, latest: 101, given: 90), memory: nil, at: look)
    #expect(condition.limit == .seconds(60))
    #expect(!condition.isLate)
  }
}
