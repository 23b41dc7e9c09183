import Linux
import Rules
import Watchdog

extension Status {
  /// For programs. Times are in seconds, dates as in RFC 3339; what is not known is null. The version counts up
  /// when a member changes its meaning or goes away; new ones may come at any time.
  var json: JSON {
    let holdReason = box.holdRest.flatMap { _ in box.hold?.reason }
    let members: [(name: StaticString, value: JSON)] = [
      ("version", .number("1")),
      ("guarded", .bool(box.objections.isEmpty)),
      ("objections", .array(box.objections.map { .string($0.what) })),
      ("hold", .orNull(box.holdRest) { .seconds($0) }),
      ("hold-reason", .orNull(holdReason) { .string($0) }),
      ("reboot-due", .orNull(box.rebootDue) { .string($0.why) }),
      ("stood-down", .orNull(box.stoodDown) { .string($0) }),
      ("last-step", .orNull(lastStep) { .string($0) }),
      ("last-boot", Status.json(box.lastBoot)),
      ("ladder", .orNull(box.ladder) { Status.json($0, box.now) }),
      ("problems", .array(box.problems.map { Status.json($0) })),
      ("hearts", .array(box.hearts.map { Status.json($0) })),
      ("chain", .array(box.links.map { json($0) })),
      ("device", device),
    ]
    return .object(members)
  }

  private var device: JSON {
    let description = box.device.description
    return .object([
      ("path", .string(box.device.path)),
      ("identity", .orNull(description?.identity) { .string($0.printable) }),
      ("software", .orNull(box.device.isSoftware) { .bool($0) }),
      ("state", .orNull(description?.state) { .string($0.printable) }),
      ("timeout", .orNull(description?.timeout) { .string($0.printable) }),
      ("nowayout", .orNull(description?.nowayout) { .bool($0) }),
      ("disarmed", .bool(box.isDisarmed)),
      (
        "holders",
        .array(
          box.device.holders.map {
            .object([("process", .number("\($0.pid)")), ("program", .string($0.program.printable))])
          })
      ),
    ])
  }

  private static func json(_ boot: LastBoot) -> JSON {
    .object([
      ("date", .string(boot.date.date)), ("cause", .string("\(boot.cause.name)")),
      ("why", .string(boot.cause.words)),
    ])
  }

  private static func json(_ state: LadderState, _ now: Moment) -> JSON {
    .object([
      ("restarts", .number("\(state.countOfRestarts(at: now))")),
      ("restarts-before-reboot", .number("\(state.ladder.restartsBeforeReboot)")),
      ("reboots", .orNull(state.countOfReboots) { .number("\($0)") }),
      ("reboots-uncounted", .orNull(state.whyUncounted) { .string($0) }),
      ("reboots-before-standing-down", .number("\(state.ladder.rebootsBeforeStandingDown)")),
    ])
  }

  static func json(_ line: ProblemState) -> JSON {
    let step: JSON = .orNull(line.ladder?.rung) { JSON.string("\($0.words)") }
    let rest: JSON = .orNull(line.ladder?.rest) { JSON.seconds($0) }
    let members: [(name: StaticString, value: JSON)] = [
      ("name", .string(line.name.text)), ("since", .string(line.noticed.date)),
      ("age", .seconds(line.age)), ("detector", .string(line.problem.detector)),
      ("reason", .string(line.problem.reason)), ("next", line.nextJSON),
      ("last-step", .string("\(line.found.trouble.reach.name)")), ("ladder", step),
      ("ladder-in", rest),
    ]
    return .object(members)
  }

  static func json(_ heart: HeartState) -> JSON {
    if let mistake = heart.mistake {
      return .object([("name", .string(heart.name.text)), ("mistake", .string(mistake))])
    }
    return .object([
      ("name", .string(heart.name.text)), ("age", .seconds(heart.age)),
      ("limit", .seconds(heart.limit)), ("beaten", .bool(heart.beaten != nil)),
      ("late", .bool(heart.isLate)),
      ("last-beat", .orNull(heart.beaten) { .string($0.date) }),
      ("started", .orNull(heart.started) { .string($0.date) }),
      ("process", .orNull(heart.process) { .number("\($0.pid)") }),
      ("running", .orNull(heart.process) { _ in .bool(heart.isRunning) }),
      ("uptime", .orNull(heart.uptime) { .seconds($0) }),
      ("mended-today", .number("\(heart.solvedToday)")),
    ])
  }

  private func json(_ link: Link) -> JSON {
    .object([
      ("tool", .string(link.tool.text)),
      ("age", .orNull(link.touched) { .seconds(box.now.realtime - $0) }),
      ("limit", .seconds(link.limit)), ("fresh", .bool(link.isFresh(at: box.now))),
    ])
  }
}

extension ProblemState {
  fileprivate var nextJSON: JSON {
    var members: [(name: StaticString, value: JSON)] = [("what", .string("\(plan.name)"))]
    if let attempt = plan.attempt { members.append(("attempt", .number("\(attempt)"))) }
    if let rest = plan.rest { members.append(("in", .seconds(rest))) }
    if case .solving(_, let since) = plan {
      members.append(("process", .orNull(found.record?.solver) { .number("\($0.pid)") }))
      members.append(("for", .seconds(since)))
    }
    members.append(("why", .string(nextWords)))
    return .object(members)
  }
}

extension JSON {
  /// What `make` makes of a value; null where there is none.
  static func orNull<Value>(_ value: Value?, _ make: (Value) -> JSON) -> JSON {
    value.map(make) ?? .null
  }
}
