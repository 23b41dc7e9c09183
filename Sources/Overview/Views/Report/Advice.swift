import Linux
import Watchdog

/// What would help: a sentence that follows from the numbers.
struct Advice {
  /// About which heart; nil for the box.
  let name: Name?
  let sentence: String
  /// How much time without this program or box might have been saved, as far as the numbers tell.
  let saved: Duration
  /// Whether something is wrong at this moment.
  var isUrgent = false

  /// "web: …".
  var words: String { "\(name?.text ?? "the box"): \(sentence)" }

  private var rank: (Int, Duration) { (isUrgent ? 1 : 0, saved) }

  /// The most helpful first, at most two for each heart.
  static func all(for report: BoxReport) -> [Advice] {
    var all = forBox(report)
    for heart in report.failed {
      let restarts = report.restarts.filter { $0.name == heart.name }.count
      let own = HeartAdvice(heart, restarts: restarts).all.sorted { $0.rank > $1.rank }
      all += own.prefix(2)
    }
    return all.sorted { $0.rank > $1.rank }
  }

  private static func forBox(_ report: BoxReport) -> [Advice] {
    var all: [Advice] = []
    func add(_ saved: Duration, _ sentence: String) {
      all.append(Advice(name: nil, sentence: sentence, saved: saved))
    }
    if let spell = report.standDowns.last, spell.span.end == report.period.end {
      all.append(
        Advice(
          name: nil,
          sentence:
            "it stood down \(spell.span.length.span) ago, so nothing is mended: when the cause is gone, "
            + "watchdog-chain resume", saved: report.period.length, isUrgent: true))
    }
    let told = report.reboots.filter { $0.since != nil && !$0.isTest }
    let down = told.map { $0.span }.parts(in: report.period).length
    if let sentence = ofLadder(told) { add(down, sentence) }
    let hungry = told.filter { $0.isOfChain }
    if let last = hungry.last {
      add(
        down,
        "it was rebooted \(times(hungry.count)) because its chain was broken, the last time: "
          + last.why.printable)
    }
    let silent = report.reboots.filter { $0.since == nil }.count
    if silent > 0 {
      add(
        .zero,
        "it was booted \(times(silent)) for a reason that is not written down here, so the time that took is "
          + "not counted: somebody's reboot, or a power failure? (last -x reboot shutdown)")
    }
    return all
  }

  /// What would keep the ladder from its last rung; nil where it never came to it.
  private static func ofLadder(_ reboots: [BoxPast.Reboot]) -> String? {
    let all = reboots.filter { $0.isOfLadder }
    guard let last = all.last else { return nil }
    let names = all.compactMap { $0.problem }.sorted()
    guard let name = commonest(names) else {
      return "it was rebooted \(times(all.count)) because restarting everything did not help, the "
        + "last time: \(last.why.printable)"
    }
    let count = names.filter { $0 == name }.count
    return "it was rebooted \(times(count)) because nothing mended \(name.text): write "
      + "solutions/\(name.text), or find out why its program does not start"
  }

  /// The one that is there most often, of sorted ones.
  private static func commonest(_ names: [Name]) -> Name? {
    var best: (name: Name, count: Int)?
    var count = 0
    for (index, name) in names.enumerated() {
      count = index > 0 && names[index - 1] == name ? count + 1 : 1
      if count > best?.count ?? 0 { best = (name, count) }
    }
    return best?.name
  }

  /// "once", "4 times".
  static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}

/// What would help one heart.
private struct HeartAdvice {
  private let heart: HeartPast
  private let name: String
  private let outages: [Outage]
  private(set) var all: [Advice] = []

  init(_ heart: HeartPast, restarts: Int) {
    self.heart = heart
    name = heart.name.text
    outages = heart.outages
    lookAtPresent()
    let isSlow = lookAtFalseAlarms()
    if !isSlow { lookAtNotice() }
    if !isSlow { lookForSolver() }
    lookAtAttempts(restarts: restarts)
    lookAtSteps()
    if !isSlow { lookAtRhythm() }
    lookAtHolds()
  }

  private var down: Duration { outages.map { $0.until - $0.since }.sum }

  private mutating func add(_ saved: Duration, _ sentence: String) {
    all.append(Advice(name: heart.name, sentence: sentence, saved: saved))
  }

  /// "it is down each time", "it was down".
  private func each(_ time: Duration, of other: Duration) -> String {
    let count = outages.count
    let often = count == 1 ? "that it was down" : "that it is down each time"
    return "\((time / count).short) of the \((other / count).short) \(often)"
  }

  private mutating func lookAtPresent() {
    guard let last = outages.last, last.end == .open else { return }
    all.append(
      Advice(
        name: heart.name,
        sentence:
          "it is down, for \((last.until - last.since).span) now: watchdog-chain explain \(name)",
        saved: down, isUrgent: true))
  }

  private mutating func lookAtNotice() {
    let notice = outages.map { $0.notice }.sum
    let limit = heart.promise.limit
    guard heart.promise.isHeart, notice * 5 >= down * 2, notice / outages.count >= .seconds(5),
      limit ?? .seconds(60) > .seconds(3)
    else { return }
    let now = limit.map { " (now \($0.asLimit))" } ?? ""
    add(
      notice / 2,
      "to notice it takes \(each(notice, of: down)): a smaller limit in hearts/\(name)\(now)")
  }

  private mutating func lookForSolver() {
    let untried = outages.filter { !$0.wasTried && ($0.recovery ?? .zero) >= .seconds(30) }
    if !untried.isEmpty, !heart.promise.hasProgram, !heart.promise.hasSolution {
      add(
        untried.compactMap { $0.recovery }.sum,
        "nobody tried to mend it in \(untried.count) of \(outages.count) incidents, the longest of "
          + "\(Times(untried.compactMap { $0.recovery }).worst?.span ?? ""): write programs/\(name) or "
          + "solutions/\(name)")
    }
  }

  private mutating func lookAtAttempts(restarts: Int) {
    let recovery = outages.compactMap { $0.recovery }.sum
    let other =
      heart.promise.hasSolution
      ? "solutions/\(name) does not mend it" : "write solutions/\(name)"
    if restarts > 0 {
      add(recovery, "restart-system was needed \(Advice.times(restarts)) for it: \(other)")
    }
    let failed = outages.filter { $0.failures > 0 }
    let failures = failed.reduce(0) { $0 + $1.failures }
    if let last = failed.last {
      add(
        failed.compactMap { outage in outage.began.map { $0 - outage.noticed } ?? outage.recovery }
          .sum,
        "\(failures) \(failures == 1 ? "attempt" : "attempts") to mend it failed, the last time: "
          + last.failure.printable)
    }
  }

  private mutating func lookAtSteps() {
    let known = outages.filter { $0.began != nil && $0.started != nil }
    let ending = known.map { max(($0.started ?? .zero) - ($0.began ?? .zero), .zero) }.sum
    let starting = known.map { max($0.until - ($0.started ?? .zero), .zero) }.sum
    if ending * 4 >= down, ending / max(known.count, 1) >= .seconds(3) {
      add(
        ending / 2,
        "to end it takes \(each(ending, of: down)): let it end on TERM, or less in the file grace")
    }
    if starting * 4 >= down, starting / max(known.count, 1) >= .seconds(3) {
      add(
        starting / 2,
        "its start takes \(each(starting, of: down)): let it beat as soon as it works, or start faster"
      )
    }
  }

  /// Whether it was never dead, as far as the numbers tell.
  private mutating func lookAtFalseAlarms() -> Bool {
    let alone = outages.filter { $0.end == .recovered && !$0.wasTried }
    guard alone.count >= 2, alone.count * 2 >= outages.count else { return false }
    let limit = heart.promise.limit.map { " (now \($0.asLimit))" } ?? ""
    add(
      alone.map { $0.until - $0.since }.sum,
      "it beat again by itself \(alone.count) of \(outages.count) times: it is slow rather than dead, so a "
        + "larger limit in hearts/\(name)\(limit), or more beats while it works")
    return true
  }

  /// What dies regularly has a reason that is regular: a leak, a timer, another program.
  private mutating func lookAtRhythm() {
    guard outages.count >= 5 else { return }
    let gaps = Times(zip(outages, outages.dropFirst()).map { $1.since - $0.since })
    guard let median = gaps.median, let first = gaps.quartile(1), let third = gaps.quartile(3),
      median > .zero
    else { return }
    let isRegular = (third - first) * 2 <= median
    if isRegular {
      add(
        down,
        "it dies about every \(median.short), \(outages.count) times: look for what grows or what runs "
          + "at that time")
    } else if outages.count >= 10 {
      add(
        down, "it dies often, \(outages.count) times: explain \(name) shows what was before")
    }
  }

  private mutating func lookAtHolds() {
    guard heart.held * 2 >= heart.availability.down, heart.held > .seconds(5) else { return }
    add(
      heart.held,
      "\(heart.held.span) of the \(heart.availability.down.span) that it was down were on hold: end a hold when the "
        + "work is done (watchdog-chain hold --end)")
  }
}

extension [Duration] {
  var sum: Duration { reduce(Duration.zero) { $0 + $1 } }
}
