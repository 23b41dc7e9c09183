import LinuxCalls
import Watchdog

/// Where a date stands in a picture of a time.
struct Scale {
  let period: Span

  private var length: Int64 { max(period.length.wholeMilliseconds, 1) }

  /// In thousandths of a hundredth of the width.
  private func place(_ time: Duration) -> Int64 {
    let part = min(max(time.wholeMilliseconds, 0), length)
    return Int64(proportion(of: UInt64(part), in: UInt64(length), units: 100_000))
  }

  /// "12.345%": where a date stands from the left.
  func x(_ date: Duration) -> String { Scale.percent(place(date - period.begin)) }

  /// "0.120%": how wide a stretch of time is; never nothing, for what is 0 wide is not drawn, not even its edge.
  func width(_ span: Span) -> String {
    Scale.percent(max(place(span.end - period.begin) - place(span.begin - period.begin), 1))
  }

  private static func percent(_ thousandths: Int64) -> String {
    "\(thousandths / 1000).\((thousandths % 1000).digits(3))%"
  }

  /// What is nearer to each other than this looks like one.
  var grain: Duration { .milliseconds(length / 1000) }

  // MARK: The axis

  /// A line of the axis.
  struct Tick {
    let date: Duration
    /// "Nov 3" or "14:30".
    let label: String
  }

  /// At round times, eight at the most.
  var ticks: [Tick] {
    let steps: [Int64] = [
      1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
      172_800, 345_600, 604_800, 1_209_600, 2_592_000, 7_776_000, 31_536_000,
    ]
    let seconds = length / 1000
    let step = steps.first { seconds / $0 <= 7 } ?? 315_360_000
    let begin = period.begin.wholeSeconds
    var ticks: [Tick] = []
    var second = (begin / step + 1) * step
    while second < begin + seconds, ticks.count < 8 {
      ticks.append(Tick(date: .seconds(second), label: Scale.label(second, step: step)))
      second += step
    }
    return ticks
  }

  private static func label(_ second: Int64, step: Int64) -> String {
    let date = Array(Duration.seconds(second).date.utf8)
    if second % 86_400 == 0 {
      let months = "JanFebMarAprMayJunJulAugSepOctNovDec".utf8
      let month = Int(date[5] - 0x30) * 10 + Int(date[6] - 0x30)
      let name = Array(months.dropFirst((month - 1) * 3).prefix(3))
      let day = date[8] == 0x30 ? [date[9]] : [date[8], date[9]]
      return (name + [0x20] + day).text
    }
    return date[11..<(step < 60 ? 19 : 16)].text
  }
}
