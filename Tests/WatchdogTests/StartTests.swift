import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct StartTests {
  /// When the solution began.
  private let begun: Duration = .seconds(1_700_000_000)

  private func note(_ world: World) throws -> FileStatus {
    let name = try #require(Name("web"))
    try Run(world.roots, Report(tool: "tool"), complains: false).noteStart(of: name, begun: begun)
    return try #require(world.status("run/starts/web"))
  }

  private func with(heart: String, _ body: (World) throws -> Void) throws {
    try World.with { world in
      for folder in ["etc/hearts", "run/starts", "run/beats"] { try world.makeFolder(folder) }
      try world.write(heart, to: "etc/hearts/web")
      try body(world)
    }
  }

  @Test func `a solution is a start`() throws {
    try with(heart: "30\n") { world throws in
      let before = Clock.realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }

  @Test func `a start that is older than the solution is replaced`() throws {
    try with(heart: "30\n") { world in
      try world.write("", to: "run/starts/web", dated: begun - .seconds(1))
      let before = Clock.realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }

  /// It ran run-stamped, which knows better. The kernel dates files by a clock that is a tick behind.
  @Test(arguments: [Duration.milliseconds(-20), .zero, .seconds(2)])
  func `what the solution noted itself stays`(offset: Duration) throws {
    try with(heart: "30\n") { world in
      try world.write("", to: "run/starts/web", dated: begun + offset)
      #expect(try note(world).modified == begun + offset)
    }
  }

  /// One that has less time for its first beat than for the others, and that beat before its solution ended.
  @Test func `a beat that came during the solution is the first one`() throws {
    try with(heart: "300 10\n") { world in
      try world.write("", to: "run/beats/web", dated: begun + .seconds(1))
      #expect(try note(world).modified == begun)
    }
  }

  @Test(arguments: [("300 10\n", -1), ("30\n", 1), ("30 120\n", 1), ("garbage\n", 1)])
  func `otherwise its end is the start`(heart: String, beat: Int) throws {
    try with(heart: heart) { world in
      try world.write("", to: "run/beats/web", dated: begun + .seconds(beat))
      let before = Clock.realtime - .seconds(1)
      #expect(try note(world).modified > before)
    }
  }
}
