import Foundation
import Testing

/// watchdog-chain metrics and nagios: for the monitoring that is there already.
@Suite struct MonitoringTests {
  /// The samples of the text format; whatever is neither a comment nor one of them is recorded.
  private func samples(_ text: String) throws -> [String: String] {
    var samples: [String: String] = [:]
    var known: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") { known.insert(line.split(separator: " ")[2]) }
      if line.hasPrefix("#") { continue }
      let match = try #require(
        line.firstMatch(of: /^([a-z_]+)(\{.*\})? (-?[0-9.]+)$/), "\(line)")
      #expect(known.contains(match.1), "\(line): before its TYPE")
      let key = "\(match.1)\(match.2 ?? "")"
      #expect(samples[key] == nil, "twice: \(key)")
      samples[key] = String(match.3)
    }
    return samples
  }

  @Test func metricsTellOfLateHeartsAndProblems() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      try world.heart("bad", "soon\n")
      try world.write("10\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let well = try samples(world.run("watchdog-chain", "metrics").output)
      #expect(well["watchdog_chain_heart_late{heart=\"web\"}"] == "0")
      #expect(well["watchdog_chain_problems"] == "0")
      #expect(well["watchdog_chain_hearts_passed_over"] == "1")
      #expect(well["watchdog_chain_guarded"] == "0")
      #expect(well["watchdog_chain_stood_down"] == "0")
      #expect(well["watchdog_chain_link_fresh{tool=\"mark-problems\"}"] == "1")
      world.run("mark-problems", "--mark", "web", "--detector", "a \"b\" \\ c", "ill")
      try world.write("2026-11-24T00:00:00.000Z: for a test\n", to: "data/stood-down")
      let ill = try samples(world.run("watchdog-chain", "metrics").output)
      #expect(ill["watchdog_chain_problems"] == "1")
      #expect(ill["watchdog_chain_stood_down"] == "1")
      #expect(ill["watchdog_chain_incidents_total{event=\"noticed\",heart=\"web\"}"] == "1")
      let label = "{heart=\"web\",detector=\"a \\\"b\\\" \\\\ c\"}"
      #expect(ill["watchdog_chain_problem_age_seconds\(label)"] != nil)
    }
  }

  @Test func metricsReplaceTheirFileAsAWhole() async throws {
    try await World.with { world in
      try world.write("old", to: "box.prom")
      let path = world.root.appending(path: "box.prom").path
      let before = try #require(world.status("box.prom")?.st_ino)
      #expect(world.run("watchdog-chain", "metrics", "--output", path).code == 0)
      #expect(world.status("box.prom")?.st_ino != before, "renamed, not written into")
      #expect((world.status("box.prom")?.st_mode ?? 0) & 0o777 == 0o644)
      #expect(try samples(world.text("box.prom") ?? "").count > 10)
      let nowhere = world.run("watchdog-chain", "metrics", "--output", "/nowhere/box.prom")
      #expect(nowhere.code != 0 && nowhere.errors.contains("/nowhere/box.prom"))
    }
  }

  @Test func nagiosHasOneLineAndFourAnswers() async throws {
    try await World.with { world in
      func look() -> World.Outcome { world.run("watchdog-chain", "nagios") }
      try world.heart("web", "5\n")
      try world.write("/dev/null\n", to: "etc/device")
      world.run("mark-problems")
      world.run("mark-problems", "--mark", "web", "it | is\nill")
      let critical = look()
      #expect(critical.code == 2)
      #expect(critical.output.hasPrefix("WATCHDOG CRITICAL - "))
      #expect(critical.output.split(separator: "\n").count == 1)
      #expect(critical.output.filter { $0 == "|" }.count == 1, "one bar, before the data")
      #expect(critical.output.contains("problems=1;;0;0"))
      try FileManager.default.removeItem(at: world.config)
      let unknown = look()
      #expect(unknown.code == 3 && unknown.output.hasPrefix("WATCHDOG UNKNOWN - "))
    }
  }
}
