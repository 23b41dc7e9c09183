import LinuxCalls

/// How much of a time something was up.
struct Availability {
  /// How long it was down.
  let down: Duration
  /// Of how long.
  let time: Duration

  /// Down for how many milliseconds of each day; at least 1 when it was down at all.
  private var perDay: UInt64 {
    let down = min(Availability.milliseconds(self.down), Availability.milliseconds(time))
    guard down > 0 else { return 0 }
    let time = Availability.milliseconds(self.time)
    return max(proportion(of: down, in: time, units: 86_400_000), 1)
  }

  private static func milliseconds(_ time: Duration) -> UInt64 {
    UInt64(max(time.wholeMilliseconds, 0))
  }

  /// Down for so long each day.
  var downPerDay: Duration { .milliseconds(Int64(perDay)) }

  /// In tenths, as "Make Sure Your Programs Crash" counts them: 5 − log10(seconds down per day), for a day has nearly 10^5
  /// seconds. Cut off rather than rounded, so that none is claimed that there was not; nil when it was not down.
  var tenthsOfNines: Int? {
    guard perDay > 0 else { return nil }
    // 8 - log10(milliseconds). The mantissa has seven digits, and what it loses makes it larger, not smaller.
    var mantissa = perDay * 1_000_000
    var exponent = 0
    while mantissa >= 10_000_000 {
      mantissa = (mantissa + 9) / 10
      exponent += 1
    }
    // 10^0.1 to 10^0.9.
    let steps: [UInt64] = [
      1_258_925, 1_584_893, 1_995_262, 2_511_886, 3_162_277, 3_981_071, 5_011_872, 6_309_573,
      7_943_282,
    ]
    let tenths = mantissa > 1_000_000 ? 1 + steps.filter { $0 < mantissa }.count : 0
    return 80 - exponent * 10 - tenths
  }

  /// "3.9"; "none failed" has no number.
  var nines: String? { tenthsOfNines.map { "\($0 / 10).\($0 % 10)" } }

  /// In millionths of a hundredth, cut off: 99.9987 % is 99998700.
  private var millionths: UInt64 {
    let time = Availability.milliseconds(self.time)
    guard time > 0 else { return 100_000_000 }
    let up = time - min(Availability.milliseconds(down), time)
    return proportion(of: up, in: time, units: 100_000_000)
  }

  /// "99.9987": in hundredths, with four digits after the point, cut off; 100 only when it was never down.
  var percent: String {
    if perDay == 0 { return "100" }
    let (whole, rest) = (min(millionths, 99_999_900) / 100).quotientAndRemainder(dividingBy: 10_000)
    return "\(whole).\(rest.digits(4))"
  }
}

/// How long something took, each time.
struct Times {
  private let sorted: [Duration]

  init(_ times: [Duration]) { sorted = times.sorted() }

  /// The middle one; between the two middle ones where their number is even. Nil where there are none.
  var median: Duration? {
    guard !sorted.isEmpty else { return nil }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// The longest.
  var worst: Duration? { sorted.last }

  /// The one below which a quarter of them is, or three.
  func quartile(_ number: Int) -> Duration? {
    sorted.isEmpty ? nil : sorted[(sorted.count - 1) * number / 4]
  }
}
