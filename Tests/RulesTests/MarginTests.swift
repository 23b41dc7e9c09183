import Testing

@testable import Rules

@Suite struct MarginTests {
  private func day(_ day: Int64, _ age: Double, _ limit: Double = 30) -> Margin.Day {
    Margin.Day(day: day, age: .seconds(age), limit: .seconds(limit))
  }

  @Test func `a day that a broken disk wrote ends nobody`() {
    var margin = Margin()
    let worst = Duration(secondsComponent: .min, attosecondsComponent: 0)
    for age in [worst, .seconds(1), .seconds(Int64.max)] {
      margin.add(Margin.Day(day: .min, age: age, limit: worst))
    }
    #expect(margin.days.count == 1 && margin.days[0].age == .seconds(Int64.max))
    margin.keep(within: 31, of: 20_000)
    #expect(margin.days.isEmpty)
  }

  @Test(arguments: [(15, false), (15.1, true), (30, true), (30.1, false), (-20, false)])
  func `close is more than half of the limit, and not too late`(age: Double, isClose: Bool) {
    #expect(Margin.isClose(.seconds(age), to: .seconds(30)) == isClose)
  }

  @Test func `of a day the worst share of a limit counts`() {
    var margin = Margin()
    for seen in [day(2, 20), day(1, 29), day(2, 27), day(2, 60, 120), day(2, 22)] {
      margin.add(seen)
    }
    #expect(margin.days == [day(1, 29), day(2, 27)])
    #expect(margin.worst() == day(1, 29))
    #expect(margin.worst(since: .seconds(2 * 86_400 + 5)) == day(2, 27))
    #expect(margin.worst(since: .seconds(3 * 86_400)) == nil)
  }

  @Test func `days that are far off are forgotten, those of a wrong clock too`() {
    var margin = Margin()
    for number in [0, 98, 99, 100, 5000] as [Int64] { margin.add(day(number, 20)) }
    margin.keep(within: 3, of: 100)
    #expect(margin.days.map { $0.day } == [98, 99, 100])
  }

  @Test func `a time that no clock shows does no harm`() {
    #expect(day(1, 1e18, 2e18).share == 1000)
  }
}
