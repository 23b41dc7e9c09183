import Foundation
import TestSupport
import Testing

/// watchdog-chain report, as people see it: 80 columns of text, and a page. Tests/report-picture looks at the
/// page in a browser.
@Suite struct ReportPageTests {
  private static let hostile = "</title><script>x</script>\\\"'&\\u001b[31m"

  private func rich(_ world: World, hearts: Int) throws {
    var lines: [String] = []
    for number in 0..<hearts {
      let name = String(format: "%04d", number) + String(repeating: "x", count: 196)
      try world.promise(name)
      let begin = 1000 + Double(number)
      lines += [
        Past.line(begin, "noticed", name, why: ReportPageTests.hostile),
        Past.line(begin + 0.5, "failed", name, why: ReportPageTests.hostile, ["noticed": begin]),
        Past.line(begin + 1, "solved", name, why: ReportPageTests.hostile, ["noticed": begin]),
      ]
    }
    for event in ["restart", "not-fed", "fed-again", "stood-down", "resumed"] {
      lines.append(Past.line(5000, event, why: ReportPageTests.hostile))
    }
    lines.append(Past.line(6000, "hold", why: ReportPageTests.hostile, details: "\"seconds\": 900"))
    try world.remember(lines)
  }

  @Test(arguments: [0, 1, 1000])
  func `everything fits into 80 columns of ASCII`(hearts: Int) async throws {
    try await World.with { world in
      try rich(world, hearts: hearts)
      let outcome = world.run("watchdog-chain", "report", at: Past.now)
      #expect(outcome.code == 0)
      let lines = outcome.output.split(separator: "\n")
      #expect(lines.allSatisfy { $0.utf8.count <= 80 })
      #expect(outcome.output.utf8.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 < 0x7F) })
    }
  }

  /// Elements are closed in the order in which they were opened, and text is text: then no browser has to guess.
  @Test func `the page is well-formed whatever is in the record`() async throws {
    try await World.with { world in
      try rich(world, hearts: 40)
      let page = world.run("watchdog-chain", "report", "--html", "-", at: Past.now).output
      #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
      #expect(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"))
      #expect(page.contains("&lt;script&gt;x&lt;/script&gt;&quot;&#39;&amp;\\x1b[31m"))
      #expect(page.utf8.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 < 0x7F) })
      let voids: Set<String> = ["meta", "br"]
      var open: [String] = []
      for tag in page.matches(of: /<(\/?)([A-Za-z][A-Za-z0-9]*)((?:[^<>"]|"[^"<>]*")*?)(\/?)>/) {
        let name = String(tag.output.2)
        if tag.output.1 == "/" {
          #expect(open.popLast() == name)
        } else if tag.output.4 != "/", !voids.contains(name) {
          open.append(name)
        }
      }
      #expect(open.isEmpty)
      let text = page.replacing(
        /<(\/?)([A-Za-z!][A-Za-z0-9]*)((?:[^<>"]|"[^"<>]*")*?)(\/?)>/, with: "")
      #expect(!text.contains("<"), "each < begins an element")
      let names = page.matches(of: /&[^;]*;/).map { String($0.output) }
      #expect(
        Set(names).isSubset(of: [
          "&lt;", "&gt;", "&quot;", "&#39;", "&amp;", "&nbsp;", "&minus;", "&ndash;",
        ]))
    }
  }

  @Test func `a thousand hearts are folded, the worst first`() async throws {
    try await World.with { world in
      try rich(world, hearts: 100)
      for number in 100..<1000 { try world.promise("well-\(number)") }
      let page = world.run("watchdog-chain", "report", "--html", "-", at: Past.now).output
      #expect(page.contains("<summary>75 more hearts that failed</summary>"))
      #expect(page.contains("<summary>900 hearts were never down by themselves</summary>"))
      #expect(page.utf8.count < 500_000)
    }
  }

  /// What fails each minute, for weeks: as many lines as are kept.
  @Test func `a hundred thousand lines take little time and memory`() async throws {
    try await World.with { world in
      for number in 0..<10 { try world.promise("web-\(number)") }
      let lines = (0..<50_000).flatMap { number in
        let begin = Double(number) * 1.7
        let name = "web-\(number % 10)"
        return [
          Past.line(begin, "noticed", name),
          Past.line(begin + 1, "solved", name, ["noticed": begin]),
        ]
      }
      try world.write(
        lines.prefix(50_000).map { "\($0)\n" }.joined(), to: "data/incidents.jsonl.1")
      try world.write(lines.suffix(50_000).map { "\($0)\n" }.joined(), to: "data/incidents.jsonl")
      var page = ""
      let seconds = Patience.seconds {
        page = world.run("watchdog-chain", "report", "--html", "-", at: Past.now).output
      }
      // A second of a release build: an ordinary one takes many.
      #expect(seconds < 60, "\(seconds)")
      #expect(page.utf8.count < 1_000_000)
      #expect(try Past.number(Past.heart(world.report(), "web-3"), "availability", "down") == 5000)
    }
  }

  // MARK: The file

  @Test func `the file is replaced whole or not at all`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.write("old", to: "report.html")
      let path = world.root.appending(path: "report.html").path
      #expect(world.run("watchdog-chain", "report", "--html", path, at: Past.now).code == 0)
      #expect(world.text("report.html")?.hasSuffix("</html>\n") == true)
      #expect((world.status("report.html")?.st_mode ?? 0) & 0o777 == 0o644)
      #expect(!world.names(in: "").contains { $0.hasPrefix(".") }, "no draft is left")
      let before = world.names(in: "")
      for target in ["data", ".", "missing/report.html", "data/"] {
        let path = world.root.appending(path: target).path + (target.hasSuffix("/") ? "/" : "")
        let outcome = world.run("watchdog-chain", "report", "--html", path, at: Past.now)
        #expect(outcome.code != 0 && outcome.errors.contains("unable to write"), "\(target)")
      }
      #expect(world.names(in: "") == before)
    }
  }

  /// Root must not replace a device by a page, nor what somebody else let a name lead to.
  @Test func `a device or a link is not replaced`() async throws {
    try await World.with { world in
      try world.promise("web")
      try world.write("untouched", to: "victim")
      let link = world.root.appending(path: "link.html").path
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: world.root.appending(path: "victim").path)
      let fifo = world.root.appending(path: "fifo.html").path
      mkfifo(fifo, 0o600)
      for path in [link, fifo, "/dev/null"] {
        let outcome = world.run("watchdog-chain", "report", "--html", path, at: Past.now)
        #expect(outcome.code == 73 && outcome.errors.contains(" has that name: name a file"))
      }
      #expect(world.text("victim") == "untouched")
      #expect(FileManager.default.fileExists(atPath: "/dev/null"))
    }
  }

  /// Who reads the JSON relies on these: one that goes away or changes its meaning is another version.
  @Test func `the members of version 1 stay`() async throws {
    try await World.with { world in
      try rich(world, hearts: 1)
      let report = try world.report()
      #expect(report["version"] as? Int == 1)
      #expect(
        Set(report.keys).isSuperset(of: [
          "version", "host", "asked-since", "since", "until", "recorded", "all", "box", "hearts",
          "advice",
        ]))
      let heart = try #require((report["hearts"] as? [[String: Any]])?.first)
      #expect(
        Set(heart.keys).isSuperset(of: [
          "name", "heart", "limit", "down-now", "availability", "held", "to-notice", "to-recover",
          "incidents",
        ]))
      let incident = try #require(Past.incidents(heart).first)
      #expect(
        Set(incident.keys).isSuperset(of: [
          "since", "noticed", "until", "end", "by", "why", "failed-attempts",
        ]))
      let box = try #require(report["box"] as? [String: Any])
      #expect(
        Set(box.keys).isSuperset(of: [
          "availability", "reboots", "restarts", "holds", "stood-down", "not-fed",
        ]))
    }
  }
}
