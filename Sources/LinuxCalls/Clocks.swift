import CLinuxCalls

/// The kernel's clocks (clock_gettime(2)).
public enum Clock {
  /// CLOCK_REALTIME: since 1970-01-01. Somebody may set it.
  public static var realtime: Duration { read(CLOCK_REALTIME) }

  /// CLOCK_MONOTONIC: since boot, without the time asleep. Nobody can set it.
  public static var monotonic: Duration { read(CLOCK_MONOTONIC) }

  /// CLOCK_BOOTTIME: since boot, with the time asleep.
  public static var sinceBoot: Duration { read(CLOCK_BOOTTIME) }

  /// Reads CLOCK_REALTIME and CLOCK_MONOTONIC as one: a process that is interrupted between the two readings would
  /// see a clock that was set, where none was.
  public static func readBoth() -> (realtime: Duration, monotonic: Duration) {
    var both: (realtime: Duration, monotonic: Duration) = (.zero, .zero)
    for _ in 0..<5 {
      let before = read(CLOCK_MONOTONIC)
      both = (read(CLOCK_REALTIME), before)
      if read(CLOCK_MONOTONIC) - before < .milliseconds(10) { break }
    }
    return both
  }

  private static func read(_ clock: clockid_t) -> Duration {
    var time = timespec()
    clock_gettime(clock, &time)
    return Duration(time)
  }
}

/// Sleeps until CLOCK_MONOTONIC shows `deadline`: a clock that is set neither shortens nor lengthens it
/// (clock_nanosleep(2) with TIMER_ABSTIME).
public func sleep(untilMonotonic deadline: Duration) {
  var time = timespec(deadline)
  while clock_nanosleep(CLOCK_MONOTONIC, Int32(TIMER_ABSTIME), &time, nil) == EINTR {}
}

extension Duration {
  /// A date of a file is whatever its owner sets, as far as an Int64 reaches. One that is further away than 34,000 years
  /// would be too far to count with, and says nothing else.
  init(_ time: timespec) {
    let farthest: Int64 = 1 << 40
    self =
      .seconds(min(max(Int64(time.tv_sec), -farthest), farthest))
      + .nanoseconds(Int64(time.tv_nsec))
  }

  /// This many nanoseconds, as far as an Int64 reaches (292 years).
  public var nanoseconds: Int64 {
    let parts = components
    let (product, overflow) = parts.seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (sum, overflowsStill) = product.addingReportingOverflow(parts.attoseconds / 1_000_000_000)
    if overflow || overflowsStill { return parts.seconds < 0 ? .min : .max }
    return sum
  }

  /// In whole milliseconds, rounded towards zero, as far as nanoseconds reach.
  public var wholeMilliseconds: Int64 { nanoseconds / 1_000_000 }

  /// In whole seconds, rounded towards zero.
  public var wholeSeconds: Int64 { components.seconds }

  /// "2026-11-23T15:35:28.120Z": this long after 1970-01-01, as RFC 3339 writes it.
  public var date: String {
    var seconds = time_t(clamping: nanoseconds / 1_000_000_000)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let text = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.text
    return "\(text).\((max(wholeMilliseconds, 0) % 1000).digits(3))Z"
  }

  /// Reads what `date` wrote, with any number of digits after the point; nil when it is anything else.
  public init?(date: String) {
    var scanner = Scanner(Array(date.utf8))
    var fields: [Int32] = []
    for end in "--T::".utf8 {
      guard let number = scanner.number(), number < 10_000, scanner.skip(end) else { return nil }
      fields.append(Int32(number))
    }
    guard let second = scanner.number(), second <= 60 else { return nil }
    var fraction: Duration? = .zero
    if scanner.skip(.dot) { fraction = scanner.fraction() }
    guard let fraction, scanner.skip(UInt8(ascii: "Z")), scanner.isAtEnd else { return nil }
    var parts = tm()
    parts.tm_year = fields[0] - 1900
    parts.tm_mon = fields[1] - 1
    parts.tm_mday = fields[2]
    parts.tm_hour = fields[3]
    parts.tm_min = fields[4]
    parts.tm_sec = Int32(second)
    self = .seconds(Int64(timegm(&parts))) + fraction
  }

  /// This time without its sign.
  public var magnitude: Duration { self < .zero ? .zero - self : self }

  /// "12.3": seconds with one digit after the point, cut off rather than rounded, so that a time under
  /// a limit never reads as the limit.
  public var inSeconds: String {
    // A tmpfs keeps any date that 64 bits hold, and what lies between two of them may be more than
    // `components` can tell: it traps.
    let known = min(magnitude, .seconds(Int64.max))
    let tenths = known.components.attoseconds / 100_000_000_000_000_000
    return "\(self < .zero ? "-" : "")\(known.components.seconds).\(tenths)"
  }
}

extension timespec {
  init(_ duration: Duration) {
    let parts = duration.components
    self.init(
      tv_sec: time_t(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
  }
}
