import Foundation
import TestSupport
import Testing

/// What must not go from one user to another. Attacks by real accounts are in Tests/hostile.
@Suite struct HostileTests {
  @Test func `a program begins in a clean environment, in the root directory`() async throws {
    try await World.withPrograms { world in
      let process = world.process(
        "run-stamped", ["--keep-output", "web", "--", "/bin/sh", "-c", "pwd; env"])
      process.environment?["SECRET"] = "administrators"
      process.environment?["LC_TIME"] = "C"
      let path = process.environment?["PATH"] ?? ""
      process.environment?["PATH"] = ".:\(path)"
      process.currentDirectoryURL = world.root
      let lines = process.outcome().output.split(separator: "\n")
      #expect(lines.first == "/")
      #expect(lines.contains("LC_TIME=C") && !lines.contains { $0.hasPrefix("SECRET=") })
      #expect(lines.contains { $0.hasPrefix("PATH=/") })
      #expect(lines.contains { $0.hasPrefix("WATCHDOG_KEY=") })
    }
  }

  @Test func `what is asked for is kept`() async throws {
    try await World.withPrograms { world in
      let process = world.process(
        "run-stamped",
        ["--keep-output", "--keep-environment", "web", "--", "/bin/sh", "-c", "pwd; echo $SECRET"])
      process.environment?["SECRET"] = "handed on"
      process.currentDirectoryURL = world.root
      #expect(process.outcome().output == "\(world.path)\nhanded on\n")
    }
  }

  @Test func `a program has no descriptors of its starter`() async throws {
    try await World.withPrograms { world in
      let tool = toolsFolder.appending(path: "run-stamped").path
      let outcome = world.run(
        "/bin/sh",
        ["-c", "exec '\(tool)' --keep-output web -- /bin/ls /proc/self/fd 7</etc/passwd"])
      #expect(!outcome.output.split(separator: "\n").contains("7"))
    }
  }

  @Test func `a relative command is found where its caller is`() async throws {
    try await World.withPrograms { world in
      try world.script("here", "echo found")
      let process = world.process("run-stamped", ["--keep-output", "web", "--", "./here"])
      process.currentDirectoryURL = world.root
      #expect(process.outcome().output == "found\n")
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `a log in the folder of somebody else is not opened by root`() async throws {
    try await World.withPrograms { world in
      try world.makeFolder("theirs")
      chown(world.path(of: "theirs"), 65534, 65534)
      let outcome = world.run(
        "run-stamped", "--log", world.path(of: "theirs/log"), "web", "--", "echo", "words")
      #expect(outcome.code == 0 && outcome.errors.contains("its output is lost"))
      #expect(!world.exists("theirs/log"))
      #expect(
        world.run(
          "run-stamped", "--user", "nobody", "--log", world.path(of: "theirs/log"), "web", "--",
          "echo", "words"
        ).code == 0)
      #expect(world.status("theirs/log")?.st_uid == 65534 && world.text("theirs/log") == "words\n")
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `the state folder of somebody else is refused by kill-stamped`() async throws {
    try await World.withPrograms { world in
      #expect(world.run("run-stamped", "--background", "web", "--", "sleep", "1000").code == 0)
      let web = try #require(world.pid(of: "web"))
      for path in ["run", "run/pids", "run/keys"] {
        chown(world.path(of: path), 65534, 65534)
        #expect(world.run("kill-stamped", "web").code == 77, "\(path)")
        #expect(World.runs(web))
        chown(world.path(of: path), 0, 0)
      }
      #expect(world.run("kill-stamped", "web").code == 0 && !World.runs(web))
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can be somebody else"))
  func `a claim that cannot be proven is killed and told, and is nothing to go on`() async throws {
    try await World.withPrograms { world in
      #expect(world.run("run-stamped", "--background", "web", "--", "sleep", "1000").code == 0)
      let stamp = try #require(world.text("run/stamp")).dropLast()
      let forger = world.process(
        "/usr/bin/setpriv", ["--reuid", "65534", "--clear-groups", "sleep", "1000"])
      forger.environment?["WATCHDOG_STAMP"] = String(stamp)
      forger.environment?["WATCHDOG_HEART"] = "web"
      try forger.run()
      defer { forger.end() }
      let pid = forger.processIdentifier
      #expect(
        await world.waits(upTo: 10) {
          (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) == "sleep\n"
        })
      let dry = world.run("kill-stamped", "--dry-run", "web").output
      #expect(
        dry.contains("would end \(pid) (sleep), state S: claims the stamp, and cannot prove it"))
      let outcome = world.run("kill-stamped", "web")
      #expect(outcome.code == 0 && outcome.errors.contains("could not prove the stamp"))
      #expect(await world.waits(upTo: 10) { !World.runs(pid) })
    }
  }

  @Test func `what is spared lives on with all that it started`() async throws {
    try await World.withPrograms { world in
      try FileManager.default.copyItem(atPath: "/bin/dash", toPath: world.path(of: "desk"))
      try world.put("desk\n", at: "etc/of/web/spare")
      let script =
        "\(world.path)/desk -c 'echo $$ >>\(world.path)/spared; sleep 1003 & "
        + "echo $! >>\(world.path)/spared; wait' & sleep 1004 & echo $! >\(world.path)/ended; wait"
      #expect(
        world.run("run-stamped", "--background", "web", "--", "sh", "-c", script).code == 0)
      let web = try #require(world.pid(of: "web"))
      #expect(
        await world.waits(upTo: 10) {
          world.numbers("spared").count == 2 && world.numbers("ended").count == 1
        })
      #expect(world.run("kill-stamped", "web").code == 0)
      for pid in world.numbers("spared") { #expect(World.runs(pid)) }
      for pid in [web] + world.numbers("ended") { #expect(!World.runs(pid)) }
      try world.remove("etc/of/web/spare")
      #expect(world.run("kill-stamped", "web").code == 0)
      for pid in world.numbers("spared") { #expect(!World.runs(pid)) }
    }
  }

  @Test func `one check of a heart is run at a time`() async throws {
    try await World.with { world in
      try world.heart("web", "30\n")
      world.run("mark-problems")
      let script = ": >\(world.path)/begun; exec sleep 1000"
      let first = world.process("beat", ["--limit", "60", "web", "--", "sh", "-c", script])
      try first.run()
      defer { first.end() }
      #expect(await world.waits(upTo: 10) { world.exists("begun") })
      let outcome = world.run("beat", "web", "--", "true")
      #expect(outcome.code == 75)
      #expect(outcome.errors.contains("an earlier command for web has not ended yet"))
      #expect(world.status("run/beats/web").map { $0.st_mode & 0o777 } == 0o600)
    }
  }
}
