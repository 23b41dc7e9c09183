import LinuxCalls
import Watchdog

/// How one heart was during the time of a report.
struct HeartPast {
  let guarded: Guarded
  /// The outages of which a part is in that time, the oldest first.
  let outages: [Outage]
  /// When it was down because of them, each instant once.
  let spans: [Span]
  /// How long that was.
  let down: Duration
  /// How long it was down, with the reboots of the box.
  let availability: Availability
  /// How long of that nothing was to be restarted.
  let held: Duration

  var name: Name { guarded.name }
  var notice: Times { Times(outages.map { $0.notice }) }
  var recovery: Times { Times(outages.compactMap { $0.recovery }) }
  /// Whether it is down now.
  var isDown: Bool { outages.last?.end == .open }

  /// Counts.
  ///
  /// - Parameters:
  ///   - reboots: when the box was down, each instant once.
  ///   - holds: when nothing was to be restarted, each instant once.
  init(_ guarded: Guarded, _ outages: [Outage], period: Span, reboots: [Span], holds: [Span]) {
    self.guarded = guarded
    self.outages = outages.filter { $0.until > period.begin && $0.since < period.end }
    spans = self.outages.map { $0.span }.parts(in: period).united
    down = spans.length
    let all = (spans + reboots).united
    availability = Availability(down: all.length, time: period.length)
    held = all.common(with: holds).length
  }
}
