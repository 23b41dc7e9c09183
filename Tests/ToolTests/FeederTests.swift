import Foundation
import TestSupport
import Testing

/// kwatchdog-feeder with a FIFO in the device's place. A real device is fed in Tests/Machine.
@Suite struct FeederTests {
  /// What reads the device: keeps every byte.
  private final class Device {
    let descriptor: Int32
    private(set) var bytes: [UInt8] = []

    init(_ path: String) {
      mkfifo(path, 0o600)
      descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    }
    deinit { close(descriptor) }

    func look() -> [UInt8] {
      var buffer = [UInt8](repeating: 0, count: 256)
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 { bytes += buffer[..<count] }
      return bytes
    }
  }

  private func with(_ test: (World, Device) async throws -> Void) async throws {
    try await World.with { world in
      let device = Device(world.root.appending(path: "device").path)
      try world.write("\(world.root.path)/device\n", to: "etc/device")
      try world.write("30\n", to: "etc/chain/mark-problems")
      try await test(world, device)
    }
  }

  /// Nothing feeds there: what is armed would reset a box that is well.
  @Test func `a boot of a box that only marks is not guarded`() async throws {
    try await with { world, device in
      let outcome = world.run("kwatchdog-feeder", "--boot")
      #expect(outcome.code == 0 && outcome.errors.contains("this box only marks"), "\(outcome)")
      #expect(device.look() == [] && !world.exists("run/armed-device"))
    }
  }

  private func feeder(_ world: World, _ arguments: String...) throws -> Process {
    let process = world.process("kwatchdog-feeder", arguments)
    let log = world.root.appending(path: "log").path
    if !world.exists("log") { try world.write("", to: "log") }
    let handle = try #require(FileHandle(forWritingAtPath: log))
    try handle.seekToEnd()
    process.standardError = handle
    try process.run()
    return process
  }

  @Test func `while the chain is fresh it feeds once a second and never writes`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { device.look().count >= 1 })
      // A machine that is busy may keep it from its second, but not each time.
      var (fed, slept) = (0.0, 3.0)
      for _ in 0..<5 where fed < slept - 1.5 {
        let before = device.look().count
        let begun = ContinuousClock.now
        try await Task.sleep(for: .seconds(3))
        fed = Double(device.look().count - before)
        slept = (ContinuousClock.now - begun) / .seconds(1)
        #expect(fed <= slept + 1.5, "\(fed) in \(slept) s")
      }
      #expect(fed >= slept - 1.5, "\(fed) in \(slept) s")
      #expect(!device.look().contains(UInt8(ascii: "V")))
    }
  }

  @Test func `it never arms before the chain was fresh`() async throws {
    try await with { world, device in
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 6) { world.text("log")?.contains("not arming: ") == true })
      #expect(world.text("log")?.contains("mark-problems has not run since boot") == true)
      #expect(device.look().isEmpty)
      world.run("mark-problems")
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
    }
  }

  @Test func `it says once that a link is stale, and once that it is fresh again`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
      world.date("run/alive/mark-problems", Date().timeIntervalSince1970 - 100)
      #expect(await world.waits(upTo: 5) { world.text("log")?.contains("not feeding: ") == true })
      let silent = device.look().count
      try await Task.sleep(for: .seconds(2))
      #expect(device.look().count == silent)
      world.date("run/alive/mark-problems", Date().timeIntervalSince1970 + 100)
      try await Task.sleep(for: .seconds(2))
      #expect(device.look().count == silent, "a file from the future is not fresh")
      world.run("mark-problems")
      #expect(await world.waits(upTo: 5) { device.look().count > silent })
      #expect(await world.waits(upTo: 5) { world.text("log")?.contains("fresh again") == true })
      let log = try #require(world.text("log")).split(separator: "\n")
      #expect(log.filter { $0.contains("not feeding") }.count == 1)
      #expect(log.filter { $0.contains("fresh again") }.count == 1)
      #expect(log.contains { $0.contains("was last alive 10") && $0.contains("the limit is 30 s") })
    }
  }

  @Test func `how close a link came to its limit is noted, and told by report`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      world.date("run/alive/mark-problems", Date().timeIntervalSince1970 - 18)
      let process = try feeder(world)
      defer { process.end() }
      #expect(
        await world.waits(upTo: 9) {
          world.text("run/vigils/kwatchdog-feeder")?.contains("\n.mark-problems ") == true
        })
      // Since when anything is recorded.
      try world.heart("web", "30\n")
      world.date("etc/hearts/web", Date().timeIntervalSince1970 - 100)
      let words = world.run("watchdog-chain", "report").output
      #expect(words.contains("  mark-problems came to "), "\(words)")
      #expect(words.contains(" of its 30 s on "))
    }
  }

  @Test func `the younger takes over at once when the older is killed`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      let older = try feeder(world)
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
      let younger = try feeder(world)
      defer { younger.end() }
      try await Task.sleep(for: .seconds(2))
      older.end()
      let before = device.look().count
      #expect(await world.waits(upTo: 3) { device.look().count > before })
    }
  }

  @Test func `it exits when its lifetime is over, but holds a device that it must not let go`()
    async throws
  {
    try await with { world, device in
      world.run("mark-problems")
      let process = try feeder(world, "--lifetime", "6")
      defer { process.end() }
      // Not left to the other tests in between: its life must not be over before the chain is stale.
      var patience = Patience(seconds: 5)
      while device.look().isEmpty, patience.lasts() { usleep(20_000) }
      world.date("run/alive/mark-problems", 1000)
      try await Task.sleep(for: .seconds(8))
      #expect(process.isRunning, "\(world.text("log") ?? "")")
      world.run("mark-problems")
      #expect(await world.waits(upTo: 5) { !process.isRunning })
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func `a timeout that is too short arms nothing`() async throws {
    try await with { world, device in
      try world.write("4\n", to: "etc/device-timeout")
      world.run("mark-problems")
      let once = world.run("kwatchdog-feeder", "--once")
      #expect(once.code == 78)
      #expect(once.errors.contains("4 s is too short: at least 5"))
      #expect(device.look().isEmpty)
    }
  }

  @Test func `an unreadable limit is reported, and the default holds`() async throws {
    try await with { world, device in
      try world.write("ten\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
      #expect(world.text("log")?.contains("chain/mark-problems: \"ten\"") == true)
    }
  }

  @Test func `an empty chain vouches for nothing`() async throws {
    try await with { world, device in
      try FileManager.default.removeItem(at: world.config.appending(path: "chain/mark-problems"))
      let outcome = world.run("kwatchdog-feeder", "--once")
      #expect(outcome.code == 75 && outcome.errors.contains("nothing proves"))
      #expect(device.look().isEmpty)
    }
  }

  @Test func `--once feeds once`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      #expect(world.run("kwatchdog-feeder", "--once").code == 0)
      #expect(device.look() == [UInt8(ascii: ".")])
    }
  }

  @Test func `what is to be known of several devices is said once`() async throws {
    try await with { world, device in
      let second = Device(world.path(of: "second"))
      let paths = ["device", "second"].map { world.path(of: $0) }
      try world.write(paths.joined(separator: "\n"), to: "etc/device")
      world.run("mark-problems")
      let said = (0..<2).map { _ in world.run("kwatchdog-feeder", "--once").errors }
      #expect(said[0].split(separator: "\n").count == 2 && said[1] == "", "\(said)")
      #expect(device.look().count == 2 && second.look().count == 2)
    }
  }

  @Test func `--arm opens at once, and --disarm stops and lasts`() async throws {
    try await with { world, device in
      world.run("mark-problems")
      #expect(world.run("kwatchdog-feeder", "--disarm").code == 0)
      #expect(device.look() == [UInt8(ascii: "V")])
      let refused = world.run("kwatchdog-feeder", "--once")
      #expect(refused.code == 69 && refused.errors.contains("disarmed by an administrator"))
      #expect(device.look() == [UInt8(ascii: "V")])
      let process = try feeder(world, "--arm")
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { device.look().count > 1 })
      #expect(!world.exists("run/disarmed"))
    }
  }

  @Test func `--disarm on a box without a device says so`() async throws {
    try await World.with { world in
      try world.write("\(world.path(of: "none"))\n", to: "etc/device")
      let said = world.run("kwatchdog-feeder", "--disarm")
      #expect(
        said.code == 0 && said.errors.contains(": there is no watchdog device: none will be armed"))
      #expect(world.exists("run/disarmed"))
    }
  }

  /// Who disarms may be killed before the device was seen to stop: then it counts down, and has to be fed.
  @Test func `a device that counts down is fed whatever is noted`() async throws {
    try await World.with { world in
      try world.write("/dev/zero\n", to: "etc/device")
      try world.write("30\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      try world.write("", to: "run/disarmed")
      let refused = world.run("kwatchdog-feeder", "--once")
      #expect(refused.code == 69 && refused.errors.contains("disarmed by an administrator"))
      // As the feeder that was killed has noted it.
      try world.write("1:5\n", to: "run/armed-device")
      let fed = world.run("kwatchdog-feeder", "--once")
      #expect(fed.code == 0, "\(fed.errors)")
    }
  }

  @Test func `a missing device is reported once and may appear late`() async throws {
    try await World.with { world in
      let path = world.root.appending(path: "device").path
      try world.write("\(path)\n", to: "etc/device")
      try world.write("30\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { world.text("log")?.contains("no such device") == true })
      try await Task.sleep(for: .seconds(2))
      let device = Device(path)
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
      let told = world.text("log")?.split(separator: "\n").filter { $0.contains("no such device") }
      #expect(told?.count == 1)
    }
  }

  /// The next boot has nothing else to tell why the box was rebooted.
  @Test func `when it stops feeding, that is written down`() async throws {
    try await with { world, device in
      try world.write("2\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let process = try feeder(world)
      defer { process.end() }
      #expect(await world.waits(upTo: 5) { !device.look().isEmpty })
      func isNoted(_ event: String) -> Bool {
        world.text("data/incidents.jsonl")?.contains("\"event\": \"\(event)\"") ?? false
      }
      #expect(await world.waits(upTo: 15) { isNoted("not-fed") })
      #expect(world.text("data/incidents.jsonl")?.contains("mark-problems was last alive") == true)
      #expect(world.text("data/incidents.jsonl")?.contains("\"by\": \"kwatchdog-feeder\"") == true)
      world.run("mark-problems")
      #expect(await world.waits(upTo: 5) { isNoted("fed-again") })
    }
  }

  @Test func `a dry run says what it would do`() async throws {
    try await with { world, device in
      #expect(world.run("kwatchdog-feeder", "--dry-run").output.contains("would not feed"))
      world.run("mark-problems")
      #expect(world.run("kwatchdog-feeder", "--dry-run").output.contains("would feed"))
      #expect(device.look().isEmpty)
    }
  }
}
