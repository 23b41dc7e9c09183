import Foundation
import TestSupport
import Testing

/// watchdog-chain nagios, as a plugin of Nagios: one line with data, further lines, and four answers.
@Suite struct NagiosTests {
  /// A box of the whole chain whose device is none, so it is not guarded.
  private func makeChain(_ world: World) throws {
    try world.heart("web", "5\n")
    try world.write("/dev/null\n", to: "etc/device")
    try world.write("10\n", to: "etc/chain/mark-problems")
    try world.write("10\n", to: "etc/chain/check-solutions")
    world.run("mark-problems")
    world.run("check-solutions")
  }

  /// A box that only marks.
  private func makeMonitor(_ world: World) throws {
    try world.heart("web", "5\n")
    try world.write("/dev/null\n", to: "etc/device")
    try world.write("10\n", to: "etc/chain/mark-problems")
    world.run("mark-problems")
  }

  private func look(_ world: World, _ arguments: String...) throws -> (
    code: Int32, first: String, more: [String], data: String
  ) {
    let outcome = world.run("watchdog-chain", ["nagios"] + arguments)
    #expect(outcome.errors == "", "a plugin has nobody who reads that")
    #expect(outcome.output.filter { $0 == "|" }.count <= 1, "a bar begins the data")
    let lines = outcome.output.split(separator: "\n").map(String.init)
    let parts = try #require(lines.first).components(separatedBy: " | ")
    return (outcome.code, parts[0], Array(lines.dropFirst()), parts.count > 1 ? parts[1] : "")
  }

  @Test func `a box that only marks is well without a device`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      let well = try look(world)
      #expect(well.code == 0 && well.more.isEmpty)
      #expect(well.first == "WATCHDOG OK - only marks problems, 1 heart beats")
    }
  }

  @Test func `a chain without a device is critical`() async throws {
    try await World.with { world in
      try makeChain(world)
      let ill = try look(world)
      #expect(ill.code == 2)
      #expect(ill.first == "WATCHDOG CRITICAL - /dev/null is no watchdog device")
    }
  }

  @Test func `a box that only marks is expected to have its device once a feeder has run`()
    async throws
  {
    try await World.with { world in
      try makeMonitor(world)
      try FileManager.default.createDirectory(
        at: world.state.appending(path: "locks"), withIntermediateDirectories: true)
      try world.write("", to: "run/locks/kwatchdog-feeder")
      #expect(try look(world).code == 2)
    }
  }

  @Test func `a problem is critical, and during a hold a warning`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      world.run("mark-problems", "--mark", "web", "it | is\nill")
      try world.heart("bad", "soon\n")
      let critical = try look(world)
      #expect(critical.code == 2)
      #expect(critical.first.hasPrefix("WATCHDOG CRITICAL - problem web, for "))
      #expect(critical.first.contains(": it / is\\x0aill: it is only marked"))
      #expect(critical.first.hasSuffix(" (and 1 more)"))
      #expect(
        critical.more == [
          "WARNING: bad: passed over: \"soon\" is no whole number of seconds, such as 30"
        ])
      #expect(critical.data.contains("problems=1;;0;0"))
      world.run("watchdog-chain", "hold", "5m", "new disk")
      let held = try look(world)
      #expect(held.code == 1)
      #expect(held.first.hasPrefix("WATCHDOG WARNING - on hold for another "))
      #expect(held.first.hasSuffix(": new disk (and 2 more)"))
      #expect(held.more.first?.hasPrefix("WARNING: problem web, for ") == true)
      #expect(held.data.contains("problems=1;0;;0"))
    }
  }

  @Test func `a box that stood down is critical, whatever it marks`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      try world.write("2026-11-24T00:00:00.000Z: it did not help\n", to: "run/stood-down")
      world.run("watchdog-chain", "hold", "5m", "new disk")
      let ill = try look(world)
      #expect(ill.code == 2 && ill.first.hasPrefix("WATCHDOG CRITICAL - the box stood down"))
      #expect(ill.more.first == "CRITICAL: 2026-11-24T00:00:00.000Z: it did not help")
    }
  }

  @Test func `a mistake alone is a warning`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      try world.heart("bad", "soon\n")
      let warning = try look(world)
      #expect(warning.code == 1 && warning.first.hasPrefix("WATCHDOG WARNING - bad: passed over"))
    }
  }

  @Test func `whatever fails is unknown`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      let option = try look(world, "--frobnicate")
      #expect(option.code == 3)
      #expect(
        option.first
          == "WATCHDOG UNKNOWN - unknown option --frobnicate: see watchdog-chain nagios --help")
      let operand = try look(world, "-w")
      #expect(operand.code == 3 && operand.more.isEmpty)
      #expect(try look(world, "web").code == 3)
      try world.write("sda\n", to: "etc/device")
      let wrong = try look(world)
      #expect(wrong.code == 3 && wrong.first.hasPrefix("WATCHDOG UNKNOWN - "))
      #expect(wrong.more.isEmpty)
      try FileManager.default.removeItem(at: world.config)
      #expect(try look(world).code == 3)
    }
  }

  @Test func `where it cannot tell whether the box stood down, it does not say that it is well`()
    async throws
  {
    try await World.with { world in
      try makeMonitor(world)
      try FileManager.default.removeItem(at: world.root.appending(path: "data"))
      #expect(try look(world).code == 0, "nothing was ever noted")
      try world.write("", to: "data")
      // As if no clerk had read the disk yet in this boot.
      try? world.remove("run/reboots")
      let unknown = try look(world)
      #expect(unknown.code == 3 && unknown.first.contains("unable to "))
    }
  }

  @Test func `a thousand problems are a few lines`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      try world.write(
        "someone\n\(String(repeating: "long ", count: 200))\n", to: "run/problems/heart-0")
      world.run(
        "/bin/sh", "-c",
        "cd \(world.problems.path); tee $(seq -f heart-%.0f 999) <heart-0 >/dev/null")
      let ill = try look(world)
      #expect(ill.code == 2 && ill.first.hasSuffix(" (and 999 more)"))
      #expect(ill.more.count == 21)
      #expect(ill.more.last == "and 979 more: see watchdog-chain status")
      let size = ill.more.joined().utf8.count + ill.first.utf8.count + ill.data.utf8.count
      #expect(size < 8000, "as much as Nagios reads")
    }
  }

  @Test func `the performance data is as the guidelines want it`() async throws {
    try await World.with { world in
      try makeMonitor(world)
      let data = try look(world).data.split(separator: " ")
      #expect(data.count == 6)
      for part in data {
        #expect(part.wholeMatch(of: /[a-z_]+=[0-9]+s?;[0-9]*;[0-9]*;[0-9]+/) != nil, "\(part)")
      }
    }
  }
}
