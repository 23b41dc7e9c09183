import Foundation
import TestSupport
import Testing

/// What tests of the ladder share: a box with a problem that nothing mends.
protocol UnmendableBox {}

extension UnmendableBox {
  /// A world with an armed device whose restart-system notes its runs and mends nothing, with a problem that is too old
  /// at the next look of check-solutions.
  func with(
    uptime: Double = 3600, _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await World.withPrograms { world in
      try world.write("5\n", to: "etc/solve-within")
      try world.write("2\n", to: "etc/restarts-before-reboot")
      try world.script("etc/restart-system", "echo $$ >>\(world.root.path)/runs")
      try world.program("web")
      // As a feeder notes it that feeds what only stands in for a device.
      try world.write("stand-in \(world.root.path)/device\n", to: "run/armed-device")
      var clock = FakeClock(monotonic: uptime)
      watch(10, world, &clock)
      try world.problem("web", at: clock)
      watch(6, world, &clock)
      try await test(world, &clock)
    }
  }

  /// So many runs, a second apart.
  func watch(_ seconds: Int, _ world: World, _ clock: inout FakeClock) {
    for _ in 0..<seconds {
      world.run("check-solutions", at: clock)
      clock.advance(1)
    }
  }

  @discardableResult
  func check(_ world: World, _ clock: FakeClock) -> Outcome {
    world.run("check-solutions", at: clock)
  }

  /// A run that restarts everything, and time until the problem is too old again.
  func restart(
    _ number: Int, _ world: World, _ clock: inout FakeClock
  ) async throws {
    #expect(check(world, clock).code == 0)
    #expect(await world.waits(upTo: 10) { world.numbers("runs").count == number })
    #expect(await world.waits(upTo: 10) { !world.numbers("runs").contains { World.runs($0) } })
    // The date that the file system gives is not of the test's clock.
    world.date("run/restart-system", clock.realtime)
    clock.advance(1)
    watch(6, world, &clock)
    world.awaitClerk()
  }

  func lines(_ world: World, _ path: String) -> Int {
    world.text(path)?.split(separator: "\n").count ?? 0
  }

  /// The restarts of everything that are counted.
  func restarts(_ world: World) -> Int { max(lines(world, "run/restarts") - 1, 0) }

  /// The reboots that stand on the disk.
  func reboots(_ world: World) -> Int { max(lines(world, "data/reboots") - 1, 0) }

  /// The run that decides on a reboot, and the one that leaves the box to the device once that is counted.
  func reboot(_ world: World, _ clock: inout FakeClock) async -> Outcome {
    let decision = check(world, clock)
    #expect(decision.code == 0)
    #expect(decision.errors.contains(": the device will reset the box once this is counted\n"))
    #expect(await world.waits(upTo: 20) { world.text("run/counted") == "ladder\n" })
    clock.advance(1)
    return check(world, clock)
  }
}
