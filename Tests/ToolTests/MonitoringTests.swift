import Foundation
import TestSupport
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

  @Test func `metrics show late hearts and problems`() async throws {
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
      try world.write("2026-11-24T00:00:00.000Z: for a test\n", to: "run/stood-down")
      let ill = try samples(world.run("watchdog-chain", "metrics").output)
      #expect(ill["watchdog_chain_problems"] == "1")
      #expect(ill["watchdog_chain_stood_down"] == "1")
      #expect(ill["watchdog_chain_incidents_total{event=\"noticed\"}"] == "1")
      #expect(ill["watchdog_chain_incidents_total{event=\"restart\"}"] == "0", "from the beginning")
      let noticed = "watchdog_chain_heart_incidents_total{heart=\"web\",event=\"noticed\"}"
      #expect(ill[noticed] == "1" && well[noticed] == "0")
      let since = ill["watchdog_chain_problem_noticed_timestamp_seconds{problem=\"web\"}"]
      let noticedAt = try #require(since.flatMap { Double($0) })
      let written = try #require(
        ill["watchdog_chain_written_timestamp_seconds"].flatMap { Double($0) })
      #expect((0..<60).contains(written - noticedAt))
    }
  }

  @Test func `metrics read what is new, and begin anew with another file`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      world.run("mark-problems")
      let path = "data/incidents.jsonl"
      func line(_ second: Int) -> String {
        #"{"time": "2026-11-26T10:00:0\#(second).000Z", "event": "tried", "name": "web", "by": "a", "why": "b"}"#
          + "\n"
      }
      func tried() throws -> String? {
        try samples(world.run("watchdog-chain", "metrics").output)[
          #"watchdog_chain_heart_incidents_total{heart="web",event="tried"}"#]
      }
      let older = line(1) + line(2) + line(3) + line(4)
      try world.write(older + #"{"time": "#, to: path)
      #expect(try tried() == "4")
      let rest = FileHandle(forWritingAtPath: world.path(of: path))
      try rest?.seek(toOffset: UInt64(older.utf8.count))
      try rest?.write(contentsOf: Data(line(5).utf8))
      try rest?.close()
      #expect(try tried() == "5")
      // Who counted all of it would see these as none.
      let file = FileHandle(forUpdatingAtPath: world.path(of: path))
      try file?.write(contentsOf: Data(repeating: 0x78, count: 20))
      try file?.close()
      #expect(try tried() == "5", "what was counted is not read again")
      try world.write(String(repeating: line(4), count: 3), to: path)
      #expect(try tried() == "3", "cut off and written anew")
      try world.remove(path)
      #expect(try tried() == "0")
      try world.write(line(1), to: path)
      #expect(try tried() == "1")
      try world.write("rubbish", to: "run/metrics")
      #expect(try tried() == "1")
      let kept = try #require(world.text("run/metrics"))
      let garbled = kept.replacingOccurrences(of: " 1", with: " 9223372036854775807")
      try #require(garbled != kept)
      try world.write(garbled, to: "run/metrics")
      try world.write(line(1) + line(2), to: path)
      #expect(try tried() == "2", "what could not be counted on from is counted anew")
    }
  }

  @Test func `metrics replace their file as a whole`() async throws {
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
      let folder = world.run("watchdog-chain", "metrics", "--output", "\(world.root.path)/")
      #expect(folder.code == 64 && folder.errors.hasSuffix("/\": that names no file\n"))
      // Whoever runs it, node_exporter is to read it.
      let tool = toolsFolder.appending(path: "watchdog-chain").path
      world.run("/bin/sh", "-c", "umask 077; \(tool) metrics --output \(path).2")
      #expect((world.status("box.prom.2")?.st_mode ?? 0) & 0o777 == 0o644)
    }
  }

  /// A counter that fell to anything but its beginning would have grown by that, in Prometheus' eyes.
  @Test func `counts begin anew with the file and are complete`() async throws {
    try await World.with { world in
      try world.heart("web", "5\n")
      world.run("mark-problems")
      func counts() throws -> (box: String?, web: String?) {
        let samples = try samples(world.run("watchdog-chain", "metrics").output)
        return (
          samples["watchdog_chain_incidents_total{event=\"solved\"}"],
          samples["watchdog_chain_heart_incidents_total{heart=\"web\",event=\"solved\"}"]
        )
      }
      func line(_ name: String) -> String {
        "{\"time\": \"2026-11-24T00:00:00.000Z\", \"event\": \"solved\", \"name\": \"\(name)\"}\n"
      }
      // More than is read at once, torn at its end, with a line that is as long as all that.
      let long = String(repeating: "x", count: 200_000)
      try world.write(
        String(repeating: line("web") + line("gone"), count: 1000) + "\(long)\n" + line("web")
          + line("web").dropLast(5), to: "data/incidents.jsonl")
      let whole = try counts()
      #expect(whole == ("2001", "1001"))
      try FileManager.default.moveItem(
        at: world.root.appending(path: "data/incidents.jsonl"),
        to: world.root.appending(path: "data/incidents.jsonl.1"))
      let anew = try counts()
      #expect(anew == ("0", "0"))
    }
  }

  /// node_exporter reads each file that ends in ".prom", and of two with the same metrics none.
  @Test func `a draft that fails is no file for node_exporter and is removed`() async throws {
    try await World.with { world in
      world.run("mark-problems")
      let path = world.root.appending(path: "textfile/box.prom")
      try FileManager.default.createDirectory(
        at: path.appending(path: "full"), withIntermediateDirectories: true)
      world.awaitClerk()
      let outcome = world.run("watchdog-chain", "metrics", "--output", path.path)
      #expect(outcome.code != 0 && outcome.errors.contains("unable to write \(path.path): "))
      #expect(world.names(in: "textfile") == ["box.prom"])
      // Nor a link: who may write in the folder could have any file replaced.
      try FileManager.default.removeItem(at: path)
      try FileManager.default.createSymbolicLink(at: path, withDestinationURL: world.root)
      let refused = world.run("watchdog-chain", "metrics", "--output", path.path)
      #expect(refused.code == 73 && refused.errors.contains("a symbolic link has that name"))
      #expect(world.names(in: "textfile") == ["box.prom"])
    }
  }

  @Test func `where nothing has run since boot, metrics say that the box is not guarded`()
    async throws
  {
    try await World.with { world in
      let samples = try samples(world.run("watchdog-chain", "metrics").output)
      #expect(samples["watchdog_chain_guarded"] == "0")
      #expect(samples["watchdog_chain_only_marks"] == "1", "no link of its chain restarts anything")
      try world.write("10\n", to: "etc/chain/check-solutions")
      let whole = try self.samples(world.run("watchdog-chain", "metrics").output)
      #expect(whole["watchdog_chain_only_marks"] == "0")
      #expect(!world.exists("run"))
    }
  }
}
