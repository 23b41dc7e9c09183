import Foundation
import TestSupport
import Testing

@Suite struct KillStampedTests {
  private func start(_ world: World, _ name: String, _ command: String...) throws -> Int32 {
    #expect(world.run("run-stamped", ["--background", name, "--"] + command).code == 0)
    return try #require(world.pid(of: name))
  }

  @Test func `only the named heart is ended, with everything that it started`() async throws {
    try await World.withPrograms { world in
      let web = try start(
        world, "web", "sh", "-c",
        "sleep 1001 & echo $! >>\(world.root.path)/kids; setsid sleep 1002 & "
          + "echo $! >>\(world.root.path)/kids; wait")
      let database = try start(world, "db", "sleep", "1000")
      #expect(await world.waits(upTo: 10) { world.numbers("kids").count == 2 })
      #expect(world.run("kill-stamped", "web").code == 0)
      for pid in [web] + world.numbers("kids") { #expect(!World.runs(pid)) }
      #expect(World.runs(database))
      #expect(world.run("kill-stamped").code == 0)
      #expect(!World.runs(database))
    }
  }

  @Test func `nothing to do is success`() async throws {
    try await World.withPrograms { world in
      let before = world.snapshot(".")
      for arguments in [[], ["web"], ["--dry-run"]] {
        let outcome = world.run("kill-stamped", arguments)
        #expect(outcome.code == 0 && outcome.errors == "" && outcome.output == "")
      }
      #expect(world.snapshot(".") == before)
      try FileManager.default.removeItem(at: world.state)
      #expect(world.run("kill-stamped").code == 0)
      #expect(!world.exists("run"))
    }
  }

  @Test func `a dry run says which processes would be ended, and why`() async throws {
    try await World.withPrograms { world in
      let web = try start(world, "web", "sleep", "1000")
      let before = world.snapshot(".")
      let outcome = world.run("kill-stamped", "--dry-run", "web")
      #expect(outcome.code == 0)
      #expect(outcome.output.hasPrefix("would end \(web) (sleep), state "))
      #expect(outcome.output.hasSuffix(": has the stamp in its environment\n"))
      #expect(world.run("kill-stamped", "--dry-run", "db").output == "")
      #expect(World.runs(web))
      #expect(world.snapshot(".") == before)
    }
  }

  @Test func `a process without a stamp, or with another world's, is left alone`() async throws {
    try await World.withPrograms { world in
      let plain = world.process("/bin/sleep", ["1000"])
      try plain.run()
      defer { plain.end() }
      try await World.withPrograms { other in
        let theirs = try start(other, "web", "sleep", "1000")
        let ours = try start(world, "web", "sleep", "1000")
        #expect(world.run("kill-stamped").code == 0)
        #expect(!World.runs(ours))
        #expect(World.runs(theirs) && World.runs(plain.processIdentifier))
      }
    }
  }

  /// One that ends while its path in /proc is walked: ESRCH of proc_pid_permission (fs/proc/base.c), seen once in thousands.
  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func `a process that ends while it is looked for ends no look`() async throws {
    try await World.withPrograms { world in
      let web = try start(world, "web", "sleep", "1000")
      let database = try start(world, "db", "sleep", "1000")
      let outcome = world.run(
        "/usr/bin/strace",
        [
          "-o", world.path(of: "calls"), "-P", "\(database)/stat", "-e", "trace=openat", "-e",
          "inject=openat:error=ESRCH", toolsFolder.appending(path: "kill-stamped").path, "web",
        ])
      #expect(world.text("calls")?.contains("(INJECTED)") == true)
      #expect(outcome.code == 0, "\(outcome)")
      #expect(!World.runs(web) && World.runs(database))
    }
  }

  @Test func `a process that does not exit when asked is killed`() async throws {
    try await World.withPrograms { world in
      let web = try start(
        world, "web", "sh", "-c",
        "trap 'echo asked >>\(world.root.path)/asked' TERM; : >\(world.root.path)/ready; "
          + "while :; do sleep 0.1; done")
      #expect(await world.waits(upTo: 10) { world.exists("ready") })
      #expect(world.run("kill-stamped", "--grace", "1", "web").code == 0)
      #expect(!World.runs(web))
      #expect(world.text("asked") == "asked\n", "once")
    }
  }

  @Test func `a stopped process is told to exit`() async throws {
    try await World.withPrograms { world in
      let web = try start(
        world, "web", "sh", "-c",
        "trap 'echo asked >>\(world.root.path)/asked; exit' TERM; : >\(world.root.path)/ready; "
          + "while :; do sleep 0.1; done")
      #expect(await world.waits(upTo: 10) { world.exists("ready") })
      kill(web, SIGSTOP)
      #expect(world.run("kill-stamped", "--grace", "20", "web").code == 0)
      #expect(world.text("asked") == "asked\n")
    }
  }

  @Test func `the process that started it is not ended`() async throws {
    try await World.withPrograms { world in
      let outcome = world.run(
        "run-stamped", "--keep-output", "web", "--", "sh", "-c",
        "sleep 1000 & kill-stamped && wait $!; echo alive, and the other was ended by $?")
      #expect(outcome.code == 0 && outcome.output == "alive, and the other was ended by 143\n")
    }
  }
}
