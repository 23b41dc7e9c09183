import Foundation
import TestSupport
import Testing

@Suite struct RunStampedTests {
  /// Starts a program in the background, and answers its number.
  private func start(
    _ world: World, _ name: String = "web", _ options: [String] = [],
    _ command: [String] = ["sleep", "1000"]
  ) throws -> Int32 {
    let outcome = world.run("run-stamped", options + ["--background", name, "--"] + command)
    #expect(outcome.code == 0 && outcome.errors == "" && outcome.output == "")
    return try #require(world.pid(of: name))
  }

  /// What a program says that runs in the foreground and ends.
  private func output(_ world: World, _ options: [String], _ script: String) -> String {
    world.run(
      "run-stamped", ["--keep-output"] + options + ["web", "--", "/bin/sh", "-c", script]
    ).output
  }

  // MARK: What is noted

  @Test func `it is noted when it was started and as which process`() async throws {
    try await World.withPrograms { world in
      let before = Date().timeIntervalSince1970 - 1
      let pid = try start(world)
      let lines = try #require(world.text("run/pids/web")).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count == 4 && lines[3] == "")
      #expect(lines[2].wholeMatch(of: /pid:\[[0-9]+\] time:\[[0-9]+\]/) != nil, "\(lines[2])")
      let stat = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      let fields = try #require(stat.split(separator: ")").last).split(separator: " ")
      #expect(lines[0] == "\(pid) \(fields[19])")
      #expect(lines[1] == world.text("run/stamp")?.dropLast())
      let status = try #require(world.status("run/starts/web"))
      #expect(Double(status.st_mtim.tv_sec) >= before)
      #expect(world.names(in: "run/drafts").isEmpty)
    }
  }

  @Test func `its environment says whose it is and where everything is`() async throws {
    try await World.withPrograms { world in
      let pid = try start(world)
      let environment = World.environment(of: pid)
      let stamp = try #require(world.text("run/stamp")).dropLast()
      for entry in [
        "WATCHDOG_STAMP=\(stamp)", "WATCHDOG_HEART=web", "WATCHDOG_CONFIG=\(world.config.path)",
        "WATCHDOG_STATE=\(world.state.path)", "WATCHDOG_DATA=\(world.root.path)/data",
        "WATCHDOG_LOGS=\(world.root.path)/logs",
      ] {
        #expect(environment.filter { $0 == entry }.count == 1, "\(entry)")
      }
    }
  }

  @Test func `roots that were given as options are handed on too`() async throws {
    try await World.withPrograms { world in
      let other = "\(world.root.path)/other"
      let said = output(world, ["--state", other], "echo $WATCHDOG_STATE")
      #expect(said == "\(other)\n")
      #expect(world.exists("other/pids/web") && !world.exists("run/pids"))
    }
  }

  // MARK: What it is

  @Test func `it becomes the program`() async throws {
    try await World.withPrograms { world in
      // Not by ourselves: Foundation takes a process for ended that has closed what it was given, and waits for it in the
      // way of all others.
      let tool = toolsFolder.appending(path: "run-stamped").path
      let outcome = world.run("/bin/sh", ["-c", "'\(tool)' web -- sleep 1000 & echo $!"])
      let pid = try #require(pid_t(outcome.output.dropLast()))
      func command() -> String? {
        try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
      }
      #expect(await world.waits(upTo: 10) { command() == "sleep\n" })
      #expect(world.pid(of: "web") == pid)
      let mark = "WATCHDOG_STATE=\(world.state.path)"
      #expect(World.living { World.environment(of: $0).contains(mark) } == [pid])
    }
  }

  @Test func `in the background it leads a session of its own`() async throws {
    try await World.withPrograms { world in
      let pid = try start(world)
      #expect(getsid(pid) == pid && getpgid(pid) == pid)
      #expect(World.runs(pid))
    }
  }

  @Test func `its signals are as at login`() async throws {
    try await World.withPrograms { world in
      let tool = toolsFolder.appending(path: "run-stamped").path
      let outcome = world.run(
        "/bin/sh",
        [
          "-c",
          "trap '' PIPE TERM HUP; exec '\(tool)' --keep-output web -- grep Sig /proc/self/status",
        ])
      // Signals from 32 on are the C library's own.
      let lines = outcome.output.split(separator: "\n")
      let ignored = try #require(lines.first { $0.hasPrefix("SigIgn:") }).dropFirst(8)
      #expect(try #require(UInt64(ignored, radix: 16)) & 0x7FFF_FFFF == 0)
      #expect(lines.contains("SigBlk:\t0000000000000000"))
    }
  }

  @Test func `its input is nothing unless it is kept`() async throws {
    try await World.withPrograms { world in
      let tool = toolsFolder.appending(path: "run-stamped").path
      func say(_ options: String) -> String {
        let script = "echo words | '\(tool)' --keep-output \(options) web -- cat"
        return world.run("/bin/sh", ["-c", script]).output
      }
      #expect(say("") == "")
      #expect(say("--keep-input") == "words\n")
      let pid = try start(world)
      let input = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/0")
      #expect(input == "/dev/null")
    }
  }

  @Test(arguments: [[], ["--background"]])
  func `what cannot be executed is an error`(options: [String]) async throws {
    try await World.withPrograms { world in
      try world.write("no executable\n", to: "file")
      let missing = world.run("run-stamped", options + ["web", "--", "/no/such/program"])
      #expect(missing.code == 66)
      #expect(
        missing.errors
          == "run-stamped: unable to run /no/such/program: No such file or directory\n")
      let file = world.root.appending(path: "file").path
      #expect(world.run("run-stamped", options + ["web", "--", file]).code == 77)
      // It is no obstacle to the next start.
      _ = try start(world)
    }
  }

  @Test func `the exit code is the program's own`() async throws {
    try await World.withPrograms { world in
      #expect(world.run("run-stamped", "web", "--", "sh", "-c", "exit 3").code == 3)
    }
  }

  // MARK: Whose words go where

  @Test func `its output goes to the end of its log`() async throws {
    try await World.withPrograms { world in
      for word in ["one", "two"] {
        let outcome = world.run(
          "run-stamped", "web", "--", "sh", "-c", "echo \(word); echo wrong >&2")
        #expect(outcome.code == 0 && outcome.output == "" && outcome.errors == "")
      }
      #expect(world.text("logs/web.log") == "one\nwrong\ntwo\nwrong\n")
      let file = world.root.appending(path: "mine").path
      world.run("run-stamped", "--log", file, "web", "--", "echo", "three")
      #expect(world.text("mine") == "three\n")
      #expect(output(world, [], "echo four; echo five >&2") == "four\n")
      #expect(world.text("logs/web.log") == "one\nwrong\ntwo\nwrong\n")
    }
  }

  enum Obstacle: String, CaseIterable, Sendable { case file, link, folder, fifo }

  @Test(arguments: Obstacle.allCases)
  func `a log that cannot be opened does not keep it from being started`(obstacle: Obstacle)
    async throws
  {
    try await World.withPrograms { world in
      let log = world.root.appending(path: "logs/web.log").path
      switch obstacle {
      case .file: try world.write("", to: "logs")
      case .link:
        try world.makeFolder("logs")
        symlink("\(world.root.path)/victim", log)
      case .folder: try world.makeFolder("logs/web.log")
      case .fifo:
        try world.makeFolder("logs")
        mkfifo(log, 0o600)
      }
      let outcome = world.run(
        "run-stamped", "web", "--", "sh", "-c", "echo words; : >\(world.root.path)/done; exit 4")
      #expect(outcome.code == 4)
      #expect(outcome.errors.hasPrefix("run-stamped: unable to open \(world.root.path)/logs"))
      #expect(outcome.errors.hasSuffix("its output is lost\n"))
      #expect(world.exists("done") && !world.exists("victim"))
    }
  }

  // MARK: As whom

  @Test(.enabled(if: getuid() == 0, "only root can become somebody else"))
  func `it runs as the user that is asked for`() async throws {
    try await World.withPrograms { world in
      let script = "id -u; id -g; id -G; echo $HOME $USER $LOGNAME"
      let nobody = try #require(getpwnam("nobody")?.pointee)
      let home = String(cString: nobody.pw_dir)
      for user in ["nobody", "\(nobody.pw_uid)"] {
        let lines = output(world, ["--user", user], script).split(separator: "\n")
        #expect(
          lines == [
            "\(nobody.pw_uid)", "\(nobody.pw_gid)", "\(nobody.pw_gid)", "\(home) nobody nobody",
          ])
      }
      // What it is noted by stays root's.
      #expect(world.status("run/pids/web")?.st_uid == 0)
      let pid = try start(world, "db", ["--user", "nobody"])
      var status = stat()
      #expect(stat("/proc/\(pid)", &status) == 0 && status.st_uid == nobody.pw_uid)
    }
  }

  @Test func `nothing runs as a user that does not exist`() async throws {
    try await World.withPrograms { world in
      let outcome = world.run("run-stamped", "--user", "no-such-user", "web", "--", "true")
      #expect(outcome.code == 64)
      #expect(outcome.errors.contains("there is no user \"no-such-user\""))
      #expect(world.names(in: "run") == ["problems"])
    }
  }

  // MARK: Control groups

  @Test(.enabled(if: ControlGroups.canBeMade, "needs a writable cgroup v2"))
  func `it is in a control group of its own`() async throws {
    try await World.withPrograms { world in
      let pid = try start(world)
      let stamp = try #require(world.text("run/stamp")).dropLast()
      #expect(ControlGroups.group(of: pid)?.hasSuffix("/watchdog-\(stamp)/web") == true)
      let before = ControlGroups.group(of: getpid()) ?? ""
      #expect(!before.contains("\(stamp)"))
      #expect(world.run("kill-stamped").code == 0)
      let folder = "\(try #require(ControlGroups.mount))/watchdog-\(stamp)"
      #expect(!FileManager.default.fileExists(atPath: folder), "empty groups would gather")
    }
  }
}

/// Control groups of version 2, as this box has them.
enum ControlGroups {
  /// Where they are; nil when they are nowhere.
  static let mount: String? = {
    let table = (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
    let line = table.split(separator: "\n").first { $0.contains(" - cgroup2 ") }
    return line.map { String($0.split(separator: " ")[4]) }
  }()

  static func group(of pid: Int32) -> String? {
    let table = (try? String(contentsOfFile: "/proc/\(pid)/cgroup", encoding: .utf8)) ?? ""
    return table.split(separator: "\n").first { $0.hasPrefix("0::") }.map {
      String($0.dropFirst(3))
    }
  }

  /// Whether a process can be put into a new one.
  static let canBeMade: Bool = {
    guard let mount else { return false }
    let folder = "\(mount)/watchdog-test-\(getpid())"
    guard mkdir(folder, 0o755) == 0 else { return false }
    defer { rmdir(folder) }
    return run(["sh", "-c", "echo 0 >'\(folder)/cgroup.procs'"]).code == 0
  }()
}
