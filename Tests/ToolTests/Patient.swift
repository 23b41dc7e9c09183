import Foundation
import TestSupport
import Testing

/// A box that is well: its state lies in memory, and /dev/zero, of which a made-up sysfs says that it is an armed
/// watchdog device, is what the real feeders feed.
struct Patient {
  let world: World
  let state: String
  private var helpers: [Process] = []

  static func with(_ body: (inout Patient) async throws -> Void) async throws {
    try await World.with { world in
      let state = "/dev/shm/watchdog-doctor-\(UUID().uuidString.prefix(8))"
      try FileManager.default.createDirectory(
        atPath: state, withIntermediateDirectories: true)
      chmod(state, 0o755)
      defer { try? FileManager.default.removeItem(atPath: state) }
      var patient = Patient(world: world, state: state)
      try patient.furnish()
      defer { for helper in patient.helpers { helper.end() } }
      try await body(&patient)
    }
  }

  private init(world: World, state: String) {
    self.world = world
    self.state = state
  }

  private func furnish() throws {
    for folder in [
      "etc/programs", "etc/solutions", "root/etc/cron.d", "root/etc/logrotate.d",
      "root/etc/systemd", "root/usr/sbin", "root/tmp", "root/proc/sys/kernel",
      "root/sys/class/watchdog/watchdog0",
    ] { try world.makeFolder(folder) }
    chmod(world.root.appending(path: "root/tmp").path, 0o1777)
    for tool in ["mark-problems", "check-solutions"] {
      try world.write("10\n", to: "etc/chain/\(tool)")
    }
    try world.script("etc/restart-system", ":")
    try world.write("/dev/zero\n", to: "etc/device")
    let feeder = "* * * * * root exec kwatchdog-feeder\n"
    try world.write(feeder, to: "root/etc/cron.d/watchdog-chain")
    for file in ["etc/logrotate.d/watchdog-chain", "usr/sbin/logrotate"] {
      try world.write("", to: "root/\(file)")
    }
    try world.write("10\n", to: "root/proc/sys/kernel/panic")
    try device([
      "dev": "1:5", "identity": "i6300ESB timer", "state": "active", "timeout": "75",
      "timeleft": "74", "nowayout": "0", "bootstatus": "0",
    ])
  }

  /// What sysfs says of the device.
  func device(_ values: [String: String]) throws {
    for (name, value) in values {
      try world.write("\(value)\n", to: "root/sys/class/watchdog/watchdog0/\(name)")
    }
  }

  /// Starts something that ends with the test.
  mutating func start(_ tool: String, _ words: String...) throws {
    let process = world.process(tool, words + ["--state", state])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    helpers.append(process)
  }

  /// Starts two generations of the helpers, and waits until the chain is fed.
  mutating func startChain() async throws {
    for _ in 0..<2 {
      try start("each-second", "mark-problems", "solve-problems", "check-solutions")
      try start("kwatchdog-feeder")
    }
    let alive = "\(state)/alive"
    #expect(
      await world.waits(upTo: 15) {
        ["mark-problems", "solve-problems", "check-solutions"].allSatisfy {
          access("\(alive)/\($0)", F_OK) == 0
        } && !World.living { Patient.holds($0, "/dev/zero") }.isEmpty
      })
  }

  /// A process called cron.
  mutating func startCron() throws {
    let cron = world.root.appending(path: "cron").path
    try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: cron)
    let process = world.process(cron, ["1000"])
    try process.run()
    helpers.append(process)
  }

  private static func holds(_ pid: Int32, _ path: String) -> Bool {
    guard
      (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) == "kwatchdog-feede\n"
    else { return false }
    let folder = "/proc/\(pid)/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return numbers.contains {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")) == path
    }
  }

  var options: [String] {
    ["--root", world.root.appending(path: "root").path, "--state", state]
  }

  /// What doctor says after the shortest look.
  func look() -> Outcome {
    world.run("watchdog-chain", ["doctor", "--seconds", "3"] + options)
  }

  /// Runs a reboot test, with this typed.
  func test(_ typed: String, _ words: String...) throws -> Outcome {
    let process = world.process(
      "watchdog-chain", ["doctor", "--reboot-test"] + options + words)
    let input = Pipe()
    let output = Pipe()
    let errors = Pipe()
    (process.standardInput, process.standardOutput, process.standardError) =
      (input, output, errors)
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    func text(_ pipe: Pipe) -> String {
      String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    }
    return Outcome(
      code: process.terminationStatus, output: text(output), errors: text(errors))
  }
}
