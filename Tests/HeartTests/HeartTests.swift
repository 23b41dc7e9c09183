import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Heart

/// Lines that were logged.
final class Log: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  var write: @Sendable (String) -> Void { { line in self.lines.withLock { $0.append(line) } } }
}

/// The environment belongs to the whole process: hence one after the other.
@Suite(.serialized) struct BeatTests {
  private func withWorld(
    _ names: String..., isolation: isolated (any Actor)? = #isolation,
    body: (World, Log) async throws -> Void
  ) async throws {
    try await World.withHearts { world in
      for name in names {
        world.make(name)
      }
      setenv("WATCHDOG_STATE", world.root.path, 1)
      setenv("WATCHDOG_CONFIG", world.root.path, 1)
      defer {
        unsetenv("WATCHDOG_STATE")
        unsetenv("WATCHDOG_CONFIG")
      }
      try await body(world, Log())
    }
  }

  @Test func `a beat touches the heart's file and no other`() async throws {
    try await withWorld("web", "mail") { world, log in
      #expect(Heart("web", log: log.write).beat() == .beaten)
      #expect(world.hasBeaten("web") && !world.hasBeaten("mail"))
      #expect(log.all == [])
    }
  }

  @Test func `a missing file is reported and logged once, until it is there`() async throws {
    try await withWorld { world, log in
      let heart = Heart("web", log: log.write)
      for _ in 0..<3 { #expect(heart.beat() == .missing) }
      #expect(log.all.count == 1)
      #expect(!FileManager.default.fileExists(atPath: world.beat("web")))
      world.make("web")
      #expect(heart.beat() == .beaten)
      #expect(log.all.count == 2 && log.all.last == "heart web: beats again")
    }
  }

  @Test func `a missing folder is no reason to crash`() async throws {
    try await withWorld { world, log in
      setenv("WATCHDOG_STATE", "\(world.root.path)/no/such", 1)
      #expect(Heart("web", log: log.write).beat() == .missing)
      #expect(log.all == [], "nobody watches here, and that is as it should be")
    }
  }

  @Test(arguments: ["", "../../x", "a b", "php8.2-fpm", "a\0", "web/", "é"])
  func `an invalid name is reported once, and nothing is touched`(name: String) async throws {
    try await withWorld { world, log in
      let heart = Heart(name, log: log.write)
      #expect(log.all.count == 1 && log.all.first?.contains("no name of a heart") == true)
      #expect(heart.beat() == .wrongName && !heart.beat().isBeaten && !heart.isNamed)
      #expect(log.all.count == 1)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `beating another user's heart is not permitted`() async throws {
    try await withWorld("web") { world, log in
      chmod(world.root.path, 0o755)
      #expect(seteuid(65534) == 0)
      let heart = Heart("web", log: log.write)
      let beats = (0..<3).map { _ in heart.beat() }
      #expect(seteuid(0) == 0)
      #expect(beats == [.notPermitted, .notPermitted, .notPermitted])
      #expect(log.all.count == 1 && log.all.first?.contains("chown hearts/web") == true)
    }
  }

  @Test func `each heart of a program has its own limit`() async throws {
    try await withWorld("fast", "slow") { world, log in
      try "60 # seconds".write(
        toFile: world.root.path + "/hearts/slow", atomically: true, encoding: .utf8)
      let fast = Heart("fast", limit: .milliseconds(10), log: log.write)
      let slow = Heart("slow", log: log.write)
      #expect(slow.limit == .seconds(60))
      #expect(fast.beat() == .beaten && slow.beat() == .beaten)
      try await Task.sleep(for: .milliseconds(50))
      guard case .late(let over) = fast.beat() else {
        Issue.record("it was not late")
        return
      }
      #expect(over >= .milliseconds(40))
      #expect(slow.beat() == .beaten)
    }
  }

  static let limits: [(String, Duration?)] = [
    ("30", .seconds(30)), ("30 120\n", .seconds(30)), ("# a comment\n\n 5 # more\n", .seconds(5)),
    ("", nil), ("x", nil), ("0", nil), ("-1", nil), ("99999999999999999999", nil),
  ]

  @Test(arguments: limits)
  func `the limit is read as the tools read it`(text: String, limit: Duration?) {
    #expect(Heart.limit(parsing: text) == limit)
  }

  @Test func `only a completed round beats`() async throws {
    struct Failed: Error {}
    try await withWorld("web") { world, log in
      let heart = Heart("web", log: log.write)
      #expect(throws: Failed.self) { try heart.round { throw Failed() } }
      #expect(!world.hasBeaten("web"))
      #expect(heart.round { 42 } == 42)
      #expect(world.hasBeaten("web"))
    }
  }

  @Test func `a round that waits beats once it is completed`() async throws {
    struct Failed: Error {}
    try await withWorld("web") { world, log in
      let heart = Heart("web", log: log.write)
      await #expect(throws: Failed.self) {
        try await heart.round {
          await Task.yield()
          throw Failed()
        }
      }
      #expect(!world.hasBeaten("web"))
      let answer = await heart.round {
        await Task.yield()
        return 42
      }
      #expect(answer == 42 && world.hasBeaten("web"))
    }
  }

  @Test func `a part that does not exist is reported once`() async throws {
    try await withWorld("web") { world, log in
      let round = Heart.Round(of: Heart("web", log: log.write), parts: 3)
      for part in [3, -1, 3] { #expect(round.complete(part: part) == nil) }
      #expect(log.all == ["heart web: there is no part 3: they are numbered 0 to 2"])
    }
  }

  @Test func `several parts beat only together`() async throws {
    try await withWorld("web") { world, log in
      let round = Heart.Round(of: Heart("web", log: log.write), parts: 3)
      for part in [0, 1, 0, 1, 3, -1] { #expect(round.complete(part: part) == nil) }
      #expect(!world.hasBeaten("web"))
      #expect(round.complete(part: 2) == .beaten)
      for part in [2, 2, 0] { #expect(round.complete(part: part) == nil) }
      #expect(round.complete(part: 1) == .beaten)
    }
  }

  @Test @MainActor func `it beats while the actor is free, and not while it is blocked`()
    async throws
  {
    try await withWorld("web") { world, log in
      let heart = Heart("web", log: log.write)
      await heart.beating(every: .milliseconds(10)) {
        #expect(await world.waitsForBeat(of: "web"))
        world.rewind("web")
        // Blocks the main actor, as a deadlock would.
        usleep(300_000)
        #expect(!world.hasBeaten("web"))
        #expect(await world.waitsForBeat(of: "web"))
      }
      try await Task.sleep(for: .milliseconds(50))
      world.rewind("web")
      try await Task.sleep(for: .milliseconds(100))
      #expect(!world.hasBeaten("web"), "it ends with the work")
    }
  }
}
