import Foundation
import TestSupport
import Testing

/// The custom plugin for node-problem-detector, run as that runs it.
@Suite struct NodeProblemDetectorTests {
  private static let folder = checkout.appending(path: "etc/monitoring")
  private static let check = folder.appending(path: "node-problem-detector-check").path

  private func check(_ world: World, path: String? = nil) throws -> (code: Int32, line: String) {
    let process = world.process(NodeProblemDetectorTests.check)
    if let path { process.environment?["PATH"] = path }
    let outcome = process.outcome()
    let output = outcome.output
    #expect(output.utf8.count <= 80 && output.hasSuffix("\n"), "what is longer is cut off")
    #expect(output.filter { $0 == "\n" }.count == 1)
    return (outcome.code, String(output.dropLast()))
  }

  @Test func `it exits with 0, 1 and 2`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      try world.write("10\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      let well = try check(world)
      #expect(well == (0, "only marks problems, 1 heart beats"))
      world.run("watchdog-chain", "hold", "5m", "new disk")
      #expect(try check(world).code == 0, "a warning is no reason to leave a node alone")
      world.run("watchdog-chain", "hold", "--end")
      world.run("mark-problems", "--mark", "web", String(repeating: "why | - ", count: 20) + "\nx")
      let ill = try check(world)
      #expect(ill.code == 1 && ill.line.hasPrefix("problem web, for "))
      try FileManager.default.removeItem(at: world.config)
      let unknown = try check(world)
      #expect(unknown.code == 2 && unknown.line.hasPrefix("unable to "))
    }
  }

  @Test func `a tool that is missing, hangs or dies is unknown`() async throws {
    try await World.with { world in
      func withTool(_ body: String) throws -> (code: Int32, line: String) {
        try FileManager.default.createDirectory(
          at: world.root.appending(path: "bin"), withIntermediateDirectories: true)
        try world.script("bin/watchdog-chain", body)
        return try check(world, path: world.root.appending(path: "bin").path + ":/usr/bin:/bin")
      }
      let missing = try withTool("exit 127")
      #expect(missing == (2, "watchdog-chain nagios could not be run: exit code 127"))
      let hanging = try withTool("trap '' TERM; exec sleep 60")
      #expect(hanging == (2, "watchdog-chain nagios did not answer within 3 s"))
      #expect(try withTool("kill -SEGV $$").code == 2)
      #expect(try withTool("echo WATCHDOG OK - fine; exit 64").code == 2)
    }
  }

  @Test func `its configuration is one that node-problem-detector accepts`() throws {
    let url = NodeProblemDetectorTests.folder.appending(path: "node-problem-detector.json")
    let all = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
    #expect(all["plugin"] as? String == "custom")
    let limits = try #require(all["pluginConfig"] as? [String: Any])
    #expect(limits["timeout"] as? String == "5s" && limits["max_output_length"] as? Int == 80)
    let conditions = try #require(all["conditions"] as? [[String: String]])
    #expect(conditions.allSatisfy { Set($0.keys) == ["type", "reason", "message"] })
    #expect(conditions.allSatisfy { ($0["message"] ?? "").utf8.count < 80 })
    let rules = try #require(all["rules"] as? [[String: String]])
    #expect(!rules.isEmpty)
    for rule in rules {
      #expect(Set(rule.keys) == ["type", "condition", "reason", "path", "timeout"])
      #expect(rule["type"] == "permanent" && rule["timeout"] == "5s")
      #expect(conditions.contains { $0["type"] == rule["condition"] })
      #expect(
        rule["path"]?.hasSuffix("/share/watchdog-chain/monitoring/node-problem-detector-check")
          == true)
    }
  }
}
