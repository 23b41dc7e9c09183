import LinuxCalls
import Watchdog

extension BoxReport {
  /// For programs. Times are in seconds, dates as in RFC 3339; what is not known is null, as are the nines of what was
  /// never down. The version counts up when a member changes its meaning or goes away; new ones may come at any
  /// time.
  var json: JSON {
    let members: [(name: StaticString, value: JSON)] = [
      ("version", .number("1")), ("host", .string(host)),
      ("asked-since", .string(asked.begin.date)),
      ("since", .string(period.begin.date)), ("until", .string(period.end.date)),
      ("recorded", .seconds(period.length)), ("all", BoxReport.json(whole)),
      ("box", boxJSON), ("hearts", .array(hearts.map { BoxReport.json($0) })),
      ("close", .array(close.map { $0.json })), ("alike", .array(alike.map { $0.json })),
      ("advice", .array(advice.map { BoxReport.json($0) })),
    ]
    return .object(members)
  }

  private var boxJSON: JSON {
    let reboots: [JSON] = self.reboots.map {
      .object([
        ("since", .orNull($0.since) { .string($0.date) }), ("until", .string($0.until.date)),
        ("cause", .string("\($0.cause.name)")),
        ("name", .orNull($0.problem) { .string($0.text) }),
        ("why", .string($0.why.printable)), ("due", .bool($0.isDue)),
      ])
    }
    let restarts: [JSON] = self.restarts.map {
      .object([
        ("date", .string($0.date.date)), ("name", .orNull($0.name) { .string($0.text) }),
        ("why", .string($0.why.printable)),
      ])
    }
    let members: [(name: StaticString, value: JSON)] = [
      ("availability", BoxReport.json(availability)), ("reboots", .array(reboots)),
      ("restarts", .array(restarts)), ("holds", BoxReport.json(holds)),
      ("stood-down", BoxReport.json(standDowns)), ("not-fed", BoxReport.json(hungers)),
    ]
    return .object(members)
  }

  private static func json(_ spells: [BoxPast.Spell]) -> JSON {
    .array(
      spells.map {
        .object([
          ("since", .string($0.span.begin.date)), ("until", .string($0.span.end.date)),
          ("why", .string($0.why.printable)),
        ])
      })
  }

  private static func json(_ availability: Availability) -> JSON {
    .object([
      ("down", .seconds(availability.down)), ("down-per-day", .seconds(availability.downPerDay)),
      ("percent", .number(availability.percent)),
      ("nines", .orNull(availability.nines) { .number($0) }),
    ])
  }

  private static func json(_ heart: HeartPast) -> JSON {
    func json(_ times: Times) -> JSON {
      .object([
        ("median", .orNull(times.median) { .seconds($0) }),
        ("worst", .orNull(times.worst) { .seconds($0) }),
      ])
    }
    let members: [(name: StaticString, value: JSON)] = [
      ("name", .string(heart.name.text)), ("heart", .bool(heart.promise.isHeart)),
      ("limit", .orNull(heart.promise.limit) { .seconds($0) }),
      ("down-now", .bool(heart.isDown)), ("availability", BoxReport.json(heart.availability)),
      ("held", .seconds(heart.held)), ("to-notice", json(heart.notice)),
      ("to-recover", json(heart.recovery)),
      ("incidents", .array(heart.outages.map { BoxReport.json($0) })),
    ]
    return .object(members)
  }

  private static func json(_ outage: Outage) -> JSON {
    .object([
      ("since", .string(outage.since.date)), ("noticed", .string(outage.noticed.date)),
      ("until", .string(outage.until.date)), ("end", .string("\(outage.end.name)")),
      ("by", .string(outage.by.printable)), ("why", .string(outage.why.printable)),
      ("failed-attempts", .number("\(outage.failures)")),
    ])
  }

  private static func json(_ advice: Finding) -> JSON {
    let name: JSON = advice.subject.isEqual(to: "the box") ? .null : .string(advice.subject)
    let members: [(name: StaticString, value: JSON)] = [
      ("name", name), ("sentence", .string(advice.sentence)), ("saved", .seconds(advice.saved)),
    ]
    return .object(members)
  }
}
