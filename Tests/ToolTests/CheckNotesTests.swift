import Foundation
import TestSupport
import Testing

/// watchdog-chain check: what is no mistake, and what is worth knowing.
@Suite struct CheckNotesTests {
  @Test func `what happens to a heart that nothing mends is noted`() async throws {
    try await World.withBox { world in
      try world.remove("etc/programs/web")
      func note() -> String {
        let outcome = world.check()
        #expect(outcome.code == 0, "\(outcome.output)")
        return World.notes(outcome).first { $0.contains("hearts/web: ") } ?? ""
      }
      #expect(note().contains("until its first beat it is only marked; after that"))
      #expect(note().contains("and in the end the box is rebooted"))
      let cure = try #require(note().components(separatedBy: ": ").last)
      #expect(world.run("/bin/sh", "-c", cure).code == 0, "\(cure)")
      #expect(note().isEmpty)
      try world.write("solve\n", to: "etc/of/web/last-step")
      #expect(note().contains("it is only marked, because there is neither"))
      try world.write("restart\n", to: "etc/of/web/last-step")
      #expect(note().contains("restart-system is run") && !note().contains("first beat"))
      #expect(!note().contains("rebooted"))
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can give files away"))
  func `a heart of a user without a name is only noted`() async throws {
    try await World.withBox { world in
      chown(world.root.appending(path: "etc/hearts/web").path, 4711, 0)
      let outcome = world.check()
      #expect(outcome.code == 0, "\(outcome.output)")
      #expect(World.notes(outcome).contains { $0.contains("user 4711, which has no name") })
    }
  }

  @Test func `an existing problem is known as a name`() async throws {
    try await World.withBox { world in
      try world.put("mark\n", at: "etc/of/backup/last-step")
      #expect(world.check().code == 78)
      try world.put("cron\nit failed\n", at: "run/problems/backup")
      #expect(world.check().code == 0, "\(world.check().output)")
    }
  }

  @Test func `a timeout that the driver changed is reported and counted with`() async throws {
    try await World.withBox { world in
      try world.device(timeout: 15)
      let outcome = world.check()
      #expect(outcome.code == 0)
      #expect(
        World.notes(outcome).contains { $0.contains("(Software Watchdog) made 75 s into 15 s") })
      #expect(outcome.output.contains("chain 10 s + device 15 s"))
      try world.device(timeout: 15, state: "inactive")
      #expect(World.notes(world.check()).isEmpty, "what nobody armed has the driver's own timeout")
    }
  }

  @Test(arguments: [
    ("etc/hearts/web.dpkg-new", "30\n", "passed over: hearts/web counts instead"),
    ("etc/solve-within.new", "x", "passed over: solve-within counts instead"),
    ("etc/programs/db", "#!/bin/sh\n", "it has no heart"),
    ("etc/solutions/db", "#!/bin/sh\n", "it has no heart: it is run only when"),
    ("etc/programs/web", "exec sleep 1\n", "no interpreter line"),
    ("etc/hearts/web", "30 3600\n", "so 5 reboots may not fit"),
    ("etc/device-timeout", "15\n", "if both feeders are killed"),
    ("etc/device", "/dev/no-such-device\n", "there is no /dev/no-such-device"),
    ("etc/device", "/dev/zero\n", "is no watchdog device"),
  ])
  func `something worth knowing is no mistake`(file: String, text: String, words: String)
    async throws
  {
    try await World.withBox { world in
      if file.hasSuffix(".new") { try world.write("30\n", to: "etc/solve-within") }
      try world.write(text, to: file, mode: file.contains("s/") ? 0o755 : 0o644)
      if file.hasSuffix("timeout") { try world.device(timeout: 15) }
      let outcome = world.check()
      #expect(outcome.code == 0, "\(outcome.output)")
      #expect(World.notes(outcome).contains { $0.contains(words) }, "\(outcome.output)")
    }
  }

  @Test func `a start that took longer than allowed is a mistake`() async throws {
    try await World.withBox { world in
      let now = Date().addingTimeInterval(-1000)
      func line(_ event: String, _ details: String, _ seconds: Double, _ steps: [String: Double])
        -> String
      {
        func date(_ seconds: Double) -> String {
          now.addingTimeInterval(seconds).ISO8601Format(
            .iso8601(timeZone: .gmt, includingFractionalSeconds: true)) + "Z"
        }
        let steps = steps.sorted { $0.key < $1.key }.map {
          ", \"\($0.key)\": \"\(date($0.value))\""
        }
        return """
          {"time": "\(date(seconds))", "uptime": 1.000, "boot": "b", "event": "\(event)", "name": "web", \
          "by": "x", "why": ""\(details)\(steps.joined())}

          """
      }
      var history = line("solved", "", 2, ["started": 1, "beat": 13.5])
      try world.write(history, to: "data/incidents.jsonl")
      try world.heart("web", "30 10\n")
      let outcome = world.check()
      #expect(outcome.code == 78)
      #expect(
        outcome.output.contains(
          "a start took 12.5 s until the first beat, but 10 s are allowed: write \"30 26\""),
        "\(outcome.output)")
      try world.heart("web", "30 26\n")
      #expect(world.check().code == 0)
      // Late since its start, and then the beat came after all.
      history = line("solved", "", 2, ["started": 1])
      history += line(
        "noticed", ", \"reason\": \"first-beat\", \"limit\": 26", 28, ["since": 1, "deadline": 27])
      history += line("recovered", ", \"how\": \"beats\"", 45, ["noticed": 28])
      try world.write(history, to: "data/incidents.jsonl")
      #expect(world.check().output.contains("a start took 42"), "\(world.check().output)")
      // Started in vain, again and again.
      history = ""
      for start in [0.0, 100, 200] {
        history += line("solved", "", start + 2, ["started": start + 1])
        history += line("noticed", "", start + 28, ["since": start + 1, "deadline": start + 27])
      }
      try world.write(history, to: "data/incidents.jsonl")
      let vain = world.check()
      #expect(vain.code == 0)
      #expect(
        World.notes(vain).contains { $0.contains("it was started 3 times in a row") },
        "\(vain.output)")
      try world.heart("web", "30 60\n")
      #expect(World.notes(world.check()).isEmpty)
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a thousand hearts are checked quickly`() async throws {
    try await World.withBox { world in
      for index in 0..<1000 {
        try world.heart("h\(index)", "30\n")
        try world.symbolicLink(
          "etc/programs/h\(index)", to: index % 2 == 0 ? "web" : "../programs/web")
      }
      var code: Int32 = -1
      #expect(Patience.seconds { code = world.check().code } < 5)
      #expect(code == 0)
      world.setPermissions("etc/programs", 0o777)
      #expect(World.mistakes(world.check()).count == 1, "one folder is one mistake")
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root can be somebody else"))
  func `an ordinary user sees the same mistakes`() async throws {
    try await World.withBox { world in
      func check() -> Outcome {
        world.run(
          "/usr/bin/setpriv", "--reuid", "65534", "--clear-groups",
          toolsFolder.appending(path: "watchdog-chain").path, "check", "--root",
          world.root.appending(path: "box").path)
      }
      #expect(check().code == 0, "\(check())")
      world.setPermissions("etc/programs/web", 0o700)
      #expect(
        World.notes(check()).contains {
          $0.contains("1 executables cannot be examined by this user")
        })
      world.setPermissions("etc/programs/web", 0o777)
      #expect(check().code == 78)
      let fix = world.run(
        "/usr/bin/setpriv", "--reuid", "65534", "--clear-groups",
        toolsFolder.appending(path: "watchdog-chain").path, "check", "--fix")
      #expect(
        fix.code == 78 && fix.errors.contains("Operation not permitted: run it as root"), "\(fix)")
    }
  }

  @Test func `no name or content breaks a line`() async throws {
    try await World.withBox { world in
      try world.write("30\n", to: "etc/hearts/a\u{1B}[31m\nb")
      try world.write("\u{1B}]0;x\u{07}\n", to: "etc/hearts/web")
      try world.write("#!/bin/\u{1B}[0m\n", to: "etc/programs/web", mode: 0o755)
      try world.write(
        "*/2 * * * \u{1B}x root each-second mark-problems\n\0\0", to: "box/etc/cron.d/odd")
      mkfifo(world.root.appending(path: "etc/solutions/web").path, 0o600)
      mkfifo(world.root.appending(path: "box/etc/cron.d/fifo").path, 0o600)
      try world.symbolicLink("etc/programs/loop", to: "loop")
      let outcome = world.check()
      #expect(outcome.code == 78)
      #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\0"))
      #expect(outcome.output.contains("solutions/web: unable to run"), "\(outcome.output)")
      #expect(outcome.output.contains("it leads to loop: Too many levels"))
    }
  }
}
