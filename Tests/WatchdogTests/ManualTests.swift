import Foundation
import TestSupport
import Testing
import Watchdog

/// watchdog-chain(5) describes each file of /etc/watchdog, with the default that the tools use.
@Suite struct ManualTests {
  private static let known =
    Setting.all.map { "\($0.name) \($0.usual == 0 ? "none" : "\($0.usual)")" } + [
      "device \(Settings.usualDevice)"
    ]
  private let page: String

  init() throws { page = try Self.page(5) }

  private static func page(_ section: Int) throws -> String {
    let path = "Sources/watchdog-chain/watchdog-chain.\(section)"
    return try String(contentsOf: checkout.appending(path: path), encoding: .utf8)
  }

  @Test func `each setting is described with its default, and no other`() {
    let described = page.matches(of: /(?m)^\.It Pa (\S+) Pq (\S+)$/).map { "\($0.1) \($0.2)" }
    #expect(described.sorted() == Self.known.sorted())
  }

  @Test func `what can be said of one name alone is listed, and no other`() throws {
    let list = try #require(page.firstMatch(of: /is one of\n((?:.*\n)*?)the executable/)).1
    let listed = list.split(separator: "\n").filter { $0.hasPrefix(".Pa ") }
      .flatMap { $0.dropFirst(4).split { " ,".contains($0) }.map(String.init) }
    let known =
      Setting.all.filter { $0.isPerHeart }.map { "\($0.name)" }
      + Settings.words.map { "\($0.name)" }
    #expect(listed.sorted() == known.sorted())
  }

  @Test func `the manual of the whole has the same defaults`() throws {
    let told = try Self.page(7).matches(of: /(?m)^\.Pa (\S+) Pq (\S+)/).map { "\($0.1) \($0.2)" }
    #expect(!told.isEmpty && Set(told).isSubset(of: Self.known))
  }

  @Test func `what is installed has the defaults`() throws {
    for setting in Setting.all where setting.usual != 0 {
      let path = checkout.appending(path: "etc/watchdog/\(setting.name)")
      let text = try String(contentsOf: path, encoding: .utf8)
      #expect(text.split(separator: "\n").first == "\(setting.usual)", "\(setting.name)")
    }
  }

  @Test func `each file that is installed is described`() throws {
    let folder = checkout.appending(path: "etc/watchdog").path
    let items = page.matches(of: /(?m)^\.It Pa ([a-z.-]+)/).map { String($0.1) }
    let chain = page.matches(of: /chain\/([a-z-]+)/).map { String($0.1) }
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      #expect(items.contains(name), "\(name)")
    }
    for tool in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/chain") {
      #expect(chain.contains(tool), "chain/\(tool)")
    }
  }
}
