import LinuxCalls
import Rules
import Watchdog

/// What a report counts. What is down counts from its last sign of life until it works again, also while it is on
/// hold, for it is missing, whatever the cause; a box that is rebooted is down, and with it all of its hearts, from
/// the reason until the kernel of the next boot runs. A restart of everything is only counted: how long each program
/// took is written down nowhere.
struct BoxReport {
  /// The name of the box.
  let host: String
  /// What was asked for.
  let asked: Span
  /// What of that is recorded.
  let period: Span
  let past: BoxPast
  /// The worst first; then by name.
  let hearts: [HeartPast]
  /// How long the whole box was down.
  let availability: Availability
  /// How long the box or any heart was down.
  let whole: Availability
  /// What programs did before they were ended.
  var alike: [Alike] = []
  /// How close hearts, links and the device came to their limits, the closest first.
  var close: [CloseCall] = []

  /// Counts.
  ///
  /// - Parameters:
  ///   - guarded: what is known of all names that are hearts or stand in the record.
  ///   - problems: those that there are, and when they were noticed; nil where nobody may look.
  init(
    host: String, since: Duration, _ record: Record, _ guarded: [Guarded], isWhole: Bool,
    problems: [(name: Name, date: Duration)]?
  ) {
    let now = record.now.realtime
    let promised = guarded.compactMap { $0.written }.min()
    asked = Span(since, now)
    let begin = record.begin(promised: promised, isWhole: isWhole)
    self.host = host
    period = Span(min(max(since, begin), now), now)
    past = BoxPast(record)
    let reboots = past.reboots.map { $0.span }.parts(in: period).united
    let holds = past.holds.all.map { $0.span }.parts(in: period).united
    availability = Availability(down: reboots.length, time: period.length)
    let groups = BoxReport.groups(record.entries)
    let sorted = problems?.sorted { $0.name < $1.name } ?? []
    var hearts: [HeartPast] = []
    for one in guarded {
      let index = groups.index(of: one.name) { $0.name }
      let entries = index.map { groups[$0].entries } ?? []
      let problem = sorted.index(of: one.name) { $0.name }.map { sorted[$0].date }
      let outages = Outages(entries, record, problem: problem, isKnown: problems != nil).all
      let heart = HeartPast(one, outages, period: period, reboots: reboots, holds: holds)
      if one.isHeart || !heart.outages.isEmpty { hearts.append(heart) }
    }
    self.hearts = hearts.sorted { ($0.down, $1.name) > ($1.down, $0.name) }
    whole = Availability(
      down: (hearts.flatMap { $0.spans } + reboots).united.length, time: period.length)
  }

  // MARK: Names

  /// The lines about hearts, those of one name beside each other and in the order of time.
  private static func groups(
    _ entries: [Record.Entry]
  ) -> [(name: Name, entries: [Record.Entry])] {
    // Embedded Swift has no tables to hash text; sorting does as well.
    let named = entries.enumerated().compactMap { number, entry in
      entry.name.map { (name: $0, number: number) }
    }.sorted { ($0.name, $0.number) < ($1.name, $1.number) }
    return named.runs { $0.name == $1.name }.map { run in
      (run[0].name, run.map { entries[$0.number] })
    }
  }

  /// All names that stand in the record or are hearts or problems, each once.
  static func names(
    _ record: Record, _ hearts: [Name], _ problems: [(name: Name, date: Duration)]
  ) -> [Name] {
    let all = record.entries.compactMap { $0.name } + hearts + problems.map { $0.name }
    return all.sorted().runs { $0 == $1 }.map { $0[0] }
  }

  // MARK: What people ask first

  /// The hearts and other names that were down.
  var failed: [HeartPast] { hearts.filter { !$0.outages.isEmpty } }
  /// Those that were not.
  var well: [HeartPast] { hearts.filter { $0.outages.isEmpty } }
  /// How often something was down.
  var outages: Int { hearts.reduce(0) { $0 + $1.outages.count } }
  /// The reboots, restarts and holds in the time of the report.
  var reboots: [BoxPast.Reboot] {
    past.reboots.filter { $0.until >= period.begin && ($0.since ?? $0.until) <= period.end }
  }
  var restarts: [BoxPast.Restart] {
    past.restarts.filter { $0.date >= period.begin && $0.date <= period.end }
  }
  var holds: [BoxPast.Spell] { spells(past.holds.all) }
  var standDowns: [BoxPast.Spell] { spells(past.standDowns.all) }
  var hungers: [BoxPast.Spell] { spells(past.hungers.all) }

  private func spells(_ all: [BoxPast.Spell]) -> [BoxPast.Spell] {
    all.filter { $0.span.part(in: period) != nil }
  }

  /// Whether the record begins later than what was asked for.
  var isShort: Bool { period.begin > asked.begin }
}
