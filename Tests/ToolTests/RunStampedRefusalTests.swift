import Foundation
import TestSupport
import Testing

/// What run-stamped does not do.
@Suite struct RunStampedRefusalTests {
  // MARK: A second one

  @Test func `a second instance is refused while the first runs`() async throws {
    try await World.withPrograms { world in
      func start() -> Outcome {
        world.run("run-stamped", "--background", "web", "--", "sleep", "1000")
      }
      #expect(start().code == 0)
      let first = try #require(world.pid(of: "web"))
      let note = world.snapshot("run/pids") + world.snapshot("run/starts")
      for options in [[], ["--background"]] {
        let outcome = world.run("run-stamped", options + ["web", "--", "sleep", "1000"])
        #expect(outcome.code == 75)
        #expect(
          outcome.errors.contains("it runs already, as process \(first): kill-stamped web ends it"))
      }
      #expect(world.snapshot("run/pids") + world.snapshot("run/starts") == note)
      #expect(world.run("run-stamped", "--background", "db", "--", "sleep", "9").code == 0)
      kill(first, SIGKILL)
      #expect(await world.waits(upTo: 10) { !World.runs(first) })
      #expect(start().code == 0)
      #expect(world.runs("web") && world.pid(of: "web") != first)
    }
  }

  @Test func `of many at once one is started`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      let crowd = (0..<8).map { _ in world.process("run-stamped", ["--background", "web"]) }
      for process in crowd {
        process.standardError = FileHandle.nullDevice
        try process.run()
      }
      for process in crowd { process.waitUntilExit() }
      let codes = crowd.map { $0.terminationStatus }.sorted()
      #expect(codes == [0] + Array(repeating: 75, count: 7))
      #expect(await world.waits(upTo: 10) { !world.numbers("runs.web").isEmpty })
      #expect(world.numbers("runs.web").map { $0 } == [try #require(world.pid(of: "web"))])
    }
  }

  @Test func `what others noted is no obstacle`() async throws {
    try await World.withPrograms { world in
      try world.makeFolder("run/pids")
      let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
      let start = try #require(stat.split(separator: ")").last).split(separator: " ")[19]
      for note in ["garbage\n", "\(getpid()) \(start)\n"] {
        try world.write(note, to: "run/pids/web")
        let outcome = world.run("run-stamped", "--background", "web", "--", "sleep", "1000")
        #expect(outcome.code == 0)
        world.run("kill-stamped", "web")
      }
    }
  }

  // MARK: Programs

  @Test func `a name alone runs its program`() async throws {
    try await World.withPrograms { world in
      try world.program("web", "echo $0 $# $WATCHDOG_HEART")
      #expect(
        world.run("run-stamped", "--keep-output", "web").output
          == "\(world.config.path)/programs/web 0 web\n")
      #expect(world.run("run-stamped", "db").code == 66)
    }
  }

  @Test(arguments: ["etc/programs/web", "etc/programs", "etc"])
  func `a program that others could write is not run`(path: String) async throws {
    try await World.withPrograms { world in
      try world.program("web", "exit 0")
      let place = world.root.appending(path: path).path
      chmod(place, 0o775)
      for options in [[], ["--background"]] {
        let outcome = world.run("run-stamped", options + ["web"])
        #expect(outcome.code == 77)
        #expect(outcome.errors.contains(": chmod go-w \(place)"))
      }
      #expect(!world.exists("runs.web") && !world.exists("run/pids"))
      chmod(place, 0o755)
      #expect(world.run("run-stamped", "web").code == 0)
      #expect(world.exists("runs.web"))
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `somebody else's program is not run`() async throws {
    try await World.withPrograms { world in
      try world.program("web", "exit 0")
      chown(world.config.appending(path: "programs/web").path, 12_345, 12_345)
      #expect(world.run("run-stamped", "web").code == 77)
      #expect(!world.exists("runs.web"))
    }
  }

  // MARK: Command lines

  @Test func `a dry run changes nothing`() async throws {
    try await World.withPrograms { world in
      try world.program("web")
      let before = world.snapshot(".")
      let command = world.run("run-stamped", "--dry-run", "web", "--", "touch", "a\nb")
      #expect(command.code == 0 && command.output == "would run touch a\\x0ab for web\n")
      let program = world.run("run-stamped", "--dry-run", "--user", "root", "web")
      #expect(
        program.output == "would run \(world.config.path)/programs/web for web as user 0\n")
      #expect(world.snapshot(".") == before)
    }
  }

  @Test(arguments: [
    "", ".", "..", "../web", "/etc/passwd", "a/b", "a b", "web~", "web.dpkg-new", "web\n", "wéb",
    "$(touch x)", String(repeating: "x", count: 256),
  ])
  func `a hostile name is refused`(name: String) async throws {
    try await World.withPrograms { world in
      let before = world.snapshot(".")
      for tool in ["run-stamped", "kill-stamped"] {
        let outcome = world.run(tool, [name] + (tool == "run-stamped" ? ["--", "true"] : []))
        #expect(outcome.code == 64, "\(tool)")
        #expect(outcome.errors.contains("is no name: use letters, digits, _ and -"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
      }
      #expect(world.run("solve-problems", "--solve", name).code == 64)
      #expect(world.run("solve-problems", "--solved", name).code == 64)
      #expect(world.snapshot(".") == before)
    }
  }

  @Test(arguments: [[], ["web", "db"], ["web", "--"], ["--", "true"], ["--frobnicate", "web"]])
  func `what makes no sense is a usage error`(arguments: [String]) async throws {
    try await World.withPrograms { world in
      let outcome = world.run("run-stamped", arguments)
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasSuffix(": see run-stamped --help\n"))
      #expect(world.names(in: "run") == ["problems"])
    }
  }
}
