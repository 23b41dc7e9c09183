import Foundation
import TestSupport
import Testing

/// What a person would write to have a program guarded, and take away again.
@Suite struct GuardTests {
  private func with(_ body: (World) async throws -> Void) async throws {
    try await World.with { world in
      for folder in ["hearts", "programs", "solutions", "of", "solutions.available"] {
        try world.makeFolder("etc/\(folder)")
      }
      try world.script("etc/solutions.available/systemd", "exit 0")
      try world.script("program", "exec sleep 1000")
      try await body(world)
    }
  }

  /// Every file of the configuration.
  private func files(_ world: World) -> [String] {
    let below = FileManager.default.subpaths(atPath: world.config.path) ?? []
    return below.filter { !$0.contains("available") && $0.contains("/") }.sorted()
  }

  private func guardIt(_ world: World, _ words: String...) -> Outcome {
    world.run("watchdog-chain", ["guard"] + words)
  }

  @Test func `a program is guarded, is started by the chain, and is left alone again`() async throws
  {
    try await with { world in
      let program = world.path(of: "program")
      let outcome = guardIt(
        world, "--limit", "20", "--start-limit", "60", "web", "--", program, "it's")
      #expect(outcome.code == 0 && outcome.errors == "", "\(outcome)")
      #expect(files(world) == ["hearts/web", "programs/web"])
      #expect(world.text("etc/hearts/web") == "20 60\n")
      #expect(world.text("etc/programs/web") == "#!/bin/sh\nexec \(program) 'it'\\''s'\n")
      #expect(outcome.output.contains("\(world.config.path)/programs/web\n    #!/bin/sh\n"))
      world.run("mark-problems")
      #expect(world.run("solve-problems", "--solve", "web").code == 0)
      #expect(world.run("kill-stamped", "--dry-run", "web").output.contains("would end"))
      world.run("kill-stamped", "web")
      let end = world.run("watchdog-chain", "unguard", "web")
      #expect(end.code == 0 && files(world) == [] && end.output.contains("kill-stamped web"))
      let again = world.run("watchdog-chain", "unguard", "web")
      #expect(
        again.code == 66 && again.errors.contains("nothing in \(world.config.path) guards it"))
    }
  }

  @Test func `a user's program runs as that user, which alone beats`() async throws {
    try await with { world in
      let outcome = guardIt(world, "--user", "nobody", "web", "--", world.path(of: "program"))
      #expect(outcome.code == 0, "\(outcome)")
      #expect(world.text("etc/of/web/user") == "nobody\n")
      #expect(
        world.text("etc/programs/web")?.contains(
          "exec run-stamped --user nobody --keep-output web -- /") == true)
      try world.write("5\n", to: "etc/of/web/grace")
      #expect(world.run("watchdog-chain", "unguard", "web").code == 0)
      #expect(files(world) == ["of/web", "of/web/grace"], "what a person wrote stays")
    }
  }

  @Test func `a unit is guarded by a link to what restarts it`() async throws {
    try await with { world in
      #expect(guardIt(world, "--solution", "systemd", "nginx").code == 0)
      #expect(files(world) == ["hearts/nginx", "solutions/nginx"])
      let target = try FileManager.default.destinationOfSymbolicLink(
        atPath: world.path(of: "etc/solutions/nginx"))
      #expect(target == "../solutions.available/systemd")
      let end = world.run("watchdog-chain", "unguard", "nginx")
      #expect(end.code == 0 && !end.output.contains("kill-stamped"), "systemd ends it")
      #expect(files(world) == [])
    }
  }

  @Test func `nothing is written to show it`() async throws {
    try await with { world in
      let outcome = guardIt(world, "--dry-run", "web", "--", "sh", "-c", "exit 1")
      #expect(outcome.code == 0 && outcome.output.contains("sh -c 'exit 1'\n"))
      #expect(files(world) == [])
    }
  }

  @Test(arguments: [
    (["web"], 64, "say after -- how it is started"),
    (["a.b", "--", "true"], 64, "is no name"),
    (["web", "--", "no-such-program"], 66, "there is no executable of that name"),
    (["--user", "no-such-user", "web", "--", "true"], 64, "there is no user"),
    (["--limit", "1", "web", "--", "true"], 64, "the time between two looks"),
    (["sshd", "--", "true"], 78, "let it only be marked"),
    (["--limit", "x", "web", "--", "true"], 64, "no whole number of seconds"),
    (["--solution", "nix", "web"], 64, "is no solution"),
    (["--solution", "systemd", "web", "--", "true"], 64, "give it no COMMAND"),
  ])
  func `what check would complain of is refused`(words: [String], code: Int32, reason: String)
    async throws
  {
    try await with { world in
      let outcome = world.run("watchdog-chain", ["guard"] + words)
      #expect(outcome.code == code && outcome.errors.contains(reason), "\(outcome)")
      #expect(files(world) == [])
    }
  }

  @Test(arguments: ["hearts/web", "programs/web", "solutions/web"])
  func `what is there already is not written over`(file: String) async throws {
    try await with { world in
      try world.write("30\n", to: "etc/\(file)")
      let outcome = guardIt(world, "web", "--", "true")
      #expect(outcome.code == 73 && outcome.errors.contains("is there already"), "\(outcome)")
      #expect(files(world) == [file] && world.text("etc/\(file)") == "30\n")
    }
  }

  @Test func `what cannot be finished is taken back`() async throws {
    try await with { world in
      try world.remove("etc/hearts")
      try world.write("", to: "etc/hearts")
      let outcome = guardIt(world, "web", "--", "true")
      #expect(outcome.code != 0 && outcome.errors.contains("hearts/web"), "\(outcome)")
      #expect(files(world) == [])
    }
  }
}
