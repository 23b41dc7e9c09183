import Foundation
import TestSupport
import Testing

/// watchdog-chain status and explain: what people look at after something went wrong.
@Suite struct StatusTests {
  private func object(_ outcome: Outcome) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  /// Who reads the JSON relies on these: one that goes away or changes its meaning is another version.
  @Test func `the members of version 1 stay`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      try world.heart("bad", "soon\n")
      try world.write("10\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      world.run("mark-problems", "--mark", "disk", "full")
      let json = try object(world.run("watchdog-chain", "status", "--json"))
      #expect(json["version"] as? Int == 1)
      #expect(
        Set(json.keys).isSuperset(of: [
          "version", "guarded", "objections", "hold", "hold-reason", "reboot-due", "stood-down",
          "last-step", "last-boot", "ladder", "problems", "hearts", "chain", "device",
        ]))
      func first(_ name: String) -> Set<String> {
        let all = json[name] as? [[String: Any]]
        return Set((all?.first { $0["mistake"] == nil } ?? [:]).keys)
      }
      #expect(
        first("hearts").isSuperset(of: [
          "name", "age", "limit", "beaten", "late", "last-beat", "started", "process", "running",
          "uptime", "mended-today", "closest-today",
        ]))
      #expect(
        first("problems").isSuperset(of: [
          "name", "since", "age", "detector", "reason", "next", "ladder", "ladder-in",
        ]))
      #expect(first("chain").isSuperset(of: ["tool", "age", "limit", "fresh"]))
      #expect(
        Set((json["device"] as? [String: Any] ?? [:]).keys).isSuperset(of: [
          "path", "identity", "software", "state", "timeout", "nowayout", "disarmed", "holders",
        ]))
      let boot = try #require(json["last-boot"] as? [String: Any])
      #expect(boot["cause"] is String && boot["date"] is String && boot["why"] is String)
      let hearts = try #require(json["hearts"] as? [[String: Any]])
      #expect(hearts.first?["mistake"] is String, "what is wrong comes first")
    }
  }

  @Test func `hearts that no tool has looked at yet are not called none`() async throws {
    try await World.with { world in
      func status() -> String { world.run("watchdog-chain", "status").output }
      #expect(status().contains("hearts\n  none: write seconds into"))
      try world.heart("web", "5\n")
      #expect(status().contains("hearts\n  not looked at yet: mark-problems has not run"))
      world.run("mark-problems")
      #expect(!status().contains("not looked at yet"))
    }
  }

  @Test func `a problem says what comes next`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      world.run("mark-problems")
      world.run("check-solutions")
      world.run("mark-problems", "--mark", "web", "it is ill")
      let marked = world.run("watchdog-chain", "status").output
      #expect(marked.contains("it is only marked"), "nobody here can mend it: \(marked)")
      try world.makeFolder("etc/solutions")
      try world.script("etc/solutions/web", "sleep 20")
      let before = world.run("watchdog-chain", "status").output
      #expect(before.contains("solve-problems has not run since boot"))
      world.run("solve-problems")
      let output = world.run("watchdog-chain", "status").output
      #expect(output.contains("being solved: attempt 1, process "), "\(output)")
      #expect(output.contains("restart-system in 2") || output.contains("restart-system in 30"))
      world.run("kill-stamped")
    }
  }

  @Test func `--new prints what was not printed before`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      try world.write("/dev/null\n", to: "etc/device")
      try world.write("100\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let first = world.run("watchdog-chain", "status", "--new")
      #expect(first.output == "not guarded: /dev/null is no watchdog device\n", "\(first.output)")
      #expect(world.run("watchdog-chain", "status", "--new").output == "")
      world.run("mark-problems", "--mark", "disk", "full")
      let second = world.run("watchdog-chain", "status", "--new").output
      #expect(second.hasPrefix("disk: full"), "\(second)")
      #expect(world.run("watchdog-chain", "status", "--new").output == "")
      world.run("solve-problems", "--solved", "disk", "by hand")
      #expect(world.run("watchdog-chain", "status", "--new").output == "over: problem disk\n")
      #expect(world.run("watchdog-chain", "status", "--new").output == "")
    }
  }

  @Test func `--new prints it again when it could not be remembered`() async throws {
    try await World.with { world in
      try world.write("/dev/null\n", to: "etc/device")
      world.run("mark-problems")
      try world.makeFolder("run/told")
      for _ in 0..<2 {
        let outcome = world.run("watchdog-chain", "status", "--new")
        #expect(outcome.output.contains("not guarded: /dev/null"))
        #expect(outcome.code != 0 && outcome.errors.contains("told"))
      }
    }
  }

  @Test func `a thousand hearts fit the columns`() async throws {
    try await World.with { world in
      for number in 0..<1000 { try world.heart("heart-\(number)", "\(number + 5)\n") }
      world.run("mark-problems")
      let outcome = world.run("watchdog-chain", "status")
      let lines = outcome.output.split(separator: "\n")
      #expect(outcome.code == 0 && lines.count > 1000)
      #expect(lines.allSatisfy { $0.utf8.count <= 80 && $0.utf8.allSatisfy { $0 < 0x7F } })
    }
  }

  @Test func `only one way to show it can be chosen`() async throws {
    try await World.with { world in
      let outcome = world.run("watchdog-chain", "status", "--json", "--new")
      #expect(outcome.code == 64 && outcome.errors.contains("only one of"))
    }
  }

  // MARK: explain

  @Test func `explain tells how a program was mended`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      try world.makeFolder("etc/programs")
      // It ignores TERM, and beats once when it is started.
      try world.script(
        "etc/programs/web", "trap '' TERM; beat web; echo ready; while :; do sleep 1; done")
      world.run("mark-problems")
      world.run("run-stamped", "--background", "web")
      // What somebody else than mark-problems noticed is not over because the heart beats.
      world.run("mark-problems", "--mark", "web", "--detector", "me", "it is ill")
      world.run("solve-problems")
      #expect(await world.waits(upTo: 20) { world.lastAttempt("web")?.phase == "tried" })
      world.run("beat", "web")
      world.run("solve-problems")
      #expect(!world.exists("run/problems/web"), "it beats after its start")
      world.awaitClerk()
      let outcome = world.run("watchdog-chain", "explain", "web")
      #expect(outcome.code == 0)
      let order = [
        "noticed by me: it is ill", "began to solve it (attempt 1)", "(TERM)", "(KILL)",
        "its program was started", "first beat of the new program", "solved, says solve-problems",
      ]
      var rest = Substring(outcome.output)
      for words in order {
        let found = rest.range(of: words)
        #expect(found != nil, "\(words) in\n\(outcome.output)")
        if let found { rest = rest[found.upperBound...] }
      }
      #expect(outcome.output.contains("ready"), "the program's last words")
      #expect(outcome.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
      let json = try object(world.run("watchdog-chain", "explain", "--json", "web"))
      let timeline = try #require(json["timeline"] as? [[String: Any]])
      let what = timeline.compactMap { $0["what"] as? String }
      #expect(
        what == ["noticed", "began", "asked", "killed", "started", "tried", "beat", "solved"])
      #expect(
        timeline.compactMap { $0["date"] as? String }.sorted()
          == timeline.map { $0["date"] as? String })
      world.run("kill-stamped")
    }
  }

  @Test func `explain tells since when a heart has been silent`() async throws {
    try await World.with { world in
      try world.heart("web", "2\n")
      world.run("mark-problems")
      world.run("beat", "web")
      let date = Date.now.timeIntervalSince1970
      // Looks of a second each, by a clock that is an argument, until it is late.
      for second in 0..<5 {
        world.run(
          "mark-problems",
          at: FakeClock(realtime: date + Double(second), monotonic: 1000 + Double(second)))
      }
      let json = try object(world.run("watchdog-chain", "explain", "--json", "web"))
      let what = (json["timeline"] as? [[String: Any]])?.compactMap { $0["what"] as? String }
      #expect(what == ["since", "deadline", "noticed"], "\(json)")
      #expect(json["well"] as? Bool == false)
    }
  }

  @Test func `explain says what it does not know`() async throws {
    try await World.with { world in
      let nobody = world.run("watchdog-chain", "explain", "nobody")
      #expect(nobody.code == 66 && nobody.errors.contains("there is no heart nobody"))
      #expect(world.run("watchdog-chain", "explain", "../etc").code == 64)
      #expect(world.run("watchdog-chain", "explain").code == 64)
      try world.heart("web", "5\n")
      let quiet = world.run("watchdog-chain", "explain", "web")
      #expect(quiet.code == 0 && quiet.output.contains("no tool has run since boot"))
    }
  }

  @Test(arguments: ["etc/chain", "etc"])
  func `where the chain is not installed that is said`(missing: String) async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      world.run("mark-problems")
      try FileManager.default.removeItem(atPath: world.path(of: missing))
      for words in [["status"], ["explain", "web"]] {
        let outcome = world.run("watchdog-chain", words)
        #expect(outcome.code == 66)
        #expect(
          outcome.errors.hasSuffix(
            "/\(missing): No such file or directory: install watchdog-chain on this box, or name its configuration with "
              + "--config DIR\n"), "\(outcome.errors)")
      }
    }
  }

  @Test func `hostile words do not drive the terminal`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      world.run("mark-problems")
      try world.makeFolder("logs")
      try world.write("\u{1B}[31mred\u{7}\n", to: "logs/web.log")
      try world.write(
        "{\"time\": \"2026-11-24T10:00:00.000Z\", \"event\": \"noticed\", \"name\": \"web\", "
          + "\"by\": \"\\u001b[2J\", \"why\": \"\\u001b]0;x\\u0007\"}\ntorn\n{\"time\"",
        to: "data/incidents.jsonl")
      for words in [["explain", "web"], ["status"], ["explain", "--json", "web"]] {
        let outcome = world.run("watchdog-chain", words)
        #expect(outcome.code == 0)
        #expect(!outcome.output.utf8.contains(0x1B) && !outcome.output.utf8.contains(0x07))
      }
    }
  }

  @Test func `notes are remembered`() async throws {
    try await World.with { world in
      #expect(world.run("watchdog-chain", "note", "a new disk").code == 0)
      let text = try #require(world.text("data/incidents.jsonl"))
      #expect(text.contains("\"event\": \"note\"") && text.contains("a new disk"))
      #expect(world.run("watchdog-chain", "note").code == 64)
    }
  }
}
