import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct LifeTests {
  /// A helper of cron that began at 1000 s.
  private static func life(_ text: String = "1000.000000000 1120.000000000 60.000000000\n") throws
    -> Life?
  {
    try World.with { world in
      try world.makeFolder("run/lives")
      try world.write(text, to: "run/lives/each-second")
      return try Life.all(in: StateFolder(world.roots)).first
    }
  }

  @Test(arguments: [(1000, false), (1079, false), (1081, true), (1139, true), (1141, false)])
  func `the last one is known when the next one is late, as long as it is of use`(
    uptime: Int, isLast: Bool
  ) throws {
    let life = try #require(try Self.life())
    #expect(life.helper == "each-second")
    #expect(life.isLast(at: .seconds(uptime)) == isLast)
  }

  @Test(arguments: ["", "soon", "1000.000000000 1120.000000000", "1 2 3"])
  func `what is no note is none`(text: String) throws {
    #expect(try Self.life(text) == nil)
  }

  @Test func `a helper notes when it began`() throws {
    try World.with { world in
      let run = try Run(world.roots, Report(tool: "each-second"))
      let before = Clock.monotonic
      Life.note("each-second", Life.Term(lifetime: .seconds(120), next: .seconds(60)), run)
      let life = try #require(try Life.all(in: run.state).first)
      #expect(life.begun >= before && life.begun <= Clock.monotonic)
      #expect(life.end - life.begun == .seconds(120) && life.next == .seconds(60))
    }
  }
}
