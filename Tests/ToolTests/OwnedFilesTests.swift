import Foundation
import TestSupport
import Testing

/// What the owner of a heart can do to the files that are his concerns his heart only. Attacks by real accounts are in
/// Tests/hostile.
@Suite struct OwnedFilesTests {
  /// What he does, with the path of his beat; it says "done" and lasts as long as it has to.
  enum Mischief: String, CaseIterable, Sendable {
    case fills = "with open(path, 'wb') as f: f.write(bytes(100000))"
    case makesHoles = "os.truncate(path, 1 << 40)"
    case takesBlocksBeyondTheEnd =
      "f = os.open(path, os.O_WRONLY); ctypes.CDLL(None).fallocate(f, 1, ctypes.c_long(0), ctypes.c_long(1 << 20))"
    case datesIt = "os.utime(path, (1 << 60, 1 << 60))"
    case datesItBeforeTime = "os.utime(path, (-(1 << 63), -(1 << 63)))"
    case takesRights = "os.chmod(path, 0)"
    case givesRights = "os.chmod(path, 0o7777)"
    case leasesItFull =
      "open(path, 'w').write('x'); f = open(path, 'r+'); fcntl.fcntl(f, fcntl.F_SETLEASE, fcntl.F_WRLCK)"
    case locksIt = "f = open(path, 'r+'); fcntl.flock(f, fcntl.LOCK_EX)"
    case executesIt =
      "shutil.copy('/bin/sleep', path); os.chmod(path, 0o755); subprocess.Popen([path, '600'])"
    case linksIt = "os.link(path, path + '-more')"
  }

  private func commit(_ mischief: Mischief, _ world: World) async throws -> Process {
    let script = """
      import ctypes, fcntl, os, shutil, signal, subprocess, sys, time
      signal.signal(signal.SIGIO, signal.SIG_IGN)
      path = sys.argv[1]
      \(mischief.rawValue)
      open(sys.argv[2], "w").close()
      time.sleep(600)
      """
    let process = world.process(
      "/usr/bin/env",
      ["python3", "-c", script, world.path(of: "run/beats/web"), world.path(of: "done")])
    try process.run()
    try #require(await world.waits(upTo: 20) { world.exists("done") })
    return process
  }

  @Test(arguments: Mischief.allCases)
  func `what an owner does to his beat blinds no tool to the others`(_ mischief: Mischief)
    async throws
  {
    try await World.with { world in
      try world.heart("web", "100\n")
      try world.heart("other", "2\n")
      var clock = FakeClock()
      #expect(world.run("mark-problems", at: clock).code == 0)
      let process = try await commit(mischief, world)
      defer {
        for child in World.living({ pid in
          (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe"))?
            .contains(world.path) == true
        }) { kill(child, SIGKILL) }
        process.end()
      }
      for _ in 0..<5 {
        clock.advance(1)
        for tool in ["mark-problems", "solve-problems", "check-solutions"] {
          let outcome = world.run(tool, at: clock)
          #expect(outcome.code == 0, "\(tool): \(outcome.errors)")
        }
      }
      #expect(world.names(in: "run/problems") == ["other"])
      let beat = try #require(world.status("run/beats/web"))
      #expect(beat.st_size == 0 && beat.st_blocks == 0)
      for words in [["status"], ["metrics"], ["explain", "web"]] {
        #expect(world.run("watchdog-chain", words).code <= 2)
      }
      #expect(world.run("beat", "web", "other").code == 0)
      // The lock is his, and so is what comes of it.
      let checked = world.run("beat", "web", "other", "--", "true")
      #expect([0, 75].contains(checked.code), "\(checked.errors)")
      #expect(world.status("run/beats/other")?.st_mtim.tv_sec ?? 0 > 1_000_000)
    }
  }

  @Test func `what is cut keeps its date`() async throws {
    try await World.with { world in
      try world.heart("web", "3\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      for second in 0..<6 {
        if second == 1 { try world.write("a pid", to: "run/beats/web", mode: 0o600) }
        if second < 2 { world.date("run/beats/web", clock.realtime) }
        #expect(world.run("mark-problems", at: clock).errors == "", "a pid is not worth a word")
        #expect(world.status("run/beats/web")?.st_size == 0)
        #expect(world.names(in: "run/problems") == (second < 5 ? [] : ["web"]))
        clock.advance(1)
      }
    }
  }
}

/// Who beats, and who sets limits.
@Suite(.enabled(if: getuid() == 0, "only root can give files away"))
struct BeatingUserTests {
  private func owner(_ world: World) -> uid_t? { world.status("run/beats/web")?.st_uid }

  @Test func `of NAME user says who beats, by name or number`() async throws {
    try await World.with { world in
      try world.heart("web", "3\n")
      try world.put("nobody # who serves\n", at: "etc/of/web/user")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      #expect(owner(world) == 65534)
      let stranger = [
        "--reuid", "65534", "--clear-groups", toolsFolder.appending(path: "beat").path, "web",
      ]
      #expect(world.run("/usr/bin/setpriv", stranger).code == 0)
      for _ in 0..<70 {
        clock.advance(1)
        world.date("run/beats/web", clock.realtime)
        #expect(world.run("mark-problems", at: clock).errors == "")
      }
      #expect(owner(world) == 65534 && world.names(in: "run/problems").isEmpty)
      try world.put("54321\n", at: "etc/of/web/user")
      for _ in 0..<61 {
        clock.advance(1)
        if owner(world) == 65534 { world.date("run/beats/web", clock.realtime) }
        world.run("mark-problems", at: clock)
      }
      #expect(owner(world) == 54321, "within a minute")
    }
  }

  @Test(arguments: ["gone", "late"])
  func `a program that is started for another user can beat at once`(how: String) async throws {
    try await World.with { world in
      try world.heart("web", "30\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      world.date("run/beats/web", clock.realtime)
      clock.advance(1)
      world.run("mark-problems", at: clock)
      try world.put("nobody\n", at: "etc/of/web/user")
      if how == "gone" { try world.write("4194000 1\n", to: "run/pids/web") }
      // Each second, for after a longer pause everything is asked anew.
      for _ in 0..<(how == "gone" ? 1 : 31) {
        clock.advance(1)
        world.run("mark-problems", at: clock)
      }
      #expect(owner(world) == 65534)
      #expect(world.exists("run/problems/web") == (how == "gone"))
    }
  }

  @Test func `who is no user is told, and he who beat before goes on`() async throws {
    try await World.with { world in
      try world.heart("web", "30\n")
      try world.put("nosuch\n", at: "etc/of/web/user")
      var clock = FakeClock()
      let said = world.run("mark-problems", at: clock).errors
      clock.advance(1)
      #expect(world.run("mark-problems", at: clock).errors == "")
      world.run("mark-problems", at: clock)
      #expect(said.contains("of/web/user: \"nosuch\" is no user of /etc/passwd"))
      #expect(world.run("watchdog-chain", "check").output.contains("is no user of /etc/passwd"))
    }
  }

  @Test func `an old tree goes on working, and check says what it lets its user do`() async throws {
    try await World.with { world in
      try world.heart("web", "3\n")
      chown(world.path(of: "etc/hearts/web"), 65534, 65534)
      let clock = FakeClock()
      world.run("mark-problems", at: clock)
      #expect(owner(world) == 65534)
      let words = "it belongs to user 65534, who can set its limits"
      #expect(world.run("watchdog-chain", "check").output.contains(words))
      try world.put("nobody\n", at: "etc/of/web/user")
      #expect(!world.run("watchdog-chain", "check").output.contains(words), "root said that he may")
    }
  }

  /// By chown -R, or by a copy or a checkout of all of /etc/watchdog.
  @Test func `who had a heart before root beats on, and is named`() async throws {
    try await World.with { world in
      try world.heart("web", "3\n")
      let path = world.path(of: "etc/hearts/web")
      chown(path, 65534, 65534)
      world.run("mark-problems")
      #expect(owner(world) == 65534)
      chown(path, 0, 0)
      let said = world.run("mark-problems").errors
      #expect(said.contains("user 65534, who beat for it before, goes on until the next boot"))
      for _ in 0..<2 {
        #expect(owner(world) == 65534)
        chown(path, 0, 0)
        world.run("mark-problems")
      }
      let words = "it belongs to root now, and user 65534, who had it before"
      #expect(world.run("watchdog-chain", "check").output.contains(words))
      chown(path, 12_345, 12_345)
      world.run("mark-problems")
      #expect(owner(world) == 12_345, "another user than root is meant")
      try world.put("0\n", at: "etc/of/web/user")
      chown(path, 0, 0)
      world.run("mark-problems")
      #expect(owner(world) == 0, "this is meant as well")
    }
  }

  @Test func `the data and log folders of others are refused`() async throws {
    try await World.withPrograms { world in
      chown(world.path(of: "data"), 65534, 65534)
      try world.heart("web", "2\n")
      var clock = FakeClock()
      var said = ""
      for _ in 0..<4 {
        said += world.run("mark-problems", at: clock).errors
        clock.advance(1)
      }
      #expect(said.contains("data: it belongs to user 65534"))
      #expect(world.names(in: "data").isEmpty && world.exists("run/problems/web"))
      for tool in ["mark-problems", "solve-problems", "check-solutions", "kill-stamped"] {
        chown(world.path(of: "run"), 65534, 65534)
        #expect(world.run(tool).code == 77, "\(tool)")
        chown(world.path(of: "run"), 0, 0)
      }
    }
  }
}
