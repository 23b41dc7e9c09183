import LinuxCalls
import Rules

/// A person lets the watchdog device reboot the box, to see that it does: /var/lib/watchdog/reboot-test.
///
/// Line 1 holds, in whole seconds, CLOCK_REALTIME and CLOCK_MONOTONIC when it began, the boot, and between how
/// many seconds later the device resets the box; line 2, once somebody looked, what came of it. It works as a
/// reboot of the ladder does (`RebootDue`), but is not counted among these: those are counted to end a
/// row of reboots that do not help, and nothing was wrong here.
public struct RebootTest: Sendable {
  /// When it began.
  public let begun: Moment
  /// In which boot.
  public let boot: String
  /// The device does not reset the box sooner than that.
  public let least: Duration
  /// It does within this time.
  public let bound: Duration
  /// What came of it, as far as that was written down.
  public var result: Verdict?

  static let file = "reboot-test"
  /// What a note of `RebootDue` begins with that is due to a test.
  public static let reason = "a reboot test"
  /// What firmware and boot loader may take until a kernel runs.
  static let longestStart: Duration = .seconds(600)
  /// What clocks may differ by that are kept by chips, and set now and then.
  static let clockError: Duration = .seconds(5)
}

extension RebootTest {
  /// A test that begins now.
  ///
  /// - Parameters:
  ///   - link: how old alive/check-solutions may become.
  ///   - timeout: that of the device.
  public static func beginning(link: Duration, timeout: Duration) -> RebootTest {
    // The last touch is up to a second old, the feeder looks once a second, and cron's box may be busy.
    RebootTest(
      begun: Moment.now(), boot: Boot.name(),
      least: max(link + timeout - .seconds(3), .zero), bound: link + timeout + .seconds(5))
  }

  /// Reads what `text` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    let lines = bytes.lines
    var fields = FieldReader(lines.line(0))
    guard let realtime = fields.wholeSeconds(), let monotonic = fields.wholeSeconds(),
      let boot = fields.word(), let least = fields.wholeSeconds(),
      let bound = fields.wholeSeconds(), fields.isAtEnd
    else { return nil }
    self.init(
      begun: Moment(realtime: realtime, monotonic: monotonic),
      boot: boot.text.printable, least: least, bound: bound)
    if lines.count > 1 { result = Verdict(parsing: lines[1]) }
  }

  /// The file.
  public var text: String {
    let numbers = [begun.realtime, begun.monotonic].map { "\($0.wholeSeconds)" }
    let limits = [least, bound].map { "\($0.wholeSeconds)" }
    let words = numbers + [boot] + limits
    return words.joined(separator: " ") + "\n" + (result.map { "\($0.text)\n" } ?? "")
  }

  /// What can be known of it.
  public struct Facts: Sendable {
    /// The clocks.
    public var now: Moment
    /// This boot.
    public var boot: String
    /// When the kernel began, CLOCK_REALTIME.
    public var booted: Duration
    /// Whether the boot before this one was ended in order; nil when nobody knows.
    public var endedInOrder: Bool?
    /// Whether the box waits for its device.
    public var isDue: Bool
    /// When the chain was at work in this boot, CLOCK_REALTIME; nil when that is not known.
    public var working: Duration?

    /// This is known.
    public init(
      now: Moment, boot: String, booted: Duration, endedInOrder: Bool?, isDue: Bool,
      working: Duration? = nil
    ) {
      self.now = now
      self.boot = boot
      self.booted = booted
      self.endedInOrder = endedInOrder
      self.isDue = isDue
      self.working = working
    }
  }

  /// What came of it.
  public enum Verdict: Equatable, Sendable {
    /// It goes on; the device has this much time left.
    case running(Duration)
    /// A person ended it.
    case ended
    /// The box was not reset, this long after it began.
    case failed(Duration)
    /// The device reset the box: a kernel ran again this long after the begin, nil when clocks do not tell; and
    /// the chain was at work.
    case worked(Duration?, working: Duration?)
    /// Somebody shut the box down or rebooted it in order meanwhile.
    case inOrder
    /// It was reset sooner than the device does it.
    case early(Duration)
    /// It was reset, but later than the device does it.
    case late(Duration)
  }

  /// Judges.
  public func verdict(_ facts: Facts) -> Verdict {
    if let result { return completed(result, facts) }
    if boot.isEqual(to: facts.boot) {
      guard facts.isDue else { return .ended }
      let rest = bound - (facts.now.monotonic - begun.monotonic)
      return rest >= .zero ? .running(rest) : .failed(facts.now.monotonic - begun.monotonic)
    }
    if facts.endedInOrder == true { return .inOrder }
    let took = facts.booted - begun.realtime
    // A box without a clock chip: it was reset, and nobody knows when.
    if took < .zero { return .worked(nil, working: nil) }
    if took < least - RebootTest.clockError { return .early(took) }
    if took > bound + RebootTest.longestStart { return .late(took) }
    return .worked(took, working: facts.working.map { max($0 - begun.realtime, took) })
  }
}

extension RebootTest {
  /// A result that was written down in the first minute after the boot does not know yet when the chain was at work.
  private func completed(_ result: Verdict, _ facts: Facts) -> Verdict {
    guard case .worked(let took?, working: nil) = result, let working = facts.working else {
      return result
    }
    let isThatBoot =
      (facts.booted - begun.realtime - took).magnitude < RebootTest.clockError
    return isThatBoot ? .worked(took, working: working - begun.realtime) : result
  }
}

// MARK: What is written

extension RebootTest.Verdict {
  /// As the file has it: a word, and numbers of seconds.
  var text: String {
    switch self {
    case .running: "running"
    case .ended: "ended"
    case .failed(let time): "failed \(time.wholeSeconds)"
    case .worked(let took, let working):
      "worked" + [took, working].compactMap { $0 }.map { " \($0.wholeSeconds)" }.joined()
    case .inOrder: "in-order"
    case .early(let time): "early \(time.wholeSeconds)"
    case .late(let time): "late \(time.wholeSeconds)"
    }
  }

  /// Reads what `text` wrote; nil when it is anything else, or not over.
  init?(parsing bytes: [UInt8]) {
    var fields = FieldReader(bytes)
    let word = fields.word().flatMap { Word(named: $0) }
    switch (word, fields.wholeSeconds()) {
    case (.ended, _): self = .ended
    case (.inOrder, _): self = .inOrder
    case (.worked, let took): self = .worked(took, working: fields.wholeSeconds())
    case (.failed, let time?): self = .failed(time)
    case (.early, let time?): self = .early(time)
    case (.late, let time?): self = .late(time)
    default: return nil
    }
  }

  /// Those that are written.
  private enum Word: Literal, Named {
    case ended, failed, worked, early, late
    case inOrder = "in-order"
  }
}

extension RebootTest {
  /// The last one; nil when there never was one, or none that can be understood.
  public static func read(_ roots: Roots) throws(Failure) -> RebootTest? {
    try roots.dataIfThere()?.read(file, atMost: 1024).flatMap { RebootTest(parsing: $0) }
  }

  /// Writes it down, so that it survives what comes.
  public func keep(_ roots: Roots) throws(Failure) {
    try roots.openData().keep(RebootTest.file, text)
  }

  /// From the next second on check-solutions is no longer alive, so the device is not fed and resets the box.
  public func begin(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    let why = "\(RebootTest.reason) by a person, begun at \(begun.realtime.date)"
    let due = RebootDueNote(
      why: why, isTest: true, decided: Clock.monotonic, isLeft: true, name: nil)
    do throws(Failure) {
      // Written down before it is due: a reboot that nobody can explain is worse than a test that did not begin.
      try keep(roots)
      try Incident(.rebootTest, by: "\(Tool.people)", why: why).write(roots)
      try due.keep(in: state)
    } catch {
      try? roots.openData().clear(RebootTest.file)
      throw error
    }
    if roots.isOfBox { KernelLog.write("watchdog-chain: leaving the box to the watchdog: \(why)") }
  }

  /// Takes it back while the box is still there: the device is fed again within two seconds.
  public func end(
    _ verdict: Verdict, _ roots: Roots, _ state: borrowing StateFolder, _ report: Report
  ) throws(Failure) {
    try RebootDueNote.clear(in: state)
    Incident(.resumed, by: "\(Tool.people)", why: "the reboot test was ended by a person")
      .note(roots, report)
    var test = self
    test.result = verdict
    try test.keep(roots)
  }
}
