import Foundation
import TestSupport
import Testing

/// What tools note reaches the disk by a process of its own, and no tool waits for a disk that does not answer.
@Suite(.serialized) struct ClerkTests {
  /// A world whose incidents.jsonl is a full FIFO: to open it is as easy as ever, and whoever writes never comes back.
  private func withHangingDisk(_ body: (World) async throws -> Void) async throws {
    try await World.with { world in
      let path = world.root.appending(path: "data/incidents.jsonl").path
      mkfifo(path, 0o600)
      let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      let writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      while write(writer, "x", 1) == 1 {}
      defer {
        // Nobody reads any more: those that hang end.
        close(writer)
        close(reader)
        for pid in clerks(world) { kill(pid, SIGKILL) }
      }
      try await body(world)
    }
  }

  /// The clerks of a world: tools in a session of their own whose files are in it.
  private func clerks(_ world: World) -> [Int32] {
    let mark = "WATCHDOG_STATE=\(world.state.path)"
    return World.living { getsid($0) == getpgid($0) && World.environment(of: $0).contains(mark) }
      .filter { ProcessInfo.processInfo.processIdentifier != $0 }
  }

  private func mark(_ name: String, _ world: World, _ why: String = "why") -> Outcome {
    world.run("mark-problems", "--mark", name, "--detector", "smart", why)
  }

  // MARK: A disk that hangs

  @Test func `no tool waits for a disk that hangs`() async throws {
    try await withHangingDisk { world in
      try world.heart("web", "2\n")
      // The first runs, which are slower: files are read from the disk for the first time.
      world.run("mark-problems", "--dry-run")
      world.run("check-solutions", "--dry-run")
      var times: [Double] = []
      for number in 0..<10 {
        let plain = Patience.seconds { world.run("mark-problems", "--dry-run") }
        let marking = Patience.seconds { #expect(mark("p\(number)", world).code == 0) }
        times.append(marking - plain)
        let check = Patience.seconds { world.run("check-solutions") }
        times.append(check - plain)
      }
      #expect(times.allSatisfy { $0 < 0.3 }, "\(times)")
      #expect(clerks(world).count <= 2, "\(clerks(world))")
      #expect(!clerks(world).isEmpty, "one hangs")
      #expect(world.names(in: "run/problems").count == 10)
    }
  }

  /// A clerk holds no lock of the tool that sent it, and its output keeps nobody waiting.
  @Test func `a clerk that hangs holds up nothing else`() async throws {
    try await withHangingDisk { world in
      _ = mark("web", world)
      let pid = try #require(clerks(world).first)
      let folder = "/proc/\(pid)/fd"
      let files = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
      }
      for number in 0...2 {
        let file = try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)")
        #expect(file == "/dev/null")
      }
      let locks = files.filter { $0.contains("/locks/") }
      #expect(
        locks.allSatisfy { $0.hasSuffix("/clerk") || $0.hasSuffix("/clerk-next") }, "\(files)")
    }
  }

  /// Everything stamped is ended while a disk hangs: a clerk that a solver sent is not of it.
  @Test func `a clerk is no heart's program`() async throws {
    try await withHangingDisk { world in
      let stamp = try #require(
        { () -> String? in
          world.run("run-stamped", "web", "--", "/bin/true")
          return world.text("run/stamp")?.trimmingCharacters(in: .whitespacesAndNewlines)
        }())
      let process = world.process("mark-problems", ["--mark", "web", "why"])
      process.environment?["WATCHDOG_STAMP"] = stamp
      process.environment?["WATCHDOG_HEART"] = "web"
      try process.run()
      process.waitUntilExit()
      #expect(clerks(world).count == 1)
      #expect(world.run("kill-stamped", "--dry-run").output == "")
    }
  }

  // MARK: Nothing lost, nothing twice

  private func sentences(_ world: World) -> [String] {
    (world.text("data/incidents.jsonl") ?? "").split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?["why"] as? String
    }
  }

  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func `killed at each system call, it loses nothing and doubles nothing`() async throws {
    /// What a clerk calls: its process is the last that strace sees begin.
    let calls = [
      "openat", "rename,renameat,renameat2", "flock", "read,pread64", "write", "fsync", "close",
      "unlink,unlinkat", "newfstatat,fstatat64,fstat", "fcntl", "mkdir,mkdirat",
    ]
    for call in calls {
      for number in 1...6 {
        try await World.with { world in
          _ = mark("before", world, "before")
          let strace = world.process(
            "/usr/bin/strace",
            [
              "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
              "inject=\(call):signal=KILL:when=\(number)",
              toolsFolder.appending(path: "mark-problems").path, "--mark", "web", "killed",
            ])
          strace.standardError = FileHandle.nullDevice
          try strace.run()
          strace.waitUntilExit()
          _ = mark("after", world, "after")
          let carried = await world.waits(upTo: 10) {
            sentences(world).contains("after") && !world.exists("run/spool.taken")
          }
          let all = sentences(world)
          #expect(carried, "\(call) \(number): \(all)")
          // The tool itself may have been killed before it wrote anything.
          #expect(all.filter { $0 == "killed" }.count <= 1, "\(call) \(number): \(all)")
          if world.exists("run/problems/web"), all.count == 2 {
            #expect(all == ["before", "after"], "\(call) \(number)")
          }
          #expect(all.first == "before" && all.last == "after", "\(call) \(number): \(all)")
        }
      }
    }
  }

  /// What was in the spool before is there once, whichever call of a clerk is its last. Only clerks are traced here: the
  /// tool has nothing to note of its own.
  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func `what was spooled is carried once, wherever a clerk is killed`() async throws {
    for call in ["renameat", "openat", "write", "unlinkat", "flock", "read", "newfstatat", "fsync"]
    {
      for number in 1...12 {
        try await World.with { world in
          _ = mark("before", world, "before")
          let isThere = await world.waits(upTo: 10) { world.exists("data/left") }
          try #require(isThere)
          let line = try #require(world.text("data/incidents.jsonl"))
            .replacingOccurrences(of: "before", with: "spooled")
          try world.write("\n" + line, to: "run/spool")
          try FileManager.default.removeItem(at: world.state.appending(path: "booted"))
          let strace = world.process(
            "/usr/bin/strace",
            [
              "-f", "-o", "/dev/null", "-e", "trace=\(call)", "-e",
              "inject=\(call):signal=KILL:when=\(number)",
              toolsFolder.appending(path: "mark-problems").path,
            ])
          strace.standardError = FileHandle.nullDevice
          try strace.run()
          strace.waitUntilExit()
          _ = mark("after", world, "after")
          let carried = await world.waits(upTo: 10) { sentences(world).contains("after") }
          #expect(carried)
          #expect(sentences(world) == ["before", "spooled", "after"], "\(call) \(number)")
        }
      }
    }
  }

  @Test func `of a thousand at once each is there once`() async throws {
    try await World.with { world in
      for number in 0..<1000 { try world.heart("h\(number)", "5\n") }
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      for name in world.names(in: "etc/hearts") {
        world.date("etc/hearts/\(name)", clock.realtime - 60)
      }
      for _ in 0..<8 {
        clock.advance(1)
        world.run("mark-problems", at: clock)
      }
      #expect(world.names(in: "run/problems").count == 1000)
      #expect(
        await world.waits(upTo: 20) {
          world.text("data/incidents.jsonl")?.split(separator: "\n").count == 1000
        })
    }
  }

  // MARK: A disk that takes nothing

  @Test func `a disk that takes nothing is reported once and gets it later`() async throws {
    try await World.with { world in
      let data = world.root.appending(path: "data")
      try FileManager.default.removeItem(at: data)
      try world.write("in the way", to: "data")
      let first = mark("one", world, "one")
      #expect(first.code == 0)
      #expect(
        first.errors.hasPrefix("mark-problems: unable to open \(data.path): "), "\(first.errors)")
      let second = mark("two", world, "two")
      #expect(second.code == 0 && second.errors == "")
      try FileManager.default.removeItem(at: data)
      _ = mark("three", world, "three")
      #expect(await world.waits(upTo: 10) { sentences(world) == ["one", "two", "three"] })
    }
  }

  /// As where /run is full.
  @Test func `a spool that takes nothing is bypassed`() async throws {
    try await World.with { world in
      try FileManager.default.createDirectory(
        at: world.state.appending(path: "spool"), withIntermediateDirectories: true)
      let outcome = mark("one", world, "one")
      #expect(outcome.code == 0)
      #expect(outcome.errors.contains("unable to write \(world.state.path)/spool: "))
      #expect(await world.waits(upTo: 10) { sentences(world) == ["one"] })
    }
  }

  /// Who noted it was killed before it could send a clerk, and nothing else happens.
  @Test func `what has been in the spool for a minute is carried`() async throws {
    try await World.with { world in
      var clock = FakeClock(monotonic: 3600.5)
      world.run("mark-problems", at: clock)
      #expect(await world.waits(upTo: 10) { world.exists("data/left") })
      /// So that one of its looks is the first of a minute.
      func watchAMinute() {
        for seconds in [58.5, 1.5] {
          clock.advance(seconds)
          world.run("mark-problems", at: clock)
        }
      }
      let line =
        "{\"time\": \"2026-11-24T10:00:00.000Z\", \"uptime\": 9.000, \"boot\": \"\(Past.boot)\", "
        + "\"event\": \"note\", \"by\": \"a\", \"why\": \"left\"}\n"
      for file in ["run/spool", "run/spool.taken"] {
        try world.write("\n" + line, to: file)
        world.date("run/booted", clock.realtime + 59)
        watchAMinute()
        #expect(world.exists(file), "a clerk has just been here")
        watchAMinute()
        #expect(await world.waits(upTo: 10) { !world.exists(file) })
      }
      #expect(sentences(world) == ["left"], "the second is the first once more")
    }
  }

  @Test func `at the first run of a boot a clerk finds out why it was booted`() async throws {
    try await World.with { world in
      let line =
        "{\"time\": \"2026-11-24T10:00:00.000Z\", \"uptime\": 9.000, \"boot\": \"aaaaaaaa\", "
        + "\"event\": \"reboot\", \"problem\": \"web\", \"by\": \"check-solutions\", \"why\": \"w\"}\n"
      try world.write(line, to: "data/left")
      world.run("mark-problems")
      #expect(await world.waits(upTo: 10) { world.exists("data/left-before") })
      #expect(world.text("data/left-before") == line)
      // As many lines as nobody looks through.
      let note = line.replacingOccurrences(of: "\"reboot\"", with: "\"note\"")
        .replacingOccurrences(of: "aaaaaaaa", with: Past.boot)
      try world.write(String(repeating: note, count: 2000), to: "data/incidents.jsonl")
      let output = world.run("watchdog-chain", "status", "--json").output
      let json = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      let boot = try #require(json?["last-boot"] as? [String: Any])
      #expect(boot["cause"] as? String == "ladder")
    }
  }
}
