import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct CommandLineTests {
  static let tools = [
    "beat", "mark-problems", "check-solutions", "kwatchdog-feeder", "each-second",
  ]

  @Test(arguments: tools + ["watchdog-chain"])
  func `each tool says what it is for`(tool: String) async throws {
    try await World.with { world in
      let help = world.run(tool, "--help")
      #expect(help.code == 0 && help.errors == "")
      #expect(help.output.hasPrefix("usage: \(tool)"))
      for option in ["--config DIR", "--state DIR", "--data DIR", "--help", "--version"] {
        #expect(help.output.contains("  \(option)"))
      }
      #expect(
        help.output.split(separator: "\n").allSatisfy { $0.count <= 80 && $0.last != " " })
      #expect(world.run(tool, "--version").output.hasPrefix("\(tool) (watchdog-chain) "))
      #expect(world.names(in: "run").isEmpty)
    }
  }

  @Test(arguments: tools + ["watchdog-chain"])
  func `an unknown option is a usage error`(tool: String) async throws {
    try await World.with { world in
      let unknown = world.run(tool, "--frobnicate")
      #expect(unknown.code == 64)
      #expect(unknown.errors == "\(tool): unknown option --frobnicate: see \(tool) --help\n")
      #expect(world.run(tool, "--state").errors.contains("option --state needs a value"))
      #expect(world.run(tool, "--frobnicate").output == "")
    }
  }

  @Test func `options count before the environment`() async throws {
    try await World.with { world in
      let other = world.root.appending(path: "other").path
      #expect(world.run("mark-problems", "--state", other).code == 0)
      #expect(world.exists("other/alive/mark-problems") && !world.exists("run"))
    }
  }

  @Test func `a state folder that others can write to is closed to them`() async throws {
    try await World.with { world in
      world.run("mark-problems")
      for path in ["run", "run/beats", "run/problems"] {
        chmod(world.root.appending(path: path).path, 0o777)
      }
      let outcome = world.run("mark-problems")
      #expect(outcome.code == 0)
      #expect(
        outcome.errors.contains("/run and 2 more could be written by others: closed to them"))
      #expect(world.run("mark-problems").errors.isEmpty)
    }
  }

  @Test func `with closed standard streams nothing is written into the wrong file`() async throws {
    try await World.with { world in
      try world.heart("bad", "x\n")
      try world.heart("web", "5\n")
      let tool = toolsFolder.appending(path: "mark-problems").path
      #expect(world.run("/bin/sh", "-c", "'\(tool)' <&- >&- 2>&-").code == 0)
      #expect(world.status("run/beats/web")?.st_size == 0)
      #expect(world.text("run/alive/mark-problems")?.contains("passed over") == false)
    }
  }

  /// Lets `body` read what comes to the system's log: whether a line is among it.
  private func withSystemLog(
    _ type: __socket_type = SOCK_DGRAM, _ body: (World, Int32) throws -> Void
  ) async throws {
    try await World.with { world in
      // Systemd leaves a link there even where nothing listens.
      let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/dev/log")
      unlink("/dev/log")
      let log = socket(AF_UNIX, Int32(type.rawValue), 0)
      defer {
        close(log)
        unlink("/dev/log")
        if let link { symlink(link, "/dev/log") }
      }
      try #require(CommandLineTests.atLog { bind(log, $0, $1) } == 0)
      _ = fcntl(log, F_SETFL, O_NONBLOCK)
      try world.heart("bad", "x\n")
      try body(world, log)
    }
  }

  /// Calls what takes an address, with that of the system's log.
  private static func atLog(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: "/dev/log".utf8) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  private static let hasNoLog: ConditionTrait = .enabled(
    if: getuid() == 0 && access("/dev/log", F_OK) != 0,
    "needs root, and a machine that no system log listens on at /dev/log")

  @Test(CommandLineTests.hasNoLog)
  func `what goes to stderr goes to the system log too when no terminal shows it`() async throws {
    try await withSystemLog { world, log in
      let errors = world.run("mark-problems").errors
      var buffer = [UInt8](repeating: 0, count: 1024)
      // Other tests that run at the same time speak to the same log.
      var found = false
      for _ in 0..<1000 where !found {
        let count = recv(log, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count <= 0 { break }
        let line = String(decoding: buffer[..<count], as: UTF8.self)
        found =
          line.hasPrefix("<28>mark-problems[") && line.contains("]: hearts/bad is passed over")
      }
      #expect(found && errors.contains("hearts/bad is passed over"))
    }
  }

  // As syslog-ng with unix-stream("/dev/log"): what was sent as a datagram was lost.
  @Test(CommandLineTests.hasNoLog)
  func `a system log that reads a stream gets what a datagram log gets`() async throws {
    try await withSystemLog(SOCK_STREAM) { world, log in
      try #require(listen(log, 50) == 0)
      world.run("mark-problems")
      var found = false
      while !found {
        let end = accept(log, nil, nil)
        guard end >= 0 else { break }
        var buffer = [UInt8](repeating: 1, count: 1024)
        let count = max(recv(end, &buffer, buffer.count, 0), 0)
        close(end)
        let line = String(decoding: buffer[..<count], as: UTF8.self)
        found = line.hasPrefix("<28>mark-problems[") && line.hasSuffix("\0")
      }
      #expect(found)
    }
  }

  // A syslogd that hangs, and others who write to it: mark-problems waited for it for ever, and each of its successors.
  @Test(CommandLineTests.hasNoLog)
  func `no tool waits for a system log that has stopped reading`() async throws {
    try await withSystemLog { world, _ in
      var writers: [Int32] = []
      defer { for writer in writers { close(writer) } }
      // The buffer of one is full before the queue is.
      for _ in 0..<50 {
        let writer = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        writers.append(writer)
        try #require(CommandLineTests.atLog { connect(writer, $0, $1) } == 0)
        while send(writer, "x", 1, Int32(MSG_DONTWAIT)) == 1 {}
      }
      for number in 0..<60 { try world.heart("bad\(number)", "x\n") }
      var errors = ""
      #expect(Patience.seconds { errors = world.run("mark-problems").errors } < 4)
      #expect(errors.contains("hearts/bad59 is passed over"))
    }
  }
}
