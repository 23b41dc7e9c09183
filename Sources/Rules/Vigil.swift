/// How long a tool has been watching. Something is late only for time in which somebody watched, and no
/// watched time is forgotten: this one rule covers boot, clocks that are set, suspend, a virtual machine that
/// stood still, a cron that was stopped, and a tool that runs rarely.
///
/// `watched` only grows, by the time between two looks, but by at most `longestGap` for each: what is more,
/// nobody watched. While the clock was not set and no gap was longer, a file's date tells how old it is. When
/// that is over a new vigil begins, by whose clock the dates of before mean nothing; what they meant at the
/// last look is carried over (`Awaited`).
public struct Vigil: Equatable, Sendable {
  /// CLOCK_MONOTONIC of the last look.
  public var lastLook: Duration
  /// By how much the two clocks differed when this vigil began. Later looks are compared with this and
  /// not with each other, or a clock set again and again by less than a second would move unnoticed.
  public var clockOffset: Duration
  /// All that this tool has watched since boot, up to the last look.
  public var watched: Duration
  /// What `watched` was when this vigil began.
  public var begun: Duration

  /// A clock that moved by no more than this was slewed, or corrected for a leap second.
  public static let clockTolerance: Duration = .seconds(1)
  /// Of a longer time between two looks, only so much counts as watched.
  public static let longestGap: Duration = .seconds(2)
  /// By how much a file may be dated before the instant in which it was touched: the kernel's clock for
  /// files is a tick behind (current_time in fs/inode.c).
  public static let fileClockLag: Duration = .milliseconds(20)

  /// A vigil with these values.
  public init(lastLook: Duration, clockOffset: Duration, watched: Duration, begun: Duration) {
    self.lastLook = lastLook
    self.clockOffset = clockOffset
    self.watched = watched
    self.begun = begun
  }

  /// A vigil that begins now, of a tool that has watched for `watched` before.
  public init(beginning now: Moment, watched: Duration) {
    self.init(
      lastLook: now.monotonic, clockOffset: now.clockOffset, watched: watched, begun: watched)
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
    if pause > Vigil.longestGap { return .pause(pause) }
    let moved = now.clockOffset - clockOffset
    if moved.magnitude > Vigil.clockTolerance { return .clockMoved(moved) }
    return nil
  }

  /// How much of the time since the last look counts as watched.
  public func counted(until now: Moment) -> Duration {
    min(max(now.monotonic - lastLook, .zero), Vigil.longestGap)
  }

  /// CLOCK_REALTIME at the last look, within `clockTolerance`.
  var lastRealtime: Duration { lastLook + clockOffset }

  /// How old a file of this date was at the last look, as far as this vigil alone can tell: no older than the
  /// vigil. A date in the future tells nothing.
  func age(of date: Duration) -> Duration {
    let length = watched - begun
    if date > lastRealtime + Vigil.clockTolerance { return length }
    return min(max(lastRealtime - date, .zero), length)
  }
}

/// One look of a tool: its vigil as it stands now, and the one that was broken off since the last look.
public struct Look: Equatable, Sendable {
  /// The clocks.
  public let now: Moment
  /// As of now.
  public let vigil: Vigil
  /// The vigil of the last look, when it was broken off since; else nil.
  public let broken: Vigil?
  /// What broke it off; nil when it goes on, and at a first look.
  public let breach: Vigil.Breach?
  /// What was watched between the last look and this one.
  public let counted: Duration

  /// Goes on from the last look.
  ///
  /// - Parameters:
  ///   - last: the vigil as the last look left it; nil when nothing is known of one.
  ///   - now: the clocks.
  public init(after last: Vigil?, now: Moment) {
    self.now = now
    let breach = last?.breach(at: now)
    self.breach = breach
    guard var vigil = last, breach != .otherBoot else {
      counted = .zero
      broken = nil
      self.vigil = Vigil(beginning: now, watched: .zero)
      return
    }
    counted = vigil.counted(until: now)
    vigil.watched += counted
    if breach == nil {
      vigil.lastLook = now.monotonic
      self.vigil = vigil
      broken = nil
    } else {
      self.vigil = Vigil(beginning: now, watched: vigil.watched)
      broken = last
    }
  }

  /// Since when, on the tool's count of watched time, something of this date is waited for. Nothing but the date
  /// is known of it.
  ///
  /// - Parameter latest: CLOCK_REALTIME, read after the date was: a tool that was held up after its look reads dates
  ///   that are younger than it.
  func since(_ date: Duration, latest: Duration) -> Duration {
    if let broken, !couldBeSince(broken, date, latest: latest) {
      return broken.watched - broken.age(of: date)
    }
    // The vigil's own clock at this very look, for it may have been slewed.
    let length = vigil.watched - vigil.begun
    return vigil.watched - min(max(now.realtime - date, .zero), length)
  }

  /// Whether a file that was touched since the last look of `broken` could have this date. Doubt speaks for whoever
  /// touches it.
  private func couldBeSince(_ broken: Vigil, _ date: Duration, latest: Duration) -> Bool {
    let gap = now.monotonic - broken.lastLook
    return date > now.realtime - gap - Vigil.fileClockLag
      && date <= latest + Vigil.clockTolerance
      || date > broken.lastRealtime - Vigil.fileClockLag
  }

  /// Whether a file of this date could have been touched since the last look.
  func couldBeNew(_ date: Duration, latest: Duration) -> Bool {
    if let broken { return couldBeSince(broken, date, latest: latest) }
    return date > now.realtime - counted - Vigil.fileClockLag
  }

  /// Whether a file was touched since the last look of a vigil that is broken off, by the clock of that vigil. Such a
  /// date may lie in the future of a clock that was set back right after.
  func isOfGap(_ date: Duration) -> Bool {
    guard let broken else { return false }
    let gap = now.monotonic - broken.lastLook
    return date > broken.lastRealtime - Vigil.fileClockLag
      && date <= broken.lastRealtime + gap + Vigil.clockTolerance
  }

  /// Whether a file's date lies in the future: the clock was set back since, or somebody made the date up.
  ///
  /// - Parameter latest: CLOCK_REALTIME, read after the date was.
  public func isFuture(_ date: Duration, latest: Duration) -> Bool {
    date > latest + Vigil.clockTolerance
  }

  /// Whether a date is of this vigil, whose clock nobody has set.
  func isOfVigil(_ date: Duration) -> Bool {
    date >= now.realtime - (vigil.watched - vigil.begun) - Vigil.fileClockLag
  }
}
