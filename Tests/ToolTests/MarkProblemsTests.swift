import Foundation
import TestSupport
import Testing

@Suite struct MarkProblemsTests {
  @Test func `a heart that is late becomes a problem and is never touched again`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      var clock = FakeClock()
      world.date("etc/hearts/web", clock.realtime - 1000)
      for _ in 0..<3 {
        #expect(world.run("mark-problems", at: clock).code == 0)
        clock.advance(0.9)
      }
      #expect(world.names(in: "run/problems").isEmpty)
      #expect(world.run("mark-problems", at: clock).code == 0)
      let lines = try #require(world.text("run/problems/web")).split(separator: "\n")
      #expect(lines.count == 3)
      #expect(lines.first == "mark-problems")
      #expect(lines[1].contains("the limit is 2 s"))
      #expect(lines[2] == "beat -", "it never beat")
      let before = world.snapshot("run/problems")
      for _ in 0..<5 {
        clock.advance(1)
        world.run("mark-problems", at: clock)
      }
      #expect(world.snapshot("run/problems") == before)
    }
  }

  @Test func `beat files are made empty and dated 1970, and count`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      let beat = try #require(world.status("run/beats/web"))
      #expect(beat.st_size == 0 && beat.st_mtim.tv_sec == 0)
      for _ in 0..<10 {
        clock.advance(1)
        world.date("run/beats/web", clock.realtime - 1)
        world.run("mark-problems", at: clock)
      }
      #expect(world.names(in: "run/problems").isEmpty)
    }
  }

  @Test func `a restarted program has the second number for its first beat`() async throws {
    try await World.with { world in
      try world.heart("web", "2 10\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      world.date("run/beats/web", clock.realtime)
      try world.write("", to: "run/starts/web")
      world.date("run/starts/web", clock.realtime + 1)
      for _ in 0..<9 {
        clock.advance(1)
        world.run("mark-problems", at: clock)
        #expect(world.names(in: "run/problems").isEmpty)
      }
      for _ in 0..<3 {
        clock.advance(1)
        world.run("mark-problems", at: clock)
      }
      #expect(world.text("run/problems/web")?.contains("no first beat") == true)
    }
  }

  @Test func `whatever takes the place of a beat is replaced`() async throws {
    try await World.with { world in
      for name in ["fifo", "link", "large"] { try world.heart(name, "2\n") }
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      let beats = world.state.appending(path: "beats")
      for name in ["fifo", "link"] {
        try FileManager.default.removeItem(at: beats.appending(path: name))
      }
      mkfifo(beats.appending(path: "fifo").path, 0o644)
      try world.write("mine", to: "target")
      symlink(world.root.appending(path: "target").path, beats.appending(path: "link").path)
      truncate(beats.appending(path: "large").path, 1 << 30)
      clock.advance(1)
      world.date("run/beats/large", clock.realtime)
      let outcome = world.run("mark-problems", at: clock)
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("beats/large"), "\(outcome.errors)")
      for name in ["fifo", "link"] {
        let beat = try #require(world.status("run/beats/\(name)"))
        #expect(beat.st_mode & S_IFMT == S_IFREG && beat.st_mtim.tv_sec == 0)
      }
      #expect(world.text("target") == "mine")
      #expect(world.names(in: "run/problems").isEmpty)
    }
  }

  @Test func `a process that is gone is noticed, however long the limit`() async throws {
    try await World.with { world in
      for name in ["alive", "dead", "reused"] { try world.heart(name, "3600\n") }
      world.run("mark-problems")
      let running = world.process("/bin/sleep", ["100"])
      try running.run()
      defer { running.end() }
      let ended = world.process("/bin/true")
      try ended.run()
      ended.waitUntilExit()
      let start = try startTime(of: running.processIdentifier)
      try world.write("\(running.processIdentifier) \(start)\n", to: "run/pids/alive")
      try world.write("\(running.processIdentifier) \(start - 1)\n", to: "run/pids/reused")
      try world.write("\(ended.processIdentifier) 5\n", to: "run/pids/dead")
      try world.write("\(ended.processIdentifier) 5\n", to: "run/pids/heartless")
      #expect(world.run("mark-problems").code == 0)
      #expect(world.names(in: "run/problems") == ["dead", "reused"])
      #expect(world.text("run/problems/dead")?.contains("\nits process is gone\n") == true)
    }
  }

  private func startTime(of pid: Int32) throws -> Int {
    let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
    let end = try #require(stat.lastIndex(of: ")"))
    return try #require(Int(stat[end...].split(separator: " ")[20]))
  }

  @Test func `scripts can mark what they detect`() async throws {
    try await World.with { world in
      #expect(
        world.run("mark-problems", "--mark", "disk", "--detector", "smart", "5 bad").code == 0)
      #expect(world.text("run/problems/disk") == "smart\n5 bad\n")
      #expect(world.run("mark-problems", "--mark", "disk", "again").code == 0)
      // A script's mark is not a heart's: no beat, and no missing heart, takes it away.
      world.run("mark-problems", "--mark", "db", "replication is broken")
      #expect(world.text("run/problems/db") == "mark-problems --mark\nreplication is broken\n")
      world.run("solve-problems")
      #expect(world.exists("run/problems/db"))
      try world.remove("run/problems/db")
      #expect(world.text("run/problems/disk") == "smart\n5 bad\n")
      world.run("mark-problems", "--mark", "odd", "two\nlines\u{1B}[31m")
      #expect(world.text("run/problems/odd") == "mark-problems --mark\ntwo\\x0alines\\x1b[31m\n")
    }
  }

  @Test(arguments: [
    "../evil", "a/b", "a b", "", ".", "..", String(repeating: "x", count: 300), "ä",
  ])
  func `invalid names are refused`(name: String) async throws {
    try await World.with { world in
      let outcome = world.run("mark-problems", "--mark", name, "why")
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasPrefix("mark-problems: ") && outcome.errors.contains("is no name"))
      #expect(world.names(in: ".").sorted() == ["data", "etc"])
    }
  }

  @Test func `a dry run changes nothing and says what it would do`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      var clock = FakeClock()
      world.date("etc/hearts/web", clock.realtime - 100)
      for _ in 0..<3 {
        world.run("mark-problems", at: clock)
        clock.advance(0.9)
      }
      try world.heart("db", "2\n")
      try world.heart("bad", "x\n")
      let before = world.snapshot("run")
      let outcome = world.run("mark-problems", "--dry-run", at: clock)
      #expect(outcome.output.contains("would mark web: "))
      #expect(outcome.output.contains("would make beats/db"))
      #expect(world.snapshot("run") == before)
    }
  }

  @Test func `a run that could not do its work is no sign of life`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      let alive = try #require(world.status("run/alive/mark-problems"))
      try FileManager.default.moveItem(
        at: world.config.appending(path: "hearts"), to: world.config.appending(path: "away"))
      clock.advance(1)
      let outcome = world.run("mark-problems", at: clock)
      #expect(outcome.code == 66)
      #expect(outcome.errors.hasPrefix("mark-problems: unable to open \(world.config.path)/hearts"))
      #expect(world.status("run/alive/mark-problems")?.st_ino == alive.st_ino)
    }
  }
}
