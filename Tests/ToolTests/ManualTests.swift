import Foundation
import TestSupport
import Testing

/// `--help` and the page agree, in both directions: who adds an option or a word writes about it.
@Suite struct ManualTests {
  /// What `--help` says.
  private struct Help {
    let usage: [String]
    let options: [String]
    let words: [String]

    init(_ text: String) {
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      usage = lines.prefix { !$0.isEmpty }.map { String($0.dropFirst("usage: ".count)) }
      let left = lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
        .compactMap { $0.dropFirst(2).split(separator: "  ").first.map(String.init) }
      options = left.filter { $0.hasPrefix("--") }
      words = left.filter { !$0.hasPrefix("--") }
    }
  }

  private static let tools = ManualPage.all.filter { $0.hasSuffix(".1") || $0.hasSuffix(".8") }

  @Test func `each tool has a page`() {
    let tools = Set(Self.tools.map { $0.prefix { $0 != "/" } })
    let known =
      CommandLineTests.tools + [
        "solve-problems", "run-stamped", "kill-stamped", "watchdog-chain",
      ]
    #expect(tools == Set(known.map { Substring($0) }))
    #expect(ManualPage.all.contains("watchdog-chain/watchdog-chain.5"))
    #expect(ManualPage.all.contains("watchdog-chain/watchdog-chain.7"))
  }

  @Test(arguments: tools)
  func `each page has the usage and the options of its tool`(path: String) async throws {
    let page = try ManualPage(path)
    try await World.with { world in
      let help = Help(world.run(page.tool, "--help").output)
      #expect(page.usage == help.usage)
      #expect(page.options.sorted() == help.options.sorted())
    }
  }

  @Test func `each word of watchdog-chain has a section with its usage and options`() async throws {
    let page = try ManualPage("watchdog-chain/watchdog-chain.8")
    let sections = page.sections(below: "WORDS")
    try await World.with { world in
      let words = Help(world.run("watchdog-chain", "--help").output).words
      #expect(sections.map { $0.title }.sorted() == words.sorted())
      for section in sections {
        let help = Help(world.run("watchdog-chain", section.title, "--help").output)
        #expect(page.usage(in: section) == help.usage)
        // Those that all words have stand in a section of their own.
        let own = help.options.filter { !page.options.contains($0) }
        #expect(section.options.sorted() == own.sorted(), "\(section.title)")
        #expect(Set(page.options).isSubset(of: help.options), "\(section.title)")
      }
    }
  }

  @Test(arguments: ManualPage.all)
  func `every page that is referred to exists`(path: String) throws {
    let page = try ManualPage(path)
    let ours = Set(ManualPage.all.map { $0.split(separator: "/").last! })
    let names = Set(ours.map { $0.prefix { $0 != "." } })
    for match in page.text.matches(of: /Xr ([a-z0-9_-]+) ([1-8])/) where names.contains(match.1) {
      #expect(ours.contains("\(match.1).\(match.2)"), "\(match.0)")
    }
  }

  @Test func `each member of the JSON is described`() async throws {
    let page = try ManualPage("watchdog-chain/watchdog-chain.8")
    let described = try #require(page.section("JSON")).lines.joined(separator: " ")
      .split { !$0.isLetter && $0 != "-" }
    try await World.with { world in
      try world.heart("web", "30\n")
      try world.heart("bad", "x\n")
      try world.write("10\n", to: "etc/chain/mark-problems")
      world.run("mark-problems")
      world.run("mark-problems", "--mark", "web", "it hangs")
      world.run("watchdog-chain", "hold", "15m")
      for words in [["status"], ["explain", "web"]] {
        let text = world.run("watchdog-chain", words + ["--json"]).output
        for member in Self.members(of: try JSONSerialization.jsonObject(with: Data(text.utf8))) {
          #expect(described.contains(Substring(member)), "\(words[0]) --json: \(member)")
        }
      }
    }
  }

  private static func members(of json: Any) -> Set<String> {
    if let object = json as? [String: Any] {
      return object.values.reduce(into: Set(object.keys)) { $0.formUnion(members(of: $1)) }
    }
    return (json as? [Any])?.reduce(into: []) { $0.formUnion(members(of: $1)) } ?? []
  }
}
