import Foundation
import TestSupport
import Testing

@Suite struct BeatTests {
  private func with(_ test: (World) async throws -> Void) async throws {
    try await World.with { world in
      for name in ["web", "db"] { try world.heart(name, "5\n") }
      world.run("mark-problems")
      try await test(world)
    }
  }

  private func hasBeaten(_ world: World, _ name: String) -> Bool {
    (world.status("run/beats/\(name)")?.st_mtim.tv_sec ?? 0) > 0
  }

  @Test func `it touches the hearts that it is given`() async throws {
    try await with { world in
      #expect(world.run("beat", "web").code == 0)
      #expect(hasBeaten(world, "web") && !hasBeaten(world, "db"))
      #expect(world.run("beat", "web", "db").code == 0)
      #expect(hasBeaten(world, "db"))
    }
  }

  @Test func `an unknown heart does not keep the others from beating`() async throws {
    try await with { world in
      let outcome = world.run("beat", "nobody", "db")
      #expect(outcome.code == 66)
      #expect(
        outcome.errors.contains("unable to touch \(world.state.path)/beats/nobody: No such file"))
      #expect(hasBeaten(world, "db"))
      #expect(!world.exists("run/beats/nobody"))
    }
  }

  @Test func `with a command it beats only when that succeeds`() async throws {
    try await with { world in
      #expect(world.run("beat", "web", "--", "sh", "-c", "exit 3").code == 3)
      #expect(!hasBeaten(world, "web"))
      #expect(world.run("beat", "web", "--", "sh", "-c", "kill -9 $$").code == 137)
      #expect(!hasBeaten(world, "web"))
      #expect(world.run("beat", "web", "--", "true", "--state", "/nowhere").code == 0)
      #expect(hasBeaten(world, "web"))
    }
  }

  @Test func `a command that hangs is killed with its group`() async throws {
    try await with { world in
      let script = "echo $$ >\(world.root.path)/pid; sleep 1000 & wait"
      let outcome = world.run("beat", "--limit", "1", "web", "--", "sh", "-c", script)
      #expect(outcome.code == 75)
      #expect(outcome.errors == "beat: sh did not exit within 1 s: killed, no beat\n")
      let pid = try #require(Int32(world.text("pid")!.trimmingCharacters(in: .newlines)))
      #expect(await world.waits(upTo: 2) { World.living { getpgid($0) == pid }.isEmpty })
      #expect(!hasBeaten(world, "web"))
    }
  }

  @Test func `a missing command is told apart from one that fails`() async throws {
    try await with { world in
      let outcome = world.run("beat", "web", "--", "/no/such/command")
      #expect(outcome.code == 66)
      #expect(outcome.errors == "beat: unable to run /no/such/command: No such file or directory\n")
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can be somebody else"))
  func `only the owner of a heart can beat`() async throws {
    try await with { world in
      chmod(world.root.path, 0o755)
      chown(world.config.appending(path: "hearts/web").path, 65534, 65534)
      world.run("mark-problems")
      #expect(world.status("run/beats/web")?.st_uid == 65534)
      func beat(as user: String, _ name: String) -> Int32 {
        world.run(
          "/usr/bin/setpriv", "--reuid", user, "--clear-groups", "touch", "-c",
          world.state.appending(path: "beats/\(name)").path
        ).code
      }
      #expect(beat(as: "65534", "web") == 0)
      #expect(hasBeaten(world, "web"))
      #expect(beat(as: "65534", "db") != 0)
      #expect(!hasBeaten(world, "db"))
    }
  }

  @Test(arguments: [
    [], ["a/b"], ["../x"], ["web", "--"], ["--limit", "0", "web"], ["--limit", "x", "web"],
  ])
  func `a wrong command line is reported`(arguments: [String]) async throws {
    try await with { world in
      let outcome = world.run("beat", arguments)
      #expect(outcome.code == 64 && outcome.errors.hasPrefix("beat: "), "\(outcome)")
    }
  }

  @Test func `a dry run lets nothing beat`() async throws {
    try await with { world in
      #expect(world.run("beat", "--dry-run", "web").output == "would touch beats/web\n")
      #expect(!hasBeaten(world, "web"))
    }
  }
}
