import LinuxCalls
import Testing

@testable import Overview

@Suite struct AvailabilityTests {
  private static let day: Duration = .seconds(86_400)

  @Test(arguments: [
    (Duration.seconds(86_400), "0.0"), (.seconds(10_000), "1.0"), (.seconds(100), "3.0"),
    (.seconds(10), "4.0"), (.seconds(1), "5.0"), (.milliseconds(100), "6.0"),
    (.milliseconds(1), "8.0"),
  ])
  func `nines are 5 minus log10 of the seconds of downtime per day`(down: Duration, nines: String) {
    #expect(Availability(down: down, time: Self.day).nines == nines)
  }

  @Test func `nines are truncated, so that none is claimed that there was not`() {
    #expect(Availability(down: .seconds(11), time: Self.day).nines == "3.9")
    #expect(Availability(down: .milliseconds(10_001), time: Self.day).nines == "3.9")
  }

  @Test func `what was never down has no number of nines, and is up for 100 percent`() {
    let availability = Availability(down: .zero, time: Self.day)
    #expect(availability.nines == nil && availability.percent == "100")
  }

  @Test func `a percentage is cut off, and never 100 when something was down`() {
    #expect(Availability(down: .milliseconds(1), time: Self.day * 1000).percent == "99.9999")
    #expect(Availability(down: .seconds(864), time: Self.day).percent == "99.0000")
    #expect(Availability(down: Self.day, time: Self.day).percent == "0.0000")
    #expect(Availability(down: Self.day * 2, time: Self.day).percent == "0.0000")
  }
}
