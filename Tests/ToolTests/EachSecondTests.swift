import Foundation
import TestSupport
import Testing

@Suite struct EachSecondTests {
  /// Starts a helper that runs a tool which notes the seconds at which it runs.
  private func helper(_ world: World, _ arguments: [String]) throws -> Process {
    let process = world.process("each-second", arguments)
    process.standardOutput = FileHandle.nullDevice
    let log = world.root.appending(path: "log").path
    if !world.exists("log") { try world.write("", to: "log") }
    let handle = try #require(FileHandle(forWritingAtPath: log))
    try handle.seekToEnd()
    process.standardError = handle
    try process.run()
    return process
  }

  private func stampScript(_ world: World, _ more: String = ":") throws -> String {
    try world.script("stamp", "cat /proc/$$/stat >>\(world.root.path)/stamps\n\(more)")
    return world.root.appending(path: "stamp").path
  }

  /// When the helper started each run, in seconds since 1970: not when that came to its first word, which may be later on
  /// a busy machine.
  private func stamps(_ world: World) -> [Double] {
    var boot = timespec()
    clock_gettime(CLOCK_BOOTTIME, &boot)
    let booted =
      Date().timeIntervalSince1970 - Double(boot.tv_sec) - Double(boot.tv_nsec) / 1_000_000_000
    return (world.text("stamps") ?? "").split(separator: "\n").compactMap { line in
      let words = line.split(separator: ")").last?.split(separator: " ") ?? []
      guard words.count > 19, let ticks = Double(words[19]) else { return nil }
      return booted + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }
  }

  /// The seconds between the first and the last stamp that have none, and those that have two. On a machine that does other
  /// work too none is missed where the next run began late in its second: the helper was due, and not given a processor.
  private func faults(_ stamps: [Double]) -> (missed: [Int], doubled: [Int]) {
    let seconds = stamps.map { Int($0) }
    guard let first = seconds.first, let last = seconds.last else { return ([], []) }
    let isAlone = Patience.share == 1
    let missed = (first...last).filter { second in
      let next = stamps.first { $0 > Double(second) } ?? 0
      return !seconds.contains(second) && (isAlone || next - next.rounded(.down) < 0.1)
    }
    let doubled = (first...last).filter { second in seconds.filter { $0 == second }.count > 1 }
    return (missed, doubled)
  }

  @Test func `no second is missed or doubled when the older of two is killed`() async throws {
    try await World.with { world in
      let tool = try stampScript(world)
      let older = try helper(world, [tool])
      #expect(await world.waits(upTo: 5) { stamps(world).count >= 2 })
      let younger = try helper(world, [tool])
      defer { younger.end() }
      try await Task.sleep(for: .seconds(2))
      older.end()
      let before = stamps(world).count
      #expect(await world.waits(upTo: 8) { stamps(world).count >= before + 3 })
      let faults = faults(stamps(world))
      #expect(faults.missed.isEmpty && faults.doubled.isEmpty, "\(stamps(world))")
      #expect(world.text("log") == "", "it is silent")
    }
  }

  @Test func `it exits when its lifetime is over, and the younger goes on`() async throws {
    try await World.with { world in
      let tool = try stampScript(world)
      let older = try helper(world, ["--lifetime", "3", tool])
      let younger = try helper(world, ["--lifetime", "6", tool])
      // On a machine that does other work too its life begins later than this.
      let end = Date().timeIntervalSince1970 + 6 + 3
      let standby = try helper(world, ["--lifetime", "2", tool])
      #expect(await world.waits(upTo: 10) { !younger.isRunning })
      #expect(!older.isRunning && !standby.isRunning)
      #expect(standby.terminationStatus == 0 && older.terminationStatus == 0)
      let last = try #require(stamps(world).last)
      #expect(stamps(world).count >= 4 && last <= end, "\(stamps(world)), \(end)")
      #expect(faults(stamps(world)).doubled.isEmpty && faults(stamps(world)).missed.isEmpty)
    }
  }

  @Test func `a tool that hangs is killed with its group and holds up no other`() async throws {
    try await World.with { world in
      try world.script("hang", "echo $$ >>\(world.root.path)/pids; sleep 1000 & wait")
      let hang = world.root.appending(path: "hang").path
      let process = try helper(world, ["--limit", "2", hang, try stampScript(world)])
      defer { process.end() }
      func pids() -> [Int32] {
        (world.text("pids") ?? "").split(separator: "\n").compactMap { Int32($0) }
      }
      #expect(await world.waits(upTo: 10) { pids().count >= 2 })
      let first = try #require(pids().first)
      #expect(await world.waits(upTo: 2) { World.living { getpgid($0) == first }.isEmpty })
      #expect(world.text("log")?.contains("hang did not exit within 2 s: killed") == true)
      #expect(faults(stamps(world)).missed.isEmpty)
      process.end()
      for pid in pids() { kill(-pid, SIGKILL) }
    }
  }

  @Test func `what a tool starts keeps neither locks nor other files of the helper`() async throws {
    try await World.with { world in
      try world.script(
        "daemon", "setsid sleep 1000 & echo $! >>\(world.root.path)/pids; sleep 0.1; exit 0")
      let process = try helper(world, [world.root.appending(path: "daemon").path])
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { world.text("pids") != nil })
      let pids = world.text("pids")!.split(separator: "\n").compactMap { Int32($0) }
      let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pids[0])/fd")
        .compactMap {
          try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pids[0])/fd/\($0)")
        }
      process.end()
      for line in world.text("pids")!.split(separator: "\n") { kill(Int32(line)!, SIGKILL) }
      #expect(!links.contains { $0.contains("/run/") }, "\(links)")
    }
  }

  @Test func `a missing tool is reported once, and the others run`() async throws {
    try await World.with { world in
      let process = try helper(world, ["no-such-tool", try stampScript(world)])
      defer { process.end() }
      #expect(await world.waits(upTo: 6) { stamps(world).count >= 3 })
      let log = world.text("log")?.split(separator: "\n") ?? []
      #expect(log == ["each-second: no-such-tool could not be run: No such file or directory"])
    }
  }

  @Test func `an end that a tool could not report itself is reported once`() async throws {
    try await World.with { world in
      try world.script("lacking", "exit 127")
      try world.script("shot", "kill -KILL $$")
      try world.script("telling", "exit 71")
      let names = ["lacking", "shot", "telling"]
      let paths = names.map { world.root.appending(path: $0).path }
      let process = try helper(world, paths + [try stampScript(world)])
      defer { process.end() }
      #expect(await world.waits(upTo: 8) { stamps(world).count >= 3 })
      let log = world.text("log")?.split(separator: "\n") ?? []
      #expect(
        log == [
          "each-second: \(paths[0]) ended with exit code 127",
          "each-second: \(paths[1]) was ended by signal 9",
        ])
    }
  }

  @Test func `helpers of other tools do not wait for each other`() async throws {
    try await World.with { world in
      let one = try helper(world, [try stampScript(world)])
      try world.script("other", "echo >>\(world.root.path)/others")
      let two = try helper(world, [world.root.appending(path: "other").path])
      defer { [one, two].forEach { $0.end() } }
      #expect(await world.waits(upTo: 5) { world.exists("others") && world.exists("stamps") })
    }
  }

  @Test func `it finds the tools beside itself`() async throws {
    try await World.with { world in
      let process = world.process("each-second", ["--lifetime", "2", "mark-problems"])
      process.environment?["PATH"] = "/nonexistent"
      try process.run()
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { world.exists("run/alive/mark-problems") })
    }
  }
}
