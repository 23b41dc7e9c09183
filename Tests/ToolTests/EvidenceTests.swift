import Foundation
import TestSupport
import Testing

/// A program that hangs is looked at before it is ended.
@Suite struct EvidenceTests {
  /// The evidence of a heart that came to the disk: the text of the last file.
  private func evidence(_ world: World, of name: String = "web") -> String? {
    world.awaitClerk()
    return world.names(in: "data/evidence").last { $0.hasPrefix("\(name)-") }
      .flatMap { world.text("data/evidence/\($0)") }
  }

  /// Starts a program that waits for the other end of a FIFO, and has that solved.
  private func hang(_ world: World, _ before: () throws -> Void = {}) async throws -> Double {
    try world.heart("web", "30\n")
    try world.program("web", "echo busy; mkfifo \(world.path)/fifo; exec 3<\(world.path)/fifo")
    #expect(world.run("run-stamped", "--background", "web").code == 0)
    #expect(await world.waits(upTo: 10) { world.exists("fifo") })
    let wait = "/proc/\(try #require(world.pid(of: "web")))/wchan"
    _ = await world.waits(upTo: 2) { contents(of: wait) == "wait_for_partner" }
    try before()
    try world.program("web")
    try world.problem("web")
    return Patience.seconds { #expect(world.run("solve-problems", "--solve", "web").code == 0) }
  }

  @Test func `what it waited for is kept, explained and counted`() async throws {
    try await World.withPrograms { world in
      var pid: Int32 = 0
      _ = try await hang(world) { pid = try #require(world.pid(of: "web")) }
      #expect(await world.waits(upTo: 10) { evidence(world) != nil })
      let text = try #require(evidence(world))
      #expect(text.contains("why something\n"))
      #expect(text.contains("thread \(pid) \(pid) S "))
      #expect(text.contains("1 \(world.path)/logs/web.log\n"))
      #expect(text.contains("Max open files"))
      #expect(text.hasSuffix("busy\n\n"), "the last words of its log")
      let told = world.run("watchdog-chain", "explain", "web").output
      #expect(told.contains("what it did before it was last ended"))
      let line = try #require(world.incidents("web").first { $0["event"] == "tried" })
      let doing = try #require(line["doing"])
      let report = world.run("watchdog-chain", "report").output
      #expect(report.contains("web: once: \(doing)"))
      // Who may read the kernel's side of other processes sees in what it waits.
      if getuid() == 0, contents(of: "/proc/self/stack") != "" {
        #expect(doing == "the other end of a FIFO")
        #expect(told.contains("its only thread waits for the other end of a FIFO"))
        #expect(told.contains("in the kernel: "))
      }
    }
  }

  @Test func `an executable of one's own says more, with the numbers of the processes`()
    async throws
  {
    try await World.withPrograms { world in
      try world.makeFolder("etc/of/web")
      try world.script("etc/of/web/evidence", "echo \"own words on $1 of $WATCHDOG_HEART\"; exit 3")
      var pid: Int32 = 0
      _ = try await hang(world) { pid = try #require(world.pid(of: "web")) }
      #expect(await world.waits(upTo: 10) { evidence(world) != nil })
      let text = try #require(evidence(world))
      #expect(text.contains("[of/web/evidence]\nown words on \(pid) of web\n"))
      #expect(text.contains("evidence ended with exit code 3]"))
    }
  }

  @Test func `one that hangs, or says too much, keeps nothing from being mended`() async throws {
    try await World.withPrograms { world in
      try world.makeFolder("etc/of/web")
      try world.script("etc/of/web/evidence", "yes no | head -c 1000000; sleep 1001 & sleep 1000")
      let seconds = try await hang(world)
      #expect(seconds < 6, "\(seconds)")
      #expect(world.runs("web"))
      #expect(await world.waits(upTo: 10) { evidence(world) != nil })
      let text = try #require(evidence(world))
      #expect(text.utf8.count <= 262_144)
      #expect(text.contains("evidence did not exit within 1 s and was killed]"))
    }
  }

  @Test func `one that others could have written is not run`() async throws {
    try await World.withPrograms { world in
      try world.makeFolder("etc/of/web")
      try world.script("etc/of/web/evidence", "touch \(world.path)/ran")
      world.setPermissions("etc/of/web/evidence", 0o777)
      _ = try await hang(world)
      #expect(await world.waits(upTo: 10) { evidence(world) != nil })
      #expect(evidence(world)?.contains("others can write to it") == true)
      #expect(!world.exists("ran"))
      let check = world.run("watchdog-chain", "check").output
      #expect(check.contains("of/web/evidence") && check.contains("others can write to it"))
    }
  }

  @Test func `a solution ends it after evidence was kept`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30\n")
      try world.program("web")
      #expect(world.run("run-stamped", "--background", "web").code == 0)
      try world.solution("web", "kill-stamped web")
      try world.problem("web")
      #expect(world.run("solve-problems", "--solve", "web").code == 0)
      #expect(await world.waits(upTo: 10) { evidence(world) != nil })
      #expect(evidence(world)?.contains("1 processes") == true)
    }
  }

  @Test func `a box that is left to its device keeps its worst processes`() async throws {
    try await World.withPrograms { world in
      try world.write("a reason\ntest 1.000000000 0\n", to: "run/reboot-due")
      try world.problem("web", age: 1000)
      world.run("check-solutions")
      #expect(
        await world.waits(upTo: 10) { evidence(world, of: "box") != nil },
        "\(world.names(in: "run")) \(world.text("run/reboot-due") ?? "")")
    }
  }
}
