import Foundation
import TestSupport
import Testing

/// `of/NAME/memory` and `log-limit`, as the tools act on them.
@Suite struct MemoryTests {
  /// Whether groups of version 2 have the memory controller here: in a container with those of version 1 they do not.
  private static let canBeLimited: Bool = {
    guard ControlGroups.canBeMade, let mount = ControlGroups.mount else { return false }
    return contents(of: "\(mount)/cgroup.controllers")?.contains("memory") == true
  }()

  @Test(.enabled(if: canBeLimited, "needs the memory controller of cgroup v2"))
  func `a program's group has its limit, and the incident says when it came to it`() async throws {
    try await World.withPrograms { world in
      try world.put("40\n", at: "etc/of/web/memory")
      try world.program("web", "exec tail -c 1G /dev/zero")
      try world.problem("web", at: FakeClock())
      #expect(world.run("solve-problems", "--solve", "web").code == 0)
      #expect(await world.waits(upTo: 20) { !world.runs("web") })
      world.run("solve-problems", "--solve", "web")
      let last = world.text("data/incidents.jsonl") ?? ""
      #expect(last.contains("memory: it was ended at its limit"))
    }
  }

  @Test(.enabled(if: !canBeLimited, "needs a box without it"))
  func `where there is no such group that is told, and it runs`() async throws {
    try await World.withPrograms { world in
      try world.put("40\n", at: "etc/of/web/memory")
      try world.program("web")
      let outcome = world.run("run-stamped", "--background", "web")
      #expect(
        outcome.errors.contains(
          "the memory of web cannot be limited, because it has no control group: detectors.available/leak can"
        ))
      #expect(outcome.code == 0 && world.runs("web"))
      try world.remove("etc/of/web/memory")
      world.run("kill-stamped")
      #expect(world.run("run-stamped", "--background", "web").errors == "")
      world.run("kill-stamped")
    }
  }

  @Test func `a memory that is no number is told by check, and by who starts the program`()
    async throws
  {
    try await World.withPrograms { world in
      try world.put("much\n", at: "etc/of/web/memory")
      try world.program("web")
      #expect(world.run("run-stamped", "--background", "web").errors.contains("it is no number"))
      #expect(
        world.run("watchdog-chain", "check").output.contains("of/web/memory: it is no number"))
      world.run("kill-stamped")
    }
  }

  @Test func `each minute mark-problems has logs cut`() async throws {
    try await World.with { world in
      try world.put("1\n", at: "etc/log-limit")
      try world.makeFolder("etc/programs")
      try world.script("etc/programs/web", "")
      let text = String(repeating: "line\n", count: 500_000)
      try world.put(text, at: "logs/web.log")
      var clock = FakeClock(monotonic: 3598)
      for _ in 0..<2 {
        world.run("mark-problems", at: clock)
        clock.advance(1)
      }
      world.run("mark-problems", at: clock)
      #expect(
        await world.waits(upTo: 20) { (world.text("logs/web.log")?.utf8.count ?? 0) < 600_000 })
    }
  }
}
