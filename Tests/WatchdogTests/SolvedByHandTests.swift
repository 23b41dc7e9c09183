import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct SolvedByHandTests {
  private func run(_ world: World, name: String = "web", _ words: String...) throws -> ExitCode {
    let solved = try SolvedByHand(by: name, arguments(words))
    return try solved.run(world.roots, Report(tool: "solve-problems"))
  }

  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      try world.makeFolder("run/problems")
      try world.write("who\nwhy\n", to: "run/problems/web")
      try body(world)
    }
  }

  @Test func `the problem is removed, and what solved it is noted`() throws {
    try with { world in
      #expect(try run(world, "turned off\nand on") == .success)
      #expect(world.names(in: "run/problems") == [])
      world.carry()
      let line = try #require(try Incident.lastLines(world.roots).last)
      #expect(line.member("event") == "solved")
      #expect(line.member("name") == "web")
      #expect(line.member("by") == "solve-problems")
      #expect(line.member("why") == "turned off\\x0aand on")
    }
  }

  /// That a heart's program was mended is for a beat to prove.
  @Test func `that of a heart is tried until the heart beats`() throws {
    try World.with { world in
      for folder in ["etc/hearts", "run/problems", "run/beats"] { try world.makeFolder(folder) }
      try world.write("30\n", to: "etc/hearts/web")
      try world.write("mark-problems\nno beat\n", to: "run/problems/web")
      let beat = Clock.realtime - .seconds(100)
      try world.write("", to: "run/beats/web", dated: beat)
      #expect(try run(world, "by hand") == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      #expect(world.status("run/starts/web") != nil)
      let bytes = try Array(#require(world.text("run/attempts/web")).utf8)
      let record = try #require(AttemptNote(parsing: bytes))
      #expect(record.solver == nil && record.attempt.phase == .tried)
      #expect(record.attempt.beat == world.status("run/beats/web")?.modified)
      world.carry()
      let line = try #require(try Incident.lastLines(world.roots).last)
      #expect(line.event == .tried(how: .byHand) && line.why == "by hand")
      // What somebody else noted of it is over when somebody says so.
      try world.write("cron\nit failed\n", to: "run/problems/web")
      #expect(try run(world, "by hand") == .success)
      #expect(world.names(in: "run/problems") == [])
    }
  }

  @Test func `where there is no problem, nothing is noted`() throws {
    try with { world throws in
      #expect(try run(world, name: "db") == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      #expect(world.status("data") == nil)
    }
  }

  @Test func `a dry run removes nothing`() throws {
    try with { world throws in
      #expect(try run(world, "--dry-run") == .success)
      #expect(world.names(in: "run/problems") == ["web"])
      #expect(world.status("data") == nil)
    }
  }

  @Test func `what is not a file is not removed`() throws {
    try with { world in
      try world.makeFolder("run/problems/db")
      let failure = failure { () throws(Failure) in
        _ = try SolvedByHand(by: "db", arguments([])).run(world.roots, Report(tool: "tool"))
      }
      #expect(failure?.sentence.contains("it is a directory: remove it") == true)
    }
  }

  @Test func `it takes a name and one sentence`() {
    for (name, words) in [("a/b", []), ("", []), ("web", ["a", "b"]), ("web", ["--", "a"])] {
      let failure = failure { () throws(Failure) in _ = try SolvedByHand(by: name, arguments(words))
      }
      #expect(failure?.code == .usage, "\(name) \(words)")
    }
  }
}
