import Foundation
import TestSupport
import Testing

/// Tools that are started in odd ways: with what a shell, a supervisor or a careless program leaves to those that it starts.
@Suite struct OddStartTests {
  /// Runs a tool as a program that had these options of env(1) would.
  private func run(_ options: [String], _ world: World, _ tool: String, _ words: String...)
    -> Outcome
  {
    world.run("/usr/bin/env", options + [toolsFolder.appending(path: tool).path] + words)
  }

  @Test func `a check that fails is no beat, also where SIGCHLD is ignored`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      world.run("mark-problems")
      let outcome = run(["--ignore-signal=CHLD"], world, "beat", "web", "--", "false")
      #expect(outcome.code == 1)
      #expect(world.status("run/beats/web")?.st_mtim.tv_sec == 0)
      #expect(run(["--ignore-signal=CHLD"], world, "beat", "web", "--", "true").code == 0)
    }
  }

  @Test func `how a program ended is known where SIGCHLD is ignored`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      try world.script("etc/programs/web", "exit 3")
      let outcome = run(["--ignore-signal=CHLD"], world, "solve-problems", "--solve", "web")
      #expect(outcome.errors.contains("ended with exit code 3 right after its start"))
    }
  }

  @Test func `a helper that stands by ends at its time, also where SIGALRM is blocked`()
    async throws
  {
    try await World.withPrograms { world in
      let tool = toolsFolder.appending(path: "each-second").path
      let works = world.process(tool, ["--lifetime", "20", "true"])
      try works.run()
      defer { works.end() }
      #expect(await world.waits(upTo: 10) { world.exists("run/lives/each-second,true") })
      let standsBy = world.process(
        "/usr/bin/env", ["--block-signal=ALRM", tool, "--lifetime", "1", "true"])
      try standsBy.run()
      defer { standsBy.end() }
      #expect(await world.waits(upTo: 10) { !standsBy.isRunning })
      #expect(works.isRunning)
    }
  }

  /// Before Linux 5.11: a look at each number that a descriptor may have took seconds at each start, on a board.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")))
  func `a command gets no descriptor of others, and soon, where the kernel closes no range`()
    async throws
  {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      world.run("mark-problems")
      let log = world.path(of: "strace")
      let beat = toolsFolder.appending(path: "beat").path
      let script =
        "exec 7</dev/null; exec strace -f -o '\(log)' -e trace=fcntl,close_range "
        + "-e inject=close_range:error=EINVAL '\(beat)' web -- test ! -e /proc/self/fd/7"
      #expect(world.run("/bin/sh", "-c", script).code == 0)
      let calls = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      #expect(calls.contains { $0.contains("INJECTED") })
      #expect(calls.count < 100)
    }
  }

  @Test(arguments: [
    ["status"], ["status", "--json"], ["metrics"], ["report"], ["explain", "web"], ["--help"],
    ["status", "--help"], ["--version"],
  ])
  func `what could not be said is told, by the exit code too`(words: [String]) async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      let tool = toolsFolder.appending(path: "watchdog-chain").path
      let script = "'\(tool)' \(words.joined(separator: " ")) >/dev/full"
      let outcome = world.run("/bin/sh", "-c", script)
      #expect(outcome.code == 73)
      #expect(outcome.errors.contains("unable to write what it has to say: No space left"))
      let closed = world.run("/bin/sh", "-c", script.replacing("/dev/full", with: "&-"))
      #expect(closed.code == 0 && closed.errors == "")
    }
  }

  @Test(arguments: ["mark-problems", "solve-problems", "check-solutions"])
  func `what is too large for this account's files is told`(tool: String) async throws {
    try await World.withPrograms { world in
      let path = toolsFolder.appending(path: tool).path
      // Through a pipe, which has no size.
      let said = world.run("/bin/sh", "-c", "(ulimit -f 0; '\(path)'; echo $?) 2>&1 | cat").output
      #expect(
        said.contains("\(tool): unable to write ") && said.hasSuffix(": File too large\n71\n"))
    }
  }

  @Test func `a command that is no text is handed on byte for byte`() async throws {
    try await World.withPrograms { world in
      let log = world.path(of: "log")
      let tool = toolsFolder.appending(path: "run-stamped").path
      // A shell makes the bytes: what this process starts gets text.
      let outcome = world.run(
        "/bin/sh", "-c",
        "a=$(printf 'caf\\351') b=$(printf '\\377') && "
          + "exec '\(tool)' --log '\(log)' web -- printf '%s\\n' \"$a\" Ü \"$b\"")
      #expect(outcome.code == 0)
      let bytes = FileManager.default.contents(atPath: log).map { Array($0) }
      #expect(bytes == Array("caf".utf8) + [0xE9, 10] + Array("Ü\n".utf8) + [0xFF, 10])
    }
  }

  @Test func `a program's new files are as cron's would be, whatever the umask of its starter`()
    async throws
  {
    try await World.withPrograms { world in
      let tool = toolsFolder.appending(path: "run-stamped").path
      for (mask, options, mode) in [("0", "", 0o644), ("0", "--keep-environment", 0o666)]
        as [(String, String, mode_t)]
      {
        let file = world.path(of: "new\(options)")
        world.run(
          "/bin/sh", "-c",
          "umask \(mask); exec '\(tool)' --keep-output \(options) web -- /bin/sh -c 'echo >\(file)'"
        )
        #expect(world.status("new\(options)").map { $0.st_mode & 0o777 } == mode)
      }
    }
  }

  @Test func `the first file of a program is not its output, where that was closed`() async throws {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      world.run("mark-problems")
      try world.script("program", "out=$(readlink /proc/$$/fd/1); echo \"$out\" >\"$0.said\"")
      for start in ["run-stamped --keep-output web", "beat web"] {
        try? world.remove("program.said")
        world.run("/bin/sh", "-c", "exec \(start) -- \(world.path(of: "program")) >&- 2>&-")
        #expect(world.text("program.said") == "/dev/null\n", "\(start)")
      }
    }
  }

  /// Runs a tool, in a tree of files where this folder is empty.
  private func runWithout(_ folder: String, _ world: World, _ words: String) -> Outcome {
    world.run(
      "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
      "mount -t tmpfs none \(folder) && exec \(words)")
  }

  @Test(.enabled(if: getuid() == 0, "only root can mount"))
  func `a check is made where /dev is empty, and that /proc is empty is said`()
    async throws
  {
    try await World.withPrograms { world in
      try world.heart("web", "30")
      world.run("mark-problems")
      let outcome = runWithout("/dev", world, "beat web -- true")
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(world.status("run/beats/web").map { $0.st_mtim.tv_sec > 0 } ?? false)
      let lost = runWithout("/proc", world, "run-stamped web -- true")
      #expect(lost.errors.contains("run-stamped: unable to read /proc: "))
    }
  }

  /// Somebody reads it a page at a time, or has stopped the terminal: meanwhile nothing was mended.
  @Test func `a dry run and the run of each second do not wait for each other`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      world.run("solve-problems")
      try world.problem("web")
      let lock = open(world.path(of: "run/locks/solve-problems"), O_RDWR | O_CLOEXEC)
      defer { close(lock) }
      #expect(flock(lock, LOCK_EX) == 0)
      #expect(world.run("solve-problems", "--dry-run").output.contains("next: attempt 1 now"))
      flock(lock, LOCK_UN)
      // A reader that takes nothing.
      let full = Pipe()
      let writing = full.fileHandleForWriting
      _ = fcntl(writing.fileDescriptor, F_SETFL, O_NONBLOCK)
      while write(writing.fileDescriptor, "x", 1) == 1 {}
      _ = fcntl(writing.fileDescriptor, F_SETFL, 0)
      let dry = world.process("solve-problems", ["--dry-run"])
      dry.standardOutput = writing
      try dry.run()
      defer { dry.end() }
      let pid = dry.processIdentifier
      #expect(
        await world.waits(upTo: 10) {
          (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8))?.contains(") S ")
            == true
        })
      world.run("solve-problems")
      #expect(await world.waits(upTo: 10) { world.pid(of: "web") != nil })
    }
  }
}
