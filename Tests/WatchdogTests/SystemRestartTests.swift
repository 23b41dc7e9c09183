import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct SystemRestartTests {
  private func lastRun(in world: World) throws -> LastRestart {
    try LastRestart.read(in: StateFolder(world.roots))
  }

  @Test func `without a note there was no run`() throws {
    try World.with { world in
      let last = try lastRun(in: world)
      #expect(last == .none)
      #expect(last.begun == .zero && last.identity == nil && !last.isRunning)
    }
  }

  @Test func `a note of a process that runs is a run that is not over`() throws {
    try World.with { world in
      try world.makeFolder("run")
      let own = try ProcessIdentity.own()
      try world.write("\(own.text)\n", to: "run/restart-system", dated: .seconds(7))
      #expect(try lastRun(in: world) == .runs(own, begun: .seconds(7)))
      // The same number, but another process.
      let other = ProcessIdentity(pid: own.pid, startTime: own.startTime + 1)
      try world.write("\(other.text)\n", to: "run/restart-system", dated: .seconds(7))
      #expect(try lastRun(in: world) == .over(begun: .seconds(7)))
    }
  }

  @Test(arguments: ["", "garbage\n", "2147483647 1\n"])
  func `a note of no process is a run that is over`(text: String) throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.write(text, to: "run/restart-system", dated: .seconds(7))
      let last = try lastRun(in: world)
      #expect(last == .over(begun: .seconds(7)))
      #expect(last.begun == .seconds(7))
    }
  }
}
