import LinuxCalls
import Rules
import Testing

@testable import Overview
@testable import Watchdog

/// Spans, and a history whose clock was wrong.
@Suite struct RecordTests {
  private func span(_ begin: Int64, _ end: Int64) -> Span { Span(.seconds(begin), .seconds(end)) }

  @Test func `spans that touch or overlap are one`() {
    #expect([span(5, 9), span(1, 3), span(3, 4), span(6, 7)].united == [span(1, 4), span(5, 9)])
    #expect([span(1, 4), span(5, 9)].length == .seconds(7))
  }

  @Test func `what two lists have in common is counted once`() {
    let both = [span(0, 10), span(20, 30)].common(with: [span(5, 6), span(8, 22), span(40, 50)])
    #expect(both == [span(5, 6), span(8, 10), span(20, 22)])
    #expect([span(0, 10)].parts(in: span(4, 20)) == [span(4, 10)])
    #expect(span(0, 4).part(in: span(4, 8)) == nil)
  }

  @Test func `a span in the wrong order takes no time`() {
    #expect(span(9, 5).length == .zero && span(9, 5).begin == .seconds(5))
  }

  /// Now is 5000 s after the boot b, whose lines these are.
  private func dates(_ lines: [Incident.Line]) -> [Double] {
    let now = Moment(realtime: .seconds(1_720_005_000), monotonic: .seconds(5000))
    let record = Record(lines, boot: "b", sinceBoot: .seconds(5000), now: now)
    return record.entries.map { Double($0.date.nanoseconds / 1_000_000) / 1000 - 1_720_000_000 }
  }

  @Test func `dates of a clock that was right stay`() {
    let lines = [1000.0, 2000].map { Made.line(1_720_000_000 + $0, uptime: $0, "note") }
    #expect(dates(lines) == [1000, 2000])
  }

  @Test func `a boot that began in 1970 is counted back from when the clock was set`() {
    let lines = [Made.line(10, uptime: 10, "note"), Made.line(1_720_002_000, uptime: 2000, "note")]
    #expect(dates(lines) == [10, 2000])
  }

  @Test func `a clock that was set back meanwhile makes nothing longer`() {
    let lines = [
      Made.line(1_720_003_600, uptime: 1000, "note"),
      Made.line(1_720_002_000, uptime: 2000, "note"),
    ]
    #expect(dates(lines) == [1000, 2000])
  }

  @Test func `time in which the box slept is time`() {
    // The monotonic clock stood for 600 s.
    let now = Moment(realtime: .seconds(1_720_005_600), monotonic: .seconds(5000))
    let lines = [
      Made.line(1_720_001_000, uptime: 1000, "note"),
      Made.line(1_720_002_600, uptime: 2000, "note"),
    ]
    let record = Record(lines, boot: "b", sinceBoot: .seconds(5600), now: now)
    #expect(record.entries[1].date - record.entries[0].date == .seconds(1600))
  }

  @Test func `no boot ends after the next has begun`() {
    let lines = [
      Made.line(1_720_009_000, uptime: 100, boot: "a", "note"),
      Made.line(1_720_001_000, uptime: 1000, "note"),
    ]
    let all = dates(lines)
    #expect(all[0] <= 0 && all[1] == 1000)
  }
}
