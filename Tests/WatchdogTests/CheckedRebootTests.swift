import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// How check-solutions leaves the box to its device, and how it stops resting.
@Suite struct CheckedRebootTests {
  /// Decided so many seconds ago for web, which was restarted three times in vain.
  private func makeDue(_ world: World, secondsAgo: Int = 0) throws {
    try world.makeProblem("web")
    let decided = Clock.monotonic - .seconds(secondsAgo)
    try RebootDueNote(why: "why", isTest: false, decided: decided, isLeft: false, name: Name("web"))
      .keep(in: StateFolder(world.roots))
  }

  @Test func `it waits for the count and then leaves the box to its device`() throws {
    try World.with { world in
      try makeDue(world)
      #expect(try world.check(unsolved: ["web": 31]) == .success)
      #expect(world.isCheckAlive, "not counted yet")
      world.carry()
      #expect(try world.check(unsolved: ["web": 31]) == .tryLater)
      #expect(!world.isCheckAlive)
      #expect(world.complaintOfCheck(about: "restart-system")?.contains("waiting for") == true)
      // The vigil goes on, also in a run that is no sign of life.
      #expect(world.text("run/vigils/check-solutions")?.contains("\nweb ") == true)
      #expect(try world.check(unsolved: ["web": 32]) == .tryLater)
    }
  }

  @Test func `a disk that takes no count is no reason to reboot early`() throws {
    try World.with { world in
      try world.write("31536000\n", to: "etc/reboots-window")
      try makeDue(world, secondsAgo: 60)
      try world.write("cannot\nno disk\n", to: "run/counted")
      #expect(try world.check(unsolved: ["web": 31]) == .success)
      #expect(world.isCheckAlive)
      #expect(world.complaintOfCheck(about: "ladder")?.contains("no disk") == true)
    }
  }

  @Test func `a reboot is called off when nothing asks for it any more`() throws {
    try World.with { world in
      try makeDue(world)
      world.carry()
      try world.remove("run/problems/web")
      #expect(try world.check() == .success)
      #expect(world.isCheckAlive)
      #expect(world.status("run/reboot-due") == nil)
    }
  }

  @Test func `standing down ends when all is proven over`() throws {
    try World.with { world in
      try world.makeProblem("web")
      world.carry()
      try world.write("why\n0.000000000\n", to: "run/stood-down")
      _ = try world.check(unsolved: ["web": 5000])
      #expect(world.status("run/stood-down") != nil)
      #expect(world.restarts == 0)
      try world.remove("run/problems/web")
      _ = try world.check()
      #expect(world.status("run/stood-down") == nil)
    }
  }
}
