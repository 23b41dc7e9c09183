import Foundation
import TestSupport
import Testing

/// The rule about time, seen from outside: a world with one healthy heart and one that dies, and a clock to which
/// things happen.
@Suite struct ClockTests {
  enum Event: String, CaseIterable, Sendable {
    case nothing, hourForward, hourBack, fiftyYearsForward, suspend, pause

    func happen(to clock: inout FakeClock) {
      switch self {
      case .nothing: break
      case .hourForward: clock.realtime += 3600
      case .hourBack: clock.realtime -= 3600
      case .fiftyYearsForward: clock.realtime += 50 * 365.25 * 86_400
      case .suspend: clock.realtime += 7200
      case .pause: clock.advance(120)
      }
    }
  }

  @Test(arguments: Event.allCases, ["5\n", "5 20\n"])
  func `healthy hearts are spared and dead ones are found`(event: Event, heart: String) async throws
  {
    try await World.with { world in
      for name in ["healthy", "dead"] { try world.heart(name, heart) }
      var clock = FakeClock()
      func second(deadBeats: Bool) throws {
        clock.advance(1)
        world.date("run/beats/healthy", clock.realtime - 0.4)
        if deadBeats { world.date("run/beats/dead", clock.realtime - 0.4) }
        let outcome = world.run("mark-problems", at: clock)
        #expect(outcome.code == 0)
        #expect(!world.names(in: "run/problems").contains("healthy"))
      }
      world.run("mark-problems", at: clock)
      for _ in 0..<8 { try second(deadBeats: true) }
      #expect(world.names(in: "run/problems").isEmpty)
      event.happen(to: &clock)
      // Right after the event every beat is old, or of the future: nobody may be blamed for that.
      world.run("mark-problems", at: clock)
      #expect(world.names(in: "run/problems").isEmpty)
      for _ in 0..<7 { try second(deadBeats: false) }
      #expect(world.names(in: "run/problems") == ["dead"], "within the limit and 2 s")
    }
  }

  @Test func `a clock change is reported once`() async throws {
    try await World.with { world in
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      clock.advance(1)
      clock.realtime -= 3600
      #expect(world.run("mark-problems", at: clock).errors.contains("set back by "))
      clock.advance(1)
      #expect(world.run("mark-problems", at: clock).errors == "")
    }
  }

  @Test(arguments: [
    "", "garbage", "1.0 2.0 3.0\n", "\u{0}\u{0}", String(repeating: "9", count: 5000),
  ])
  func `garbage in the vigil blames no heart`(record: String) async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      var clock = FakeClock()
      world.date("etc/hearts/web", clock.realtime - 100)
      for _ in 0..<2 {
        world.run("mark-problems", at: clock)
        clock.advance(1)
      }
      try world.write(record, to: "run/vigils/mark-problems")
      for _ in 0..<2 {
        #expect(world.run("mark-problems", at: clock).code == 0)
        #expect(world.names(in: "run/problems").isEmpty)
        clock.advance(1)
      }
      for _ in 0..<2 {
        world.run("mark-problems", at: clock)
        clock.advance(1)
      }
      #expect(world.names(in: "run/problems") == ["web"])
    }
  }
}
