import Foundation
import Rules
import Testing

@testable import LinuxCalls
@testable import Overview
@testable import Watchdog

/// What would help, on histories that are made up.
@Suite struct AdviceRulesTests {
  private static func outage(
    _ since: Int64, notice: Int64 = 2, long: Int64 = 20, _ end: Outage.End = .solved,
    failures: Int = 0, began: Int64? = 1, started: Int64? = 2
  ) -> Outage {
    let noticed = Duration.seconds(since + notice)
    let solves = end == .solved
    return Outage(
      since: .seconds(since), noticed: noticed, until: .seconds(since + long), end: end, by: "me",
      why: "ill", failures: failures, failure: "no disk",
      began: solves ? began.map { noticed + .seconds($0) } : nil,
      started: solves ? started.map { noticed + .seconds($0) } : nil)
  }

  private func advice(
    _ outages: [Outage], restarts: Int = 0, holds: [Span] = [], means: Means = .program
  ) -> [String] {
    let guarded = Guarded(
      name: Made.web, isHeart: true, limit: .seconds(30), written: .zero, means: means)
    let heart = HeartPast(
      guarded, outages, period: Span(.zero, .seconds(1_000_000)), reboots: [], holds: holds)
    return AdviceRules.ofHearts.findings(
      in: AdviceRules.HeartCase(heart: heart, restarts: restarts)
    ).map { "\($0.id)" }
  }

  @Test func `each cause has its advice`() {
    #expect(advice([Self.outage(100, .open)]).contains("down"))
    #expect(advice([Self.outage(100, notice: 12)]).contains("notice"))
    #expect(advice([Self.outage(100)], restarts: 2).contains("restarts"))
    #expect(advice([Self.outage(100, failures: 3)]).contains("failures"))
    #expect(advice([Self.outage(100, began: 1, started: 10)]).contains("ending"))
    #expect(advice([Self.outage(100, began: 1, started: 2)]).contains("starting"))
    #expect(advice((0..<6).map { Self.outage($0 * 1000) }).contains("rhythm"))
    #expect(
      advice([Self.outage(100)], holds: [Span(.seconds(100), .seconds(200))]).contains("holds"))
    #expect(
      advice(
        [Self.outage(100, long: 60, .unknown), Self.outage(300, long: 60, .recovered)],
        means: .none
      )
      .contains("unsolved"))
  }

  @Test func `what beats again by itself is slow, and not dead`() {
    let slow = advice((0..<6).map { Self.outage($0 * 1000, notice: 12, .recovered) })
    #expect(slow == ["false alarms"], "neither a smaller limit nor a rhythm is advised")
  }
}
