import LinuxCalls
import Rules
import Watchdog

extension Field<HeartState> {
  /// A heart whose file can be understood.
  static var ofHeart: [Field<HeartState>] {
    [
      Field(json: "name", columns: [("hearts", -19, { "  \($0.name.text)" })]) {
        .text($0.name.text)
      },
      // How old it is cannot be told from a date: nobody is late for time in which nobody watched.
      Field(
        json: "age", metric: "heart_age_seconds",
        help: "Watched time since its last beat or its start.",
        columns: [("last beat", 10, { $0.beaten == nil ? "never" : "\($0.age.short) ago" })]
      ) { .time($0.age) },
      Field(
        json: "limit", metric: "heart_limit_seconds", help: "How old that may become.",
        columns: [("limit", 20, { "\($0.bar) \($0.limit.asLimit.paddedLeft(to: 7))" })]
      ) { .time($0.limit) },
      Field(
        json: "closest-today", metric: "heart_closest_seconds",
        help:
          "How old its beats became today, where that was more than half of the limit and in time."
      ) { $0.closest.map { .time($0.age) } },
      Field(json: "beaten") { .flag($0.beaten != nil) },
      Field(json: "late", metric: "heart_late", help: "Whether it is late.") {
        .flag($0.isLate)
      },
      Field(json: "last-beat") { $0.beaten.map { .date($0) } },
      Field(json: "started") { $0.started.map { .date($0) } },
      Field(json: "process", columns: [("process", 7, { $0.processWords })]) {
        $0.process.map { .number(Int($0.pid)) }
      },
      Field(
        json: "running", metric: "heart_process_up",
        help: "Whether the process that was noted for it is there."
      ) { $0.isRunning || $0.isGone ? .flag($0.isRunning) : nil },
      Field(json: "uptime", columns: [("up for", 7, { $0.uptime?.short ?? "" })]) {
        $0.uptime.map { .time($0) }
      },
      Field(
        json: "mended-today",
        columns: [("mended", 6, { $0.solvedToday > 0 ? "\($0.solvedToday)x" : "" })]
      ) { .number($0.solvedToday) },
    ]
  }
}

extension HeartState {
  /// What programs read of it.
  var json: JSON {
    let rows = Field<HeartState>.ofHeart
    guard let mistake else { return rows.json(of: self) }
    // Of one that is passed over nothing but its name is known.
    return
      ((isPassedOver ? Array(rows.prefix(1)) : rows)
      + [Field(json: "mistake") { _ in .text(mistake) }]).json(of: self)
  }

  fileprivate var processWords: String {
    switch processState {
    case .notNoted: ""
    case .runs: process.map { "\($0.pid)" } ?? ""
    case .gone: "gone"
    case .unknown: "unknown"
    }
  }

  /// How much of the limit is used up, in ten steps.
  fileprivate var bar: String {
    let used = min(max(Int(min(used, 1000) / 100), 0), 10)
    return "[\(String(repeating: "#", count: used))\(String(repeating: ".", count: 10 - used))]"
  }
}

extension Field<ProblemState> {
  static var ofProblem: [Field<ProblemState>] {
    [
      Field(json: "name") { .text($0.name.text) },
      // Its metrics are without its detector and reason: they are any text, and each would be a time series of its own.
      Field(
        json: "since", metric: "problem_noticed_timestamp_seconds",
        help: "Since when there is a problem: until it is proven over."
      ) { .date($0.noticed) },
      Field(json: "age") { .time($0.age) },
      Field(json: "detector") { .text($0.problem.detector) },
      Field(json: "reason") { .text($0.problem.reason) },
      Field(json: "next") { .json(ofNext.json(of: $0)) },
      Field(json: "last-step") { .text("\($0.found.trouble.reach.name)") },
      Field(
        metric: "problem_at_last_step",
        help: "Whether its ladder goes no further: nothing else is restarted or rebooted for it."
      ) { .flag($0.isAtLastStep) },
      Field(json: "ladder") { ($0.ladder?.rung).map { .text($0.words) } },
      Field(json: "ladder-in") { ($0.ladder?.rest).map { .time($0) } },
    ]
  }

  /// What is done next.
  private static var ofNext: [Field<ProblemState>] {
    [
      Field(json: "what") { .text("\($0.plan.name)") },
      Field(json: "attempt") { $0.plan.attempt.map { .number($0) } },
      Field(json: "in") { $0.plan.rest.map { .time($0) } },
      Field(json: "process") {
        $0.solving == nil ? nil : ($0.found.record?.solver).map { .number(Int($0.pid)) }
      },
      Field(json: "for") { $0.solving.map { .time($0) } },
      Field(json: "why") { .text($0.nextWords) },
    ]
  }
}

extension ProblemState {
  /// For how long it has been solved; nil where nobody is at it.
  fileprivate var solving: Duration? {
    if case .solving(_, let since) = plan { since } else { nil }
  }
}

/// A link of the chain, and the clocks by which it is fresh.
typealias LinkNow = (link: Link, now: Moment)

extension Field<LinkNow> {
  private static func age(_ one: LinkNow) -> Duration? {
    one.link.touched.map { one.now.realtime - $0 }
  }

  static var ofLink: [Field<LinkNow>] {
    [
      Field(json: "tool", columns: [("chain", -20, { "  \($0.link.tool.text)" })]) {
        .text($0.link.tool.text)
      },
      Field(
        json: "age",
        columns: [("", 10, { age($0).map { "\(max($0, .zero).short) ago" } ?? "never" })]
      ) { age($0).map { .time($0) } },
      Field(
        metric: "link_alive_timestamp_seconds", help: "When a tool of the chain was last alive."
      ) { $0.link.touched.map { .date($0) } },
      Field(
        json: "limit", metric: "link_limit_seconds", help: "How long ago that may be.",
        columns: [("", 0, { " limit \($0.link.limit.asLimit)" })]
      ) { .time($0.link.limit) },
      Field(json: "fresh", metric: "link_fresh", help: "Whether it is not longer ago.") {
        .flag($0.link.isFresh(at: $0.now))
      },
    ]
  }
}
