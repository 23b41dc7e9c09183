import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

/// Logs are bounded while the program goes on writing.
@Suite struct LogLimitTests {
  private func with(_ body: (TestSupport.World, Roots) throws -> Void) async throws {
    try await TestSupport.World.with(["etc/programs", "etc/of/web", "run/pids", "logs"]) { world in
      try world.write("", to: "etc/programs/web", mode: 0o755)
      try world.write("1\n", to: "etc/of/web/log-limit")
      try body(
        world,
        Roots(
          config: world.path(of: "etc"), state: world.path(of: "run"),
          data: world.path(of: "data"), logs: world.path(of: "logs")))
    }
  }

  /// So many lines of a hundred bytes.
  private func lines(_ numbers: Range<Int>) -> String {
    numbers.map { String(format: "%099d\n", $0) }.joined()
  }

  @Test func `the older half goes, and who writes goes on at the new end`() async throws {
    try await with { world, roots in
      try world.write(lines(0..<10_000), to: "logs/web.log")
      try LogLimit.cutAll(roots)
      #expect(world.text("logs/web.log") == lines(0..<10_000), "it is below its limit")
      let writer = try #require(FileHandle(forWritingAtPath: world.path(of: "logs/web.log")))
      #expect(fcntl(writer.fileDescriptor, F_SETFL, O_APPEND) == 0)
      writer.write(Data(lines(10_000..<20_000).utf8))
      try LogLimit.cutAll(roots)
      // Whole lines, and no more than half a MiB of them.
      #expect(world.text("logs/web.log") == lines(14_758..<20_000))
      writer.write(Data(lines(20_000..<20_010).utf8))
      #expect(world.text("logs/web.log") == lines(14_758..<20_010))
    }
  }

  @Test func `a log without a line, and what was noted as run, are cut too`() async throws {
    try await with { world, roots in
      try world.write([UInt8](repeating: 120, count: 3 << 20), to: "logs/web.log")
      try world.write("1 1\n", to: "run/pids/db")
      try world.write("1\n", to: "etc/log-limit")
      try world.write(lines(0..<20_000), to: "logs/db.log")
      try LogLimit.cutAll(roots)
      #expect(world.text("logs/web.log")?.utf8.count == 1 << 19)
      #expect((world.text("logs/db.log")?.utf8.count ?? 0) < 1 << 19)
    }
  }

  // By the descriptor that it cannot truncate a program can fill the disk and stay short.
  @Test func `what is reserved beyond the end is given back, and the contents stay`() async throws {
    try await with { world, roots in
      try world.write(lines(0..<10), to: "logs/web.log")
      let path = world.path(of: "logs/web.log")
      // Of fallocate(2), with FALLOC_FL_KEEP_SIZE.
      #expect(run(["/usr/bin/fallocate", "-n", "-l", "8M", path]).code == 0)
      try #require(try FileStatus.at(path).room >= 8 << 20)
      try LogLimit.cutAll(roots)
      #expect(try FileStatus.at(path).room < 1 << 20)
      #expect(world.text("logs/web.log") == lines(0..<10))
    }
  }

  @Test func `nothing of others is touched`() async throws {
    try await with { world, roots in
      let text = lines(0..<20_000)
      for name in ["other.log", "web.log.1", "web", "x"] {
        try world.write(text, to: "logs/\(name)")
      }
      try world.symbolicLink("logs/web.log", to: "x")
      try LogLimit.cutAll(roots)
      try world.remove("logs/web.log")
      #expect(link(world.path(of: "logs/x"), world.path(of: "logs/web.log")) == 0)
      try LogLimit.cutAll(roots)
      for name in ["other.log", "web.log.1", "web", "x"] {
        #expect(world.text("logs/\(name)") == text)
      }
      try world.remove("logs/web.log")
      try world.write(text, to: "logs/web.log")
      world.setPermissions("logs", 0o777)
      try? LogLimit.cutAll(roots)
      #expect(world.text("logs/web.log") == text, "others can write to the directory")
      world.setPermissions("logs", 0o755)
      try LogLimit.cutAll(roots)
      #expect(world.text("logs/web.log") != text)
    }
  }
}
