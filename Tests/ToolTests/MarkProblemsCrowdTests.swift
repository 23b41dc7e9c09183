import Foundation
import TestSupport
import Testing

/// What only shows with many hearts or many runs.
@Suite struct MarkProblemsCrowdTests {
  @Test func `of ten thousand hearts exactly the right ones are marked`() async throws {
    try await World.with { world in
      for number in 0..<10_000 { try world.heart("h\(number)", "5\n") }
      try world.heart("h7000", "five\n")
      var clock = FakeClock()
      var told = ""
      for _ in 0..<8 {
        clock.advance(1)
        told += world.run("mark-problems", at: clock).errors
        for number in 0..<10_000 where number % 100 != 3 {
          world.date("run/beats/h\(number)", clock.realtime)
        }
      }
      let right = (0..<10_000).filter { $0 % 100 == 3 }.map { "h\($0)" }
      #expect(world.names(in: "run/problems") == right.sorted())
      #expect(told.split(separator: "\n").count == 1, "\(told.prefix(500))")
    }
  }

  @Test func `a healthy heart takes at most five system calls`() async throws {
    try await World.with { world in
      var clock = FakeClock()
      func calls(hearts: Range<Int>) throws -> Int {
        for number in hearts { try world.heart("h\(number)", "1000\n") }
        world.run("mark-problems", at: clock)
        for name in world.names(in: "run/beats") { world.date("run/beats/\(name)", clock.realtime) }
        clock.advance(1)
        // In this run they are seen to have beaten.
        world.run("mark-problems", at: clock)
        clock.advance(1)
        return try systemCalls(of: "mark-problems", in: world, at: clock)
      }
      let few = try calls(hearts: 0..<100)
      let many = try calls(hearts: 100..<2100)
      #expect(Double(many - few) / 2000 <= 5.1)
    }
  }

  @Test(arguments: ["check-solutions", "solve-problems"])
  func `a problem that waits takes at most thirteen system calls`(tool: String) async throws {
    try await World.with { world in
      try world.write("1000\n", to: "etc/solve-within")
      for name in ["run/problems", "run/attempts", "etc/programs"] { try world.makeFolder(name) }
      func calls(problems: Range<Int>) throws -> Int {
        // In the longest pause: it is looked at, and nothing is begun.
        let uptime = ProcessInfo.processInfo.systemUptime
        let failed = String(format: "0 0 9 failed %.9f 0.000000000 - -\n", uptime)
        for number in problems {
          try world.write("somebody\nsomething\n", to: "run/problems/h\(number)")
          try world.write(failed, to: "run/attempts/h\(number)")
          try world.write("", to: "etc/programs/h\(number)")
        }
        world.run(tool)
        return try systemCalls(of: tool, in: world)
      }
      let few = try calls(problems: 0..<10)
      let many = try calls(problems: 10..<210)
      #expect(Double(many - few) / 200 <= 13.1)
    }
  }

  private func systemCalls(
    of tool: String, in world: World, at clock: FakeClock? = nil
  ) throws -> Int {
    let log = world.root.appending(path: "strace")
    world.run(
      "/usr/bin/strace", ["-c", "-o", log.path, toolsFolder.appending(path: tool).path], at: clock)
    // The line of all has a column more or less, as strace is older or newer.
    let rows = try #require(world.text("strace")).split(separator: "\n").map {
      $0.split(separator: " ")
    }
    let counts = rows.filter { $0.last != "total" }.compactMap { $0.count > 4 ? Int($0[3]) : nil }
    try #require(!counts.isEmpty)
    return counts.reduce(0, +)
  }

  @Test func `two runs at once do not disturb each other`() async throws {
    try await World.with { world in
      for number in 0..<100 { try world.heart("h\(number)", "1\n") }
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      for name in world.names(in: "etc/hearts") {
        world.date("etc/hearts/\(name)", clock.realtime - 9)
      }
      clock.advance(2)
      let pair = (0..<4).map { _ in world.process("mark-problems", at: clock) }
      for process in pair { try process.run() }
      for process in pair { process.waitUntilExit() }
      #expect(pair.allSatisfy { $0.terminationStatus == 0 })
      #expect(world.names(in: "run/problems").count == 100)
      for name in world.names(in: "run/problems") { expectWhole(world, name) }
      #expect(world.names(in: "run/drafts").isEmpty)
    }
  }

  @Test func `killed at any instant, it leaves no half file and loses no problem`() async throws {
    try await World.with { world in
      for number in 0..<30 { try world.heart("h\(number)", "1\n") }
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      var seen: Set<String> = []
      for round in 0..<1000 {
        if round % 100 == 99 {
          // So that there is always something to be made: problems and beats alike.
          try FileManager.default.removeItem(at: world.problems)
          try FileManager.default.removeItem(at: world.state.appending(path: "beats"))
          seen = []
          clock.advance(1)
          world.run("mark-problems", at: clock)
        }
        clock.advance(0.01)
        let process = world.process("mark-problems", at: clock)
        process.standardError = FileHandle.nullDevice
        try process.run()
        usleep(UInt32.random(in: 0..<6000))
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let now = world.names(in: "run/problems")
        for name in now where !seen.contains(name) { expectWhole(world, name) }
        #expect(seen.isSubset(of: now))
        seen = Set(now)
        let vigil = world.text("run/vigils/mark-problems")?.split(separator: "\n").first
        #expect(vigil == nil || vigil?.split(separator: " ").count == 4)
      }
      for _ in 0..<3 {
        clock.advance(1)
        #expect(world.run("mark-problems", at: clock).code == 0)
      }
      #expect(world.names(in: "run/problems").count == 30)
      #expect(world.names(in: "run/drafts").isEmpty)
    }
  }

  private func expectWhole(_ world: World, _ name: String) {
    let lines = world.text("run/problems/\(name)")?.split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect((lines?.count ?? 0) >= 3 && lines?.first == "mark-problems", "\(name)")
  }
}
