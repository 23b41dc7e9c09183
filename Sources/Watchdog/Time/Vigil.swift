import Linux

/// The time during which a tool has been watching without a break. Something is late only for time in
/// which we were watching: this one rule covers boot, a clock set forward or back, suspend, a virtual
/// machine that stood still, a cron that was stopped, and garbage in the tool's file.
public struct Vigil: Equatable, Sendable {
  /// CLOCK_MONOTONIC when the tool last looked at the clock.
  public var lastLook: Duration
  /// By how much the two clocks differed when the vigil began. Later looks are compared with this and
  /// not with each other, or a clock set again and again by less than a second would move unnoticed.
  public var clockOffset: Duration
  /// CLOCK_REALTIME when the vigil began.
  public var watchingSince: Duration

  /// A clock that moved by no more than this was slewed, or corrected for a leap second.
  public static let clockTolerance: Duration = .seconds(1)
  /// A tool that did not look for longer than this has missed too much to blame anybody.
  public static let longestPause: Duration = .seconds(5)

  /// A vigil with these values.
  public init(lastLook: Duration, clockOffset: Duration, watchingSince: Duration) {
    self.lastLook = lastLook
    self.clockOffset = clockOffset
    self.watchingSince = watchingSince
  }

  /// A vigil that begins now.
  public init(beginning now: Moment) {
    self.init(
      lastLook: now.monotonic, clockOffset: now.clockOffset, watchingSince: now.realtime)
  }

  /// The vigil as it stands now: `last` goes on, unless it was broken off since.
  ///
  /// - Parameters:
  ///   - last: what it was at the last look; nil when nothing is known of one.
  ///   - now: the clocks at this look.
  public static func resume(last: Vigil?, now: Moment) -> Vigil {
    guard var vigil = last, vigil.breach(at: now) == nil else { return Vigil(beginning: now) }
    vigil.lastLook = now.monotonic
    return vigil
  }

  /// Why a vigil cannot go on.
  public enum Breach: Equatable, Sendable {
    /// The clock was set by this much, or the box slept for so long.
    case clockMoved(Duration)
    /// Nobody looked for this long.
    case pause(Duration)
    /// The last look lies in the future of a clock that starts with the boot: another boot's file.
    case otherBoot
  }

  /// What breaks the vigil off at `now`, or nil when it goes on.
  public func breach(at now: Moment) -> Breach? {
    let pause = now.monotonic - lastLook
    if pause < .zero { return .otherBoot }
    if pause > Vigil.longestPause { return .pause(pause) }
    let moved = now.clockOffset - clockOffset
    if moved.magnitude > Vigil.clockTolerance { return .clockMoved(moved) }
    return nil
  }

  /// How long something has been due that was last done at `time`, as far as this vigil can tell.
  ///
  /// - Parameters:
  ///   - time: a file's date, CLOCK_REALTIME. One from the future counts for nothing.
  ///   - now: the clocks at this look.
  public func age(of time: Duration, at now: Moment) -> Duration {
    let known = Vigil.isFuture(time, at: now) ? .zero : time
    return max(now.realtime - max(watchingSince, known), .zero)
  }

  /// Whether a file's date lies in the future: the clock was set back since.
  public static func isFuture(_ time: Duration, at now: Moment) -> Bool {
    time > now.realtime + clockTolerance
  }
}

extension Vigil {
  /// The line that a tool keeps in its own alive/TOOL: the three values in seconds.
  public var text: String {
    "\(lastLook.record) \(clockOffset.record) \(watchingSince.record)\n"
  }

  /// Reads what `text` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let lastLook = scanner.record(), scanner.skip(0x20),
      let clockOffset = scanner.record(), scanner.skip(0x20),
      let watchingSince = scanner.record(), scanner.skip(0x0A), scanner.isAtEnd
    else { return nil }
    self.init(lastLook: lastLook, clockOffset: clockOffset, watchingSince: watchingSince)
  }
}

extension Duration {
  /// "123.004500000": seconds and nine digits.
  fileprivate var record: String {
    let fraction = "\(magnitude.components.attoseconds / 1_000_000_000)"
    let zeros = String(repeating: "0", count: 9 - fraction.utf8.count)
    return "\(self < .zero ? "-" : "")\(magnitude.components.seconds).\(zeros)\(fraction)"
  }
}

extension Scanner {
  fileprivate mutating func record() -> Duration? {
    let isNegative = skip(0x2D)
    guard let seconds = number(), seconds <= UInt64(Int64.max / 2), skip(0x2E) else { return nil }
    let start = position
    guard let nanoseconds = number(), position - start == 9 else { return nil }
    let value: Duration = .seconds(Int64(seconds)) + .nanoseconds(Int64(nanoseconds))
    return isNegative ? .zero - value : value
  }
}
