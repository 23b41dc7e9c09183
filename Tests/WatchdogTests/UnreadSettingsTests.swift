import Glibc
import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What could not be read for once restarts nothing, and what stays so keeps nothing from coming back.
@Suite struct UnreadSettingsTests {
  @Test func `a limit that cannot be read for once is as it was known`() throws {
    try World.with { world in
      try world.makeProblem("web")
      // "of/web/…" cannot be looked at: it leads in a circle (ELOOP).
      try world.symbolicLink("etc/of", to: "of")
      func limits(_ step: Step?, _ seconds: Int) -> Trouble.Limits {
        Trouble.Limits(
          lastStep: step, solveTime: .seconds(20), solveWithin: .seconds(seconds))
      }
      _ = try world.check(unsolved: ["web": 100], limits: limits(nil, 600))
      #expect(world.restarts == 0, "it may stay unsolved for 600 s")
      _ = try world.check(unsolved: ["web": 700], limits: limits(.solve, 600))
      #expect(world.restarts == 0, "its ladder goes no further than solving")
      #expect(
        try world.check(unsolved: ["web": 100]) == .success && world.restarts == 1,
        "where nothing is known the usual one counts")
    }
  }

  @Test func `a limit that is mistyped while its problem stands is as it was known`() throws {
    try World.with { world in
      try world.makeProblem("web")
      try world.write("6OO\n", to: "etc/solve-within")
      try world.write("sovle\n", to: "etc/last-step")
      func limits(_ seconds: Int) -> Trouble.Limits {
        Trouble.Limits(lastStep: .solve, solveTime: .seconds(20), solveWithin: .seconds(seconds))
      }
      _ = try world.check(unsolved: ["web": 700], limits: limits(600))
      #expect(world.restarts == 0, "its ladder goes no further than solving")
      try world.remove("etc/last-step")
      _ = try world.check(unsolved: ["web": 100], limits: limits(600))
      #expect(world.restarts == 0, "it may stay unsolved for 600 s")
    }
  }

  /// As far as somebody knew when /etc/watchdog could still be read.
  private static let known = Trouble.Limits(
    lastStep: .reboot, solveTime: .seconds(20), solveWithin: .seconds(30))

  @Test func `a threshold that cannot be read keeps the ladder for a minute, and no longer`() throws
  {
    try World.with { world in
      try world.makeProblem("web")
      try world.remove("etc")
      #expect(try world.check(unsolved: ["web": 89], limits: Self.known) == .success)
      #expect(world.restarts == 0 && world.isCheckAlive)
      #expect(
        world.complaintOfCheck(about: "thresholds")?.contains("climbing no further for a minute")
          == true)
      _ = try world.check(unsolved: ["web": 91], limits: Self.known)
      #expect(world.restarts == 1)
    }
  }

  @Test func `restart-within that cannot be read for once is as it was known`() throws {
    try World.with { world in
      try world.makeProblem("web")
      try world.remove("etc")
      // It is this very process, which must not come to be killed.
      try world.write(try ProcessIdentity.own().text, to: "run/restart-system")
      let begun = try #require(world.status("run/restart-system")).modified
      _ = try world.check(
        unsolved: ["web": 5000],
        lines: ".restart \(begun.field) 900.000000000 31536000.000000000\n", limits: Self.known)
      #expect(world.restarts == 0)
      #expect(world.complaintOfCheck(about: "setting-restart-within")?.contains("31536000") == true)
    }
  }

  @Test func `while what is spared cannot be read nothing is ended`() throws {
    try World.with { world in
      let web = try #require(Name("web"))
      try world.makeFolder("etc/of/web")
      try world.write("tmux\n", to: "etc/of/web/spare")
      #expect(try StampedHeart.spared(by: web, world.roots) == [Array("tmux".utf8)])
      let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
      var limit = rlimit()
      #expect(getrlimit(kind, &limit) == 0)
      let before = limit
      limit.rlim_cur = 0
      setrlimit(kind, &limit)
      var code: ExitCode?
      do throws(Failure) { _ = try StampedHeart.spared(by: web, world.roots) } catch {
        code = error.code
      }
      limit = before
      setrlimit(kind, &limit)
      #expect(code == .systemError, "out of descriptors")
      try world.remove("etc")
      #expect(try StampedHeart.spared(by: web, world.roots) == [])
    }
  }
}
