import LinuxCalls
import Rules
import Watchdog

// What a report tells, a row for each: for programs (JSON), for a terminal (columns) and for the page (cells). Times
// are in seconds, dates as in RFC 3339; what is not known is null, as are the nines of what was never down.

extension Field<BoxReport> {
  /// All of it, for programs. The version counts up when a member changes its meaning or goes away; new ones may come
  /// at any time.
  static var ofReport: [Field<BoxReport>] {
    [
      Field(json: "version") { _ in .number(1) },
      Field(json: "host") { .text($0.host) },
      Field(json: "asked-since") { .date($0.asked.begin) },
      Field(json: "since") { .date($0.period.begin) },
      Field(json: "until") { .date($0.period.end) },
      Field(json: "recorded") { .time($0.period.length) },
      Field(json: "all") { .json(Field<Availability>.ofAvailability.json(of: $0.whole)) },
      Field(json: "box") { .json(ofBox.json(of: $0)) },
      Field(json: "hearts") { .json(Field<HeartPast>.ofPast.json(ofAll: $0.hearts)) },
      Field(json: "close") { .json(Field<CloseCall>.ofCall.json(ofAll: $0.close)) },
      Field(json: "alike") { .json(Field<Alike>.ofAlike.json(ofAll: $0.alike)) },
      Field(json: "advice") { .json(Field<Finding>.ofAdvice.json(ofAll: $0.advice)) },
    ]
  }

  private static var ofBox: [Field<BoxReport>] {
    let spells = Field<BoxPast.Spell>.ofSpell
    return [
      Field(json: "availability") {
        .json(Field<Availability>.ofAvailability.json(of: $0.availability))
      },
      Field(json: "reboots") { .json(Field<BoxPast.Reboot>.ofReboot.json(ofAll: $0.reboots)) },
      Field(json: "restarts") { .json(Field<BoxPast.Restart>.ofRestart.json(ofAll: $0.restarts)) },
      Field(json: "holds") { .json(spells.json(ofAll: $0.holds)) },
      Field(json: "stood-down") { .json(spells.json(ofAll: $0.standDowns)) },
      Field(json: "not-fed") { .json(spells.json(ofAll: $0.hungers)) },
    ]
  }
}

extension Field<HeartPast> {
  /// A heart, or another name that was down.
  static var ofPast: [Field<HeartPast>] {
    identity + [
      Field(
        columns: [("times", 6, { "\($0.outages.count)" })],
        cell: ("Times", .number, { "\($0.outages.count)" })
      ) { _ in nil },
      Field(json: "availability") {
        .json(Field<Availability>.ofAvailability.json(of: $0.availability))
      },
      Field(json: "held") { .time($0.held) },
      times("to-notice", "To notice", 7) { $0.notice },
      times("to-recover", "To recover", 8) { $0.recovery },
      Field(
        columns: [("down", 8, { $0.availability.nines == nil ? "" : $0.availability.down.short })],
        cell: (
          "Down", .number,
          { $0.availability.down.short + small($0.held > .zero ? "\($0.held.short) on hold" : nil) }
        )
      ) { _ in nil },
      Field(
        columns: [("nines", 7, { $0.availability.nines ?? "no fail" })],
        cell: (
          "Up", .number,
          {
            let nines = $0.availability.nines.map { "\($0) nines" } ?? "no failure"
            return "\($0.availability.percent) %" + small(nines)
          }
        )
      ) { _ in nil },
      Field(json: "incidents") { .json(Field<Outage>.ofOutage.json(ofAll: $0.outages)) },
    ]
  }

  private static var identity: [Field<HeartPast>] {
    [
      Field(
        json: "name", columns: [("hearts", -21, { "  \($0.marked)" })],
        cell: (
          "Heart", .name,
          { $0.name.text + small($0.guarded.isHeart ? nil : "no heart, or none any more") }
        )
      ) { .text($0.name.text) },
      Field(json: "heart") { .flag($0.guarded.isHeart) },
      Field(json: "limit") { $0.guarded.limit.map { .time($0) } },
      Field(json: "down-now") { .flag($0.isDown) },
    ]
  }

  private static func times(
    _ json: StaticString, _ head: StaticString, _ width: Int,
    _ times: @escaping (HeartPast) -> Times
  ) -> Field<HeartPast> {
    Field(
      json: json,
      columns: [
        ("median", width, { times($0).median?.short ?? "" }),
        ("worst", width, { times($0).worst?.short ?? "" }),
      ],
      cell: (
        head, .number,
        {
          let times = times($0)
          guard let median = times.median, let worst = times.worst else { return "&ndash;" }
          return median.short + small(median == worst ? nil : "\(worst.short) at worst")
        }
      )
    ) { .json(Field<Times>.ofTimes.json(of: times($0))) }
  }

  private static func small(_ words: String?) -> String {
    words.map { "<small>\($0)</small>" } ?? ""
  }
}

extension HeartPast {
  /// Its name, with a star where it is no heart.
  fileprivate var marked: String {
    let mark = guarded.isHeart ? "" : "*"
    return Page.column(name.text, 19 - mark.utf8.count, pads: false) + mark
  }
}

extension Field<Outage> {
  fileprivate static var dates: [Field<Outage>] {
    [
      Field(json: "since", cell: ("Since", .plain, { $0.since.utc })) { .date($0.since) },
      Field(json: "noticed", cell: ("To notice", .number, { $0.notice.short })) {
        .date($0.noticed)
      },
      Field(
        json: "until", cell: ("To recover", .number, { $0.recovery.map { $0.short } ?? "&ndash;" })
      ) { .date($0.until) },
    ]
  }

  /// One time in which a heart was down.
  static var ofOutage: [Field<Outage>] {
    dates + [
      Field(json: "end") { .text("\($0.end.name)") },
      Field(json: "by") { .text($0.by.printable) },
      Field(json: "why", cell: ("What", .words, { $0.html })) { .text($0.why.printable) },
      Field(json: "failed-attempts") { .number($0.failures) },
    ]
  }
}

extension Outage {
  /// Why it began, and how it ended.
  fileprivate var html: String {
    let by = by.utf8.isEmpty ? "" : ", says \(by)"
    let why = why.utf8.isEmpty ? "how it began was not recorded" : why + by
    let failures = failures > 0 ? "; \(failures) failed, the last: \(failure)" : ""
    return """
      \(Markup.escape(why))
      <br><span class="\(end == .open ? "bad" : "soft")">\(end.words)\(Markup.escape(failures))</span>
      """
  }
}

extension Field<Availability> {
  fileprivate static var ofAvailability: [Field<Availability>] {
    [
      Field(json: "down") { .time($0.down) },
      Field(json: "down-per-day") { .time($0.downPerDay) },
      Field(json: "percent") { .json(.number($0.percent)) },
      Field(json: "nines") { $0.nines.map { .json(.number($0)) } },
    ]
  }
}

extension Field<Times> {
  fileprivate static var ofTimes: [Field<Times>] {
    [
      Field(json: "median") { $0.median.map { .time($0) } },
      Field(json: "worst") { $0.worst.map { .time($0) } },
    ]
  }
}

extension Field<BoxPast.Reboot> {
  fileprivate static var ofReboot: [Field<BoxPast.Reboot>] {
    [
      Field(json: "since") { $0.since.map { .date($0) } },
      Field(json: "until") { .date($0.until) },
      Field(json: "cause") { .text("\($0.cause.name)") },
      Field(json: "name") { $0.problem.map { .text($0.text) } },
      Field(json: "why") { .text($0.why.printable) },
      Field(json: "due") { .flag($0.isDue) },
    ]
  }
}

extension Field<BoxPast.Restart> {
  fileprivate static var ofRestart: [Field<BoxPast.Restart>] {
    [
      Field(json: "date") { .date($0.date) },
      Field(json: "name") { $0.name.map { .text($0.text) } },
      Field(json: "why") { .text($0.why.printable) },
    ]
  }
}

extension Field<BoxPast.Spell> {
  fileprivate static var ofSpell: [Field<BoxPast.Spell>] {
    [
      Field(json: "since") { .date($0.span.begin) },
      Field(json: "until") { .date($0.span.end) },
      Field(json: "why") { .text($0.why.printable) },
    ]
  }
}

extension Field<CloseCall> {
  fileprivate static var ofCall: [Field<CloseCall>] {
    [
      Field(json: "name") { .text($0.name.text) },
      Field(json: "of") { .text($0.subject == .hearts ? "heart" : "chain") },
      Field(json: "day") { .text($0.date) },
      Field(json: "age") { .time($0.day.age) },
      Field(json: "limit") { .time($0.day.limit) },
    ]
  }
}

extension Field<Alike> {
  fileprivate static var ofAlike: [Field<Alike>] {
    [
      Field(json: "name") { .text($0.name.text) },
      Field(json: "doing") { .text($0.doing) },
      Field(json: "times") { .number($0.count) },
      Field(json: "of") { .number($0.of) },
    ]
  }
}

extension Field<Finding> {
  fileprivate static var ofAdvice: [Field<Finding>] {
    [
      Field(json: "name") {
        $0.subject.isEqual(to: "the box") ? nil : .text($0.subject)
      },
      Field(json: "sentence") { .text($0.sentence) },
      Field(json: "saved") { .time($0.saved) },
    ]
  }
}
