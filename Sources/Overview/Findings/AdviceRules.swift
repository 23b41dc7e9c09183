import LinuxCalls
import Rules
import Watchdog

/// What would help: what follows from the numbers of a report.
enum AdviceRules {
  /// About the box.
  static var ofBox: [Rule<BoxReport>] {
    [
      Rule("stood down", stoodDown), Rule("ladder", ladder), Rule("chain", chain),
      Rule("unknown boots", unknownBoots),
    ]
  }

  /// About a heart that failed.
  static var ofHearts: [Rule<HeartCase>] {
    [
      Rule("down", down), Rule("false alarms", falseAlarms), Rule("notice", notice),
      Rule("unsolved", unsolved), Rule("restarts", restarts), Rule("failures", failures),
      Rule("ending", ending), Rule("starting", starting), Rule("rhythm", rhythm),
      Rule("holds", holds),
    ]
  }

  /// What happened to a heart, and how often everything was restarted for it.
  struct HeartCase {
    let heart: HeartPast
    let restarts: Int

    var name: String { heart.name.text }
    var outages: [Outage] { heart.outages }
    var down: Duration { outages.map { $0.until - $0.since }.sum }
    /// The outages that ended by themselves, untouched.
    var alone: [Outage] { outages.filter { $0.end == .recovered && !$0.wasTried } }
    /// Whether it was never dead, as far as the numbers tell.
    var isSlow: Bool { alone.count >= 2 && alone.count * 2 >= outages.count }
    /// " (now 30 s)".
    var now: String { heart.guarded.limit.map { " (now \($0.asLimit))" } ?? "" }

    /// "3.0 s of the 20.0 s that it is down each time".
    func each(_ time: Duration) -> String {
      let count = outages.count
      let often = count == 1 ? "that it was down" : "that it is down each time"
      return "\((time / count).span) of the \((down / count).span) \(often)"
    }

    func advise(_ saved: Duration, _ what: String, cure: String? = nil) -> [Finding] {
      [Finding(.note, of: name, what, cure: cure, saved: saved)]
    }
  }

  /// The most helpful first, at most two for each heart.
  static func findings(in report: BoxReport) -> [Finding] {
    func isFirst(_ one: Finding, _ other: Finding) -> Bool {
      (one.severity, one.saved) > (other.severity, other.saved)
    }
    var all = ofBox.findings(in: report)
    for heart in report.failed {
      let restarts = report.restarts.filter { $0.name == heart.name }.count
      let own = ofHearts.findings(in: HeartCase(heart: heart, restarts: restarts))
      all += own.sorted(by: isFirst).prefix(2)
    }
    return all.sorted(by: isFirst)
  }

  // MARK: The box

  private static func advise(_ saved: Duration, _ what: String, cure: String? = nil) -> [Finding] {
    [Finding(.note, of: "the box", what, cure: cure, saved: saved)]
  }

  private static func told(_ report: BoxReport) -> [BoxPast.Reboot] {
    report.reboots.filter { $0.since != nil && $0.cause != .rebootTest }
  }

  private static func down(_ report: BoxReport) -> Duration {
    told(report).map { $0.span }.parts(in: report.period).length
  }

  private static func stoodDown(_ report: BoxReport) -> [Finding] {
    guard let spell = report.standDowns.last, spell.span.end == report.period.end else { return [] }
    return [
      Finding(
        .critical, of: "the box",
        "it stood down \(spell.span.length.span) ago, so only single programs are restarted",
        cure: "when the cause is gone, watchdog-chain resume", saved: report.period.length)
    ]
  }

  /// What would keep the ladder from its last rung.
  private static func ladder(_ report: BoxReport) -> [Finding] {
    let all = told(report).filter { $0.cause == .ladder }
    guard let last = all.last else { return [] }
    let names = all.compactMap { $0.problem }.sorted()
    let commonest = names.runs { $0 == $1 }.max { $0.count < $1.count }
    guard let commonest else {
      return advise(
        down(report),
        "it was rebooted \(all.count.times) because restarting everything did not help, the last time: "
          + last.why.printable)
    }
    return advise(
      down(report),
      "it was rebooted \(commonest.count.times) because nothing mended \(commonest[0].text)",
      cure: "write solutions/\(commonest[0].text), or find out why its program does not start")
  }

  private static func chain(_ report: BoxReport) -> [Finding] {
    let hungry = told(report).filter { $0.cause == .notFed }
    guard let last = hungry.last else { return [] }
    return advise(
      down(report),
      "it was rebooted \(hungry.count.times) because its chain was broken, the last time: "
        + last.why.printable)
  }

  private static func unknownBoots(_ report: BoxReport) -> [Finding] {
    let silent = report.reboots.filter { $0.since == nil }.count
    if silent == 0 { return [] }
    return advise(
      .zero,
      "it was booted \(silent.times) for a reason that was not recorded, so that time is not counted",
      cure: "somebody's reboot, or a power failure? (last -x reboot shutdown)")
  }

  // MARK: A heart

  private static func down(_ one: HeartCase) -> [Finding] {
    guard let last = one.outages.last, last.end == .open else { return [] }
    return [
      Finding(
        .critical, of: one.name, "it has been down for \((last.until - last.since).span)",
        cure: "watchdog-chain explain \(one.name)", saved: one.down)
    ]
  }

  private static func falseAlarms(_ one: HeartCase) -> [Finding] {
    guard one.isSlow else { return [] }
    return one.advise(
      one.alone.map { $0.until - $0.since }.sum,
      "it beat again by itself \(one.alone.count) of \(one.outages.count) times",
      cure:
        "it is slow rather than dead: a larger limit in hearts/\(one.name)\(one.now), or more beats while it works"
    )
  }

  private static func notice(_ one: HeartCase) -> [Finding] {
    let notice = one.outages.map { $0.notice }.sum
    let guarded = one.heart.guarded
    guard !one.isSlow, guarded.isHeart, notice * 5 >= one.down * 2,
      notice / one.outages.count >= .seconds(5), guarded.limit ?? .seconds(60) > .seconds(3)
    else { return [] }
    return one.advise(
      notice / 2, "noticing takes \(one.each(notice))",
      cure: "a smaller limit in hearts/\(one.name)\(one.now)")
  }

  private static func unsolved(_ one: HeartCase) -> [Finding] {
    let untried = one.outages.filter { !$0.wasTried && ($0.recovery ?? .zero) >= .seconds(30) }
    guard !one.isSlow, !untried.isEmpty, one.heart.guarded.means == .none else { return [] }
    let times = untried.compactMap { $0.recovery }
    return one.advise(
      times.sum,
      "nothing tried to mend it in \(untried.count) of \(one.outages.count) incidents, the longest of "
        + (Times(times).worst?.span ?? ""),
      cure: "write programs/\(one.name) or solutions/\(one.name)")
  }

  private static func restarts(_ one: HeartCase) -> [Finding] {
    if one.restarts == 0 { return [] }
    return one.advise(
      one.outages.compactMap { $0.recovery }.sum,
      "restart-system was needed \(one.restarts.times) for it",
      cure: one.heart.guarded.means == .solution
        ? "solutions/\(one.name) does not mend it" : "write solutions/\(one.name)")
  }

  private static func failures(_ one: HeartCase) -> [Finding] {
    let failed = one.outages.filter { $0.failures > 0 }
    guard let last = failed.last else { return [] }
    let count = failed.reduce(0) { $0 + $1.failures }
    let lost = failed.compactMap { outage in
      outage.began.map { $0 - outage.noticed } ?? outage.recovery
    }
    return one.advise(
      lost.sum,
      "\(count.counted("attempt")) to mend it failed, the last time: "
        + last.failure.printable)
  }

  /// How long the outages took from one step to another, where that is much of the whole.
  private static func step(
    _ one: HeartCase,
    _ time: (_ began: Duration, _ started: Duration, _ until: Duration) -> Duration
  ) -> Duration? {
    var times: [Duration] = []
    for outage in one.outages {
      guard let began = outage.began, let started = outage.started else { continue }
      times.append(max(time(began, started, outage.until), .zero))
    }
    let sum = times.sum
    return sum * 4 >= one.down && sum / max(times.count, 1) >= .seconds(3) ? sum : nil
  }

  private static func ending(_ one: HeartCase) -> [Finding] {
    guard let time = step(one, { began, started, _ in started - began }) else { return [] }
    return one.advise(
      time / 2, "ending it takes \(one.each(time))",
      cure: "make it exit on TERM, or write less into the file grace")
  }

  private static func starting(_ one: HeartCase) -> [Finding] {
    guard let time = step(one, { _, started, until in until - started }) else { return [] }
    return one.advise(
      time / 2, "its start takes \(one.each(time))",
      cure: "let it beat as soon as it works, or start faster")
  }

  /// What dies regularly has a reason that is regular: a leak, a timer, another program.
  private static func rhythm(_ one: HeartCase) -> [Finding] {
    let outages = one.outages
    guard !one.isSlow, outages.count >= 5 else { return [] }
    let gaps = Times(zip(outages, outages.dropFirst()).map { $1.since - $0.since })
    guard let median = gaps.median, let first = gaps.quartile(1), let third = gaps.quartile(3),
      median > .zero
    else { return [] }
    if (third - first) * 2 <= median {
      return one.advise(
        one.down, "it dies about every \(median.short), \(outages.count) times",
        cure: "look for what grows or what runs at that time")
    }
    return outages.count < 10
      ? []
      : one.advise(
        one.down, "it dies often, \(outages.count) times",
        cure: "explain \(one.name) shows what was before")
  }

  private static func holds(_ one: HeartCase) -> [Finding] {
    let (held, down) = (one.heart.held, one.heart.availability.down)
    guard held * 2 >= down, held > .seconds(5) else { return [] }
    return one.advise(
      held, "\(held.span) of the \(down.span) that it was down were during a hold",
      cure: "end a hold when the work is done (watchdog-chain hold --end)")
  }
}

extension BoxReport {
  /// What would help, the most helpful first.
  var advice: [Finding] { AdviceRules.findings(in: self) }
}
