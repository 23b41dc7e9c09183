import Foundation
import TestSupport
import Testing

/// How much of the processor the chain gets, and what it starts. Set by root, whatever the tests run with.
@Suite(.enabled(if: geteuid() == 0, "only root may set any priority")) struct PriorityTests {
  /// A tool that is started with this priority, as cron or a person would.
  private func words(_ tool: String, _ priority: Int, _ rest: String = "") -> [String] {
    ["-c", "renice -n \(priority) -p $$ >/dev/null; exec \(tool) \(rest)"]
  }

  /// The nineteenth value of proc(5)'s stat, the seventeenth after the name.
  private func priority(of pid: Int32) -> String? {
    let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    let values = stat?.split(separator: ")").last?.split(separator: " ") ?? []
    return values.count > 16 ? String(values[16]) : nil
  }

  private func noted(_ world: World) -> Set<String> {
    Set((world.text("nice") ?? "").split(separator: "\n").map(String.init))
  }

  @Test(arguments: [(0, "-20"), (5, "5"), (-3, "-3")])
  func `each-second runs tools at a high priority unless somebody chose otherwise`(
    given: Int, expected: String
  ) async throws {
    try await World.with { world in
      try world.script("tool", "nice >>\(world.root.path)/nice")
      let tool = world.root.appending(path: "tool").path
      let process = world.process("/bin/sh", words("each-second", given, tool))
      try process.run()
      defer { process.end() }
      #expect(await world.waits(upTo: 10) { !noted(world).isEmpty })
      #expect(noted(world) == [expected])
    }
  }

  // With an ordinary session, 40 others that computed left a tool of the highest priority 3 % of a processor.
  @Test(
    .enabled(
      if: (try? String(contentsOfFile: "/proc/sys/kernel/sched_autogroup_enabled", encoding: .utf8))
        == "1\n", "this kernel does not schedule sessions as groups"))
  func `its session comes first too, and that of a program does not`() async throws {
    try await World.withPrograms { world in
      let noted = world.root.path
      try world.script("tool", "cat /proc/self/autogroup >>\(noted)/tool.session")
      try world.script(
        "etc/programs/web", "cat /proc/self/autogroup >>\(noted)/web.session\nexec sleep 1000")
      try world.problem("web")
      let tool = world.root.appending(path: "tool").path
      let process = world.process(
        "/bin/sh",
        ["-c", "exec setsid -w each-second --lifetime 5 \(tool) solve-problems"])
      try process.run()
      #expect(
        await world.waits(upTo: 20) { world.exists("tool.session") && world.exists("web.session") })
      process.waitUntilExit()
      #expect(world.text("tool.session")?.contains("nice -20\n") == true)
      #expect(world.text("web.session")?.hasSuffix("nice 0\n") == true)
    }
  }

  @Test func `the feeder has a high priority too`() async throws {
    try await World.with { world in
      let process = world.process("/bin/sh", words("kwatchdog-feeder", 0))
      process.standardError = FileHandle.nullDevice
      try process.run()
      defer { process.end() }
      #expect(await world.waits(upTo: 10) { priority(of: process.processIdentifier) == "-20" })
    }
  }

  @Test(arguments: [(-20, "0"), (0, "0"), (5, "5"), (-3, "-3")], ["programs", "solutions"])
  func `programs and solutions have the ordinary priority`(
    _ priority: (given: Int, expected: String), kind: String
  ) async throws {
    try await World.withPrograms { world in
      try world.script("etc/\(kind)/web", "nice >>\(world.root.path)/nice\nexec sleep 1000")
      try world.problem("web")
      #expect(world.run("/bin/sh", words("solve-problems", priority.given)).code == 0)
      #expect(await world.waits(upTo: 10) { !noted(world).isEmpty })
      #expect(noted(world) == [priority.expected])
    }
  }

  // At the ordinary one a program was started 13 s after it was late, where ten others computed on a slow processor.
  @Test func `a solver comes first, and what it runs does not`() async throws {
    try await World.withPrograms { world in
      let noted = world.root.path
      try world.makeFolder("etc/of/web")
      try world.script(
        "etc/of/web/evidence",
        "nice >>\(noted)/nice\ncut -d ' ' -f 19 /proc/$PPID/stat >\(noted)/solver")
      try world.script(
        "etc/programs/web", "nice >>\(noted)/nice\n: >\(noted)/begun\nexec sleep 1000")
      try world.problem("web")
      #expect(world.run("/bin/sh", words("solve-problems", -20)).code == 0)
      #expect(await world.waits(upTo: 10) { world.exists("begun") })
      #expect(world.text("solver") == "-20\n" && self.noted(world) == ["0"])
    }
  }

  @Test func `restart-system has the ordinary priority`() async throws {
    try await World.withPrograms { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.script("etc/restart-system", "nice >>\(world.root.path)/nice")
      // Somebody here can mend it, or nothing would be restarted for it.
      try world.script("etc/programs/web", "exec sleep 1000")
      var clock = FakeClock()
      world.run("check-solutions", at: clock)
      try world.problem("web", age: 0, at: clock)
      for _ in 0..<7 {
        clock.advance(1)
        world.run("/bin/sh", words("check-solutions", -20), at: clock)
      }
      #expect(await world.waits(upTo: 10) { !noted(world).isEmpty })
      #expect(noted(world) == ["0"])
    }
  }
}
