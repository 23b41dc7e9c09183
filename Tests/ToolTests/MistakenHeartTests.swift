import Foundation
import TestSupport
import Testing

/// What mark-problems makes of hearts whose files an administrator wrote wrong: each is told once, and blinds it to no
/// other.
@Suite struct MistakenHeartTests {
  @Test func `a malformed heart blinds it to no other, and is reported once per change`()
    async throws
  {
    try await World.with { world in
      try world.heart("good", "2\n")
      try world.heart("bad", "soon\n")
      var clock = FakeClock()
      world.date("etc/hearts/good", clock.realtime - 100)
      var told: [String] = []
      for second in 0..<8 {
        if second == 4 { try world.heart("bad", "-1\n") }
        told += world.run("mark-problems", at: clock).errors.split(separator: "\n").map(String.init)
        clock.advance(1)
      }
      #expect(told.count == 2, "\(told)")
      #expect(told.first?.hasPrefix("mark-problems: hearts/bad is passed over: \"soon\"") == true)
      #expect(told.last?.contains("\"-1\"") == true)
      #expect(world.names(in: "run/problems") == ["good"])
      try world.heart("bad", "5\n")
      world.run("mark-problems", at: clock)
      #expect(world.names(in: "run/complaints/mark-problems").isEmpty)
    }
  }

  @Test func `a heart that was emptied or mistyped goes on with what was read of it before`()
    async throws
  {
    try await World.with { world in
      try world.heart("web", "5 20\n")
      var clock = FakeClock()
      func second(_ tool: String = "mark-problems") -> String {
        let outcome = world.run(tool, at: clock)
        #expect(outcome.code == 0)
        return outcome.errors
      }
      _ = second()
      world.date("run/beats/web", clock.realtime)
      clock.advance(1)
      #expect(second() == "")
      var told = ""
      for (text, words) in [("", "it is empty"), ("3O\n", "\"3O\"")] {
        try world.heart("web", text)
        world.date("etc/hearts/web", clock.realtime)
        for _ in 0..<8 {
          clock.advance(1)
          told = "\(told)\(second())"
          world.date("run/beats/web", clock.realtime)
        }
        #expect(told.contains("hearts/web: \(words)"), "\(told)")
      }
      #expect(told.split(separator: "\n").count == 2, "\(told)")
      #expect(told.contains(": what was read of it before counts\n"))
      #expect(world.names(in: "run/problems").isEmpty, "it beats")
      let status = world.run("watchdog-chain", ["status"], at: clock).output
      #expect(status.contains("  its limit of before counts: \"3O\" is no"), "\(status)")
      #expect(!status.contains("passed over") && !status.contains("##########"), "\(status)")
      // It hangs, is late by the limit of before, and is proven mended by it too.
      for _ in 0..<7 {
        clock.advance(1)
        _ = second()
      }
      #expect(world.names(in: "run/problems") == ["web"])
      clock.advance(1)
      world.date("run/beats/web", clock.realtime)
      _ = second("solve-problems")
      #expect(world.names(in: "run/problems").isEmpty)
      // A heart that is gone was taken away on purpose.
      try world.remove("etc/hearts/web")
      world.date("etc/hearts", clock.realtime)
      for _ in 0..<9 {
        clock.advance(1)
        #expect(second() == "")
      }
      #expect(world.names(in: "run/problems").isEmpty)
      // One that is given later is another one.
      try world.heart("web", "")
      for _ in 0..<9 {
        clock.advance(1)
        _ = second()
      }
      #expect(world.names(in: "run/problems").isEmpty && world.names(in: "run/known").isEmpty)
    }
  }

  @Test func `whatever lies in hearts/, nothing is marked for it, and it is reported`() async throws
  {
    try await World.with { world in
      let hearts = world.config.appending(path: "hearts")
      try world.heart("real", "2\n")
      mkfifo(hearts.appending(path: "fifo").path, 0o644)
      try FileManager.default.createDirectory(
        at: hearts.appending(path: "folder"), withIntermediateDirectories: true)
      symlink("/etc/passwd", hearts.appending(path: "link").path)
      try world.heart("empty", "")
      try world.heart("binary", "\u{0}\u{1}\u{2}")
      try world.heart("huge", "1e9\n")
      try world.heart("zero", "0\n")
      try world.heart("with space", "2\n")
      try world.heart(String(repeating: "n", count: 200), "2\n")
      try world.heart(String(repeating: "m", count: 201), "2\n")
      try world.heart("web~", "2\n")
      try world.heart("web.dpkg-new", "2\n")
      try world.heart("large", "")
      truncate(hearts.appending(path: "large").path, 1 << 30)
      var clock = FakeClock()
      var told = ""
      for _ in 0..<5 {
        let outcome = world.run("mark-problems", at: clock)
        #expect(outcome.code == 0)
        told += outcome.errors
        clock.advance(1)
      }
      for name in [
        "fifo", "folder", "link", "empty", "binary", "huge", "zero", "with space", "large",
      ] {
        #expect(told.contains("hearts/\(name) is passed over: "), "\(name)")
      }
      #expect(told.contains("mmm") && told.contains("digits, _ and -, at most 200\n"))
      #expect(!told.contains("web~") && !told.contains("dpkg"))
      #expect(told.split(separator: "\n").count == 10)
      #expect(world.names(in: "run/problems") == [String(repeating: "n", count: 200), "real"])
      #expect(world.names(in: "run/drafts").isEmpty)
    }
  }
}
