import Foundation
import TestSupport
import Testing

/// One name that cannot be looked at: it is passed over and told once, blinds no tool to the others, and no run fails for
/// it.
@Suite struct ObstacleTests {
  /// A world with a heart that nothing is wrong with but that it never beats, and its program.
  private func with(_ body: (World, inout FakeClock) async throws -> Void) async throws {
    try await World.withPrograms { world in
      try world.heart("other", "2\n")
      try world.program("other")
      var clock = FakeClock()
      try await body(world, &clock)
    }
  }

  /// Runs the tools that watch, each second.
  ///
  /// - Returns: what they said, a line each.
  private func watch(_ seconds: Int, _ world: World, _ clock: inout FakeClock) -> [Substring] {
    var told: [Substring] = []
    for _ in 0..<seconds {
      for tool in ["mark-problems", "solve-problems", "check-solutions"] {
        let outcome = world.run(tool, at: clock)
        #expect(outcome.code == 0, "\(tool): \(outcome.errors)")
        told += outcome.errors.split(separator: "\n")
      }
      clock.advance(1)
    }
    return told
  }

  /// docker makes a directory where a file that is mounted is missing.
  @Test func `a directory in the place of a beat is moved aside`() async throws {
    try await with { world, clock in
      try world.heart("app", "100\n")
      _ = watch(1, world, &clock)
      try world.remove("run/beats/app")
      try world.makeFolder("run/beats/app")
      try world.write("what somebody mounted", to: "run/beats/app/data")
      let told = watch(4, world, &clock).filter { $0.contains("app") }
      #expect(told.count == 1 && told[0].contains("beats/app was a directory: it was moved aside"))
      let beat = try #require(world.status("run/beats/app"))
      #expect(beat.st_mode & S_IFMT == S_IFREG && beat.st_mtim.tv_sec == 0)
      let aside = world.names(in: "run/beats").filter { $0.hasPrefix(".app.") }
      #expect(aside.count == 1)
      #expect(world.text("run/beats/\(aside.first ?? "")/data") == "what somebody mounted")
      #expect(world.names(in: "run/problems") == ["other"])
    }
  }

  /// Whoever owns a file can take a lease on it, and whoever opens it then waits for 45 seconds or is sent away.
  @Test func `a heart on which its owner has a lease goes on with what was read before`()
    async throws
  {
    try await with { world, clock in
      try world.heart("web", "3\n")
      try world.program("web")
      _ = watch(1, world, &clock)
      let script = """
        import fcntl, signal, sys, time
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        file = open(sys.argv[1], "r+")
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        open(sys.argv[2], "w").close()
        time.sleep(600)
        """
      try world.write(script, to: "lease.py")
      let holder = world.process(
        "/usr/bin/env",
        [
          "python3", world.root.appending(path: "lease.py").path,
          world.root.appending(path: "etc/hearts/web").path,
          world.root.appending(path: "leased").path,
        ])
      try holder.run()
      defer { holder.end() }
      try #require(await world.waits(upTo: 20) { world.exists("leased") })
      let told = watch(5, world, &clock).filter { $0.contains("hearts/web") }
      #expect(told.count == 1, "\(told)")
      #expect(told.first?.contains("what was read of it before counts") == true, "\(told)")
      #expect(world.names(in: "run/problems") == ["other", "web"], "its limit was known")
    }
  }

  enum Obstacle: CaseIterable, Sendable {
    case fifo, directory, loop

    func make(_ path: String, _ world: World) throws {
      let file = world.root.appending(path: path).path
      try world.makeFolder((path as NSString).deletingLastPathComponent)
      try? FileManager.default.removeItem(atPath: file)
      switch self {
      case .fifo: mkfifo(file, 0o644)
      case .directory: mkdir(file, 0o755)
      case .loop: symlink((file as NSString).lastPathComponent, file)
      }
    }
  }

  @Test(
    arguments: Obstacle.allCases,
    ["etc/hearts/web", "run/problems/web", "run/pids/web", "run/attempts/web", "run/starts/web"])
  func `what is not a file blinds no tool`(obstacle: Obstacle, path: String) async throws {
    try await with { world, clock in
      try world.heart("web", "2\n")
      try world.program("web")
      _ = watch(1, world, &clock)
      try obstacle.make(path, world)
      let told = watch(5, world, &clock)
      #expect(told.filter { $0.contains("web") }.count <= 3, "told once by each: \(told)")
      #expect(world.exists("run/problems/other"))
      #expect(world.exists("run/attempts/other"), "the others are mended")
    }
  }

  /// There is no name with a dot in it, and php8.2-fpm is no leftover of an editor.
  @Test func `a name with a dot is reported with its cure`() async throws {
    try await with { world, clock in
      for name in ["php8.2-fpm", "web.dpkg-new", "web.bak", ".web.swp", "web~"] {
        try world.heart(name, "5\n")
      }
      let told = watch(3, world, &clock).filter { $0.contains("hearts/") }
      #expect(
        told == [
          "mark-problems: hearts/php8.2-fpm is passed over: a name is made of letters, digits, _ and -, at most 200: write _ or - "
            + "for each dot, and let the program beat by that name"
        ])
    }
  }

  @Test func `a beat that is dated in the future does not count and is reported`() async throws {
    try await with { world, clock in
      try world.heart("web", "3\n")
      _ = watch(1, world, &clock)
      world.date("run/beats/web", clock.realtime + 5000)
      let told = watch(6, world, &clock).filter { $0.contains("beats/web") }
      #expect(told.count == 1, "\(told)")
      #expect(
        told.first?.contains("beats/web is dated in the future, so it does not count as a beat")
          == true)
      #expect(world.names(in: "run/problems") == ["other", "web"])
    }
  }

  private static let canUnshare =
    run(["unshare", "-pf", "--kill-child", "--mount-proc", "/bin/true"]).code == 0

  /// In a container the numbers of processes are other ones.
  @Test(.enabled(if: canUnshare, "needs the right to make namespaces"))
  func `a process of another namespace is not gone`() async throws {
    try await with { world, clock in
      try world.heart("web", "3600\n")
      world.run("mark-problems", at: clock)
      let container = world.process(
        "/usr/bin/unshare",
        [
          "-pf", "--kill-child", "--mount-proc",
          toolsFolder.appending(path: "run-stamped").path, "web", "--", "/bin/sleep", "1000",
        ])
      try container.run()
      defer { container.end() }
      try #require(await world.waits(upTo: 20) { world.exists("run/pids/web") })
      let told = watch(4, world, &clock).filter { $0.contains("pids/web") }
      #expect(!world.exists("run/problems/web"))
      #expect(told.count == 1, "\(told)")
      #expect(told.first?.contains("in another process or time namespace (a container)") == true)
      let status = world.run("watchdog-chain", "status", at: clock).output
      #expect(status.contains(" unknown") && !status.contains("gone"), "\(status)")
      let metrics = world.run("watchdog-chain", "metrics", at: clock).output
      #expect(!metrics.contains("heart_process_up{heart=\"web\"}"), "nobody knows")
    }
  }
}
