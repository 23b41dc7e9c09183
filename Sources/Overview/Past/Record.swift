import LinuxCalls
import Rules
import Watchdog

/// What incidents.jsonl tells, with dates as a clock would have given them that was right all the time.
///
/// A box without a clock chip begins each boot in the past, and any clock may be set. So within a boot the dates
/// are counted back from the last one by CLOCK_MONOTONIC wherever the clock was set, and no boot ends after the
/// next has begun.
struct Record {
  /// A line.
  struct Entry {
    /// When it was written.
    fileprivate(set) var date: Duration
    /// Since boot; nil where it does not say.
    let uptime: Duration?
    /// In which of `boots`.
    let boot: Int
    /// What happened.
    let event: Incident.Event
    /// To which heart; nil for the box.
    let name: Name?
    let line: Incident.Line

    /// When a step of it was. What is not before the line itself, or is before the boot, is none.
    func date(of milestone: Incident.Milestone) -> Duration? {
      guard let then = line.date(milestone) else { return nil }
      let ago = line.time - then
      return ago >= .zero && ago <= uptime ?? ago ? date - ago : nil
    }
  }

  /// A time between two boots.
  struct Boot {
    let name: String
    /// When it began.
    fileprivate(set) var began: Duration
    /// When the next one began, at the latest; for this boot the present.
    fileprivate(set) var ended: Duration
    fileprivate var entries: Range<Int>
  }

  private(set) var entries: [Entry] = []
  private(set) var boots: [Boot] = []
  /// The present.
  let now: Moment

  /// Reads lines, the newest last. What is of another version is left out.
  ///
  /// - Parameters:
  ///   - boot: the name of this boot.
  ///   - sinceBoot: CLOCK_BOOTTIME.
  init(_ lines: [Incident.Line], boot: String, sinceBoot: Duration, now: Moment) {
    self.now = now
    for line in lines { add(line) }
    if boots.last.map({ !$0.name.isEqual(to: boot) }) ?? true {
      let began = now.realtime - sinceBoot
      boots.append(
        Boot(
          name: boot, began: began, ended: now.realtime, entries: entries.count..<entries.count))
    }
    placeAll()
  }

  private mutating func add(_ line: Incident.Line) {
    let isNamed = line.member("name") != nil
    guard let event = line.event, isNamed == (line.name != nil) else { return }
    let name = line.boot
    if boots.isEmpty || !(name.utf8.isEmpty || boots[boots.count - 1].name.isEqual(to: name)) {
      boots.append(
        Boot(name: name, began: .zero, ended: .zero, entries: entries.count..<entries.count))
    }
    // Nothing has been up for ten years: then it is no uptime.
    let uptime = line.uptime.flatMap { $0 < .seconds(315_360_000) ? $0 : nil }
    entries.append(
      Entry(
        date: line.time, uptime: uptime, boot: boots.count - 1, event: event, name: line.name,
        line: line))
    boots[boots.count - 1].entries = boots[boots.count - 1].entries.lowerBound..<entries.count
  }

  // MARK: Dates

  /// Before 2020 there was no chain: a clock that says so was not set yet.
  private static let oldest: Duration = .seconds(1_577_836_800)
  /// A jump forward so soon after boot is a clock that was set. A later one is a box that slept.
  private static let settling: Duration = .seconds(600)

  private mutating func placeAll() {
    var next = now.realtime
    for index in boots.indices.reversed() {
      boots[index].ended = next
      place(index)
      next = min(next, boots[index].began)
    }
  }

  /// Dates the lines of a boot, from the last to the first.
  private mutating func place(_ index: Int) {
    let boot = boots[index]
    guard let last = boot.entries.last else { return }
    let isThis = index == boots.count - 1
    var later = now
    if !isThis {
      let time = entries[last].date
      later = Moment(realtime: time, monotonic: entries[last].uptime ?? .zero)
    }
    var date =
      isThis || later.realtime >= Record.oldest ? min(later.realtime, boot.ended) : boot.ended
    // By how much the clock was set back in all since: a jump forward before that, and no longer than that, was
    // the clock too.
    var setBack: Duration = .zero
    for number in boot.entries.reversed() {
      let entry = entries[number]
      date -= Record.distance(from: entry, to: later, &setBack)
      later = Moment(realtime: entry.date, monotonic: entry.uptime ?? later.monotonic)
      entries[number].date = date
    }
    let known = boot.entries.first { entries[$0].uptime != nil }
    let began = known.map { entries[$0].date - (entries[$0].uptime ?? .zero) }
    boots[index].began = min(began ?? date, date)
  }

  /// How long after a line something was.
  private static func distance(
    from entry: Entry, to later: Moment, _ setBack: inout Duration
  ) -> Duration {
    let byDate = later.realtime - entry.date
    // Two that wrote at once may stand in the wrong order.
    guard let uptime = entry.uptime, uptime <= later.monotonic else { return max(byDate, .zero) }
    let byUptime = later.monotonic - uptime
    if entry.date < oldest || later.monotonic < settling { return byUptime }
    let jump = byDate - byUptime
    setBack -= jump
    let asleep = max(.zero - setBack, .zero)
    setBack = max(setBack, .zero)
    return asleep < .seconds(2) ? byUptime : byUptime + asleep
  }

  /// For how long somebody could have written something down, up to the present.
  ///
  /// - Parameters:
  ///   - promised: since when there are hearts; nil when there are none.
  ///   - isWhole: whether nothing that was written was thrown away since.
  func begin(promised: Duration?, isWhole: Bool) -> Duration {
    let first = entries.first?.date ?? now.realtime
    guard isWhole, let promised, let boot = boots.first else { return first }
    // A boot in which nothing happened at first is part of it, as far back as there are hearts.
    return min(first, max(boot.began, promised))
  }
}
