import LinuxCalls
import Rules
import Testing

@testable import Watchdog

/// An event and the members of its line.
@Suite struct EventTests {
  static let web = Name("web")

  /// One of each kind, with each detail there is.
  static let events: [Incident.Event] = [
    .noticed(reason: .lastBeat(limit: 30)), .noticed(reason: .firstBeat(limit: 120)),
    .noticed(reason: .lastBeat(limit: 0)), .noticed(reason: .gone), .noticed(reason: .noted),
    .noticed(reason: .unknown),
    .tried(how: .started), .tried(how: .solution), .tried(how: .byHand), .tried(how: .unknown),
    .solved(how: .started), .solved(how: .solution), .solved(how: .byHand), .solved(how: .unknown),
    .recovered(how: .beats), .recovered(how: .elsewhere), .recovered(how: .heartGone),
    .recovered(how: .ranCalm), .recovered(how: .unknown),
    .failed,
    .restart(problem: web, ran: true), .restart(problem: web, ran: false),
    .restart(problem: nil, ran: true), .restart(problem: nil, ran: false),
    .reboot(problem: web), .reboot(problem: nil), .rebootTest,
    .calledOff(problem: web), .calledOff(problem: nil),
    .accepted, .rolledBack(problem: web), .rolledBack(problem: nil),
    .stoodDown(problem: web), .stoodDown(problem: nil),
    .rested(how: .proven), .rested(how: .window), .rested(how: .unknown), .resumed,
    .held(heart: web, .lasting(seconds: 900)), .held(heart: nil, .lasting(seconds: 86_400)),
    .held(heart: web, .ended), .held(heart: nil, .ended), .held(heart: nil, .unknown),
    .notFed(tools: []), .notFed(tools: [Name("mark-problems"), Name("a_1")].compactMap { $0 }),
    .fedAgain, .note,
  ]

  /// The line of an event, whatever its sentence says.
  static func line(_ event: Incident.Event, why: String = "why") -> [UInt8] {
    let now = Moment(realtime: .seconds(1_795_000_000), monotonic: .seconds(99))
    let incident = Incident(event, web, by: "a", why: why)
    return Array(incident.json(now, boot: "0123abcd").text(depth: 0).utf8)
  }

  @Test func `no kind was forgotten`() {
    for kind in Incident.Event.Kind.allCases {
      #expect(EventTests.events.contains { $0.kind == kind }, "\(kind)")
    }
  }

  @Test(arguments: events) func `what is written is read`(event: Incident.Event) {
    #expect(Incident.Line(EventTests.line(event))?.event == event)
  }

  /// Sentences are for people: none is ever taken for what it says.
  @Test(
    arguments: [
      "no first beat for 3 s", "hearts/web is gone", "it beats again by itself",
      "for 900 s: new disk", "problem db has been unsolved for more than 30 s",
      "its chain was broken",
      "\", \"reason\": \"gone", "\\", "\u{0}\u{1B}[31m",
      String(decoding: [0xFF, 0xC3, 0x28] as [UInt8], as: UTF8.self),
    ])
  func `no sentence is read back`(why: String) throws {
    for event in EventTests.events {
      let line = try #require(Incident.Line(EventTests.line(event, why: why)))
      #expect(line.event == event)
      #expect(line.why == why)
    }
  }

  /// As versions before 0.2 wrote them: without details.
  @Test(
    arguments: [
      ("noticed", .noticed(reason: .unknown)), ("solved", .solved(how: .unknown)),
      ("recovered", .recovered(how: .unknown)), ("failed", .failed),
      ("restart", .restart(problem: nil, ran: true)), ("reboot", .reboot(problem: nil)),
      ("reboot-test", .rebootTest), ("stood-down", .stoodDown(problem: nil)),
      ("resumed", .resumed), ("hold", .held(heart: nil, .unknown)), ("not-fed", .notFed(tools: [])),
      ("fed-again", .fedAgain), ("note", .note),
    ] as [(String, Incident.Event)])
  func `an old line has unknown details`(name: String, event: Incident.Event) {
    let line = """
      {"time": "2026-11-24T10:00:00.000Z", "uptime": 99.250, "boot": "0123abcd", "event": "\(name)", \
      "by": "check-solutions", "why": "problem web has been unsolved for more than 30 s"}
      """
    #expect(Incident.Line(Array(line.utf8))?.event == event)
  }

  /// What a detail cannot be is unknown, and never something else.
  @Test(
    arguments: [
      ("\"event\": \"noticed\", \"reason\": \"last-beat\"", .noticed(reason: .unknown)),
      (
        "\"event\": \"noticed\", \"reason\": \"last-beat\", \"limit\": \"30\"",
        .noticed(reason: .unknown)
      ),
      ("\"event\": \"noticed\", \"reason\": \"bored\", \"limit\": 3", .noticed(reason: .unknown)),
      ("\"event\": \"noticed\", \"reason\": 7", .noticed(reason: .unknown)),
      ("\"event\": \"solved\", \"how\": \"\"", .solved(how: .unknown)),
      ("\"event\": \"solved\", \"how\": \"startedx\"", .solved(how: .unknown)),
      ("\"event\": \"reboot\", \"problem\": \"../etc\"", .reboot(problem: nil)),
      ("\"event\": \"reboot\", \"problem\": null", .reboot(problem: nil)),
      (
        "\"event\": \"restart\", \"problem\": \"web\", \"ran\": \"false\"",
        .restart(problem: Name("web"), ran: true)
      ),
      ("\"event\": \"hold\", \"seconds\": -1", .held(heart: nil, .unknown)),
      ("\"event\": \"hold\", \"seconds\": 1.5", .held(heart: nil, .unknown)),
      ("\"event\": \"hold\", \"seconds\": \"9\"", .held(heart: nil, .unknown)),
      ("\"event\": \"not-fed\", \"tools\": \"a ../b  c\"", .notFed(tools: [])),
    ] as [(String, Incident.Event)])
  func `an impossible detail is unknown`(members: String, event: Incident.Event) {
    let read = Incident.Line(Array("{\(members)}".utf8))?.event
    if case .notFed(let tools) = read {
      #expect(tools == [Name("a"), Name("c")])
    } else {
      #expect(read == event)
    }
  }

  /// The power failed: wherever a line is torn it is none.
  @Test(arguments: events) func `a torn line does not count`(event: Incident.Event) {
    let line = EventTests.line(event)
    for length in 0..<line.count { #expect(Incident.Line(Array(line[..<length])) == nil) }
  }

  /// Whatever stands in the place of a byte, the line is read without a fault, or is none.
  @Test(arguments: events) func `hostile bytes are survived`(event: Incident.Event) {
    let line = EventTests.line(event)
    for index in line.indices {
      for byte: UInt8 in [0x00, 0x0A, 0x22, 0x5C, 0x7D, 0x2C, 0x39, 0xFF] {
        var bytes = line
        bytes[index] = byte
        _ = Incident.Line(bytes)?.event
      }
    }
  }
}
