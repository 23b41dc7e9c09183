import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

private func link(_ tool: String = "check-solutions", touched: Duration?) throws -> Link {
  Link(tool: try #require(Name(tool)), limit: .seconds(10), touched: touched)
}

@Suite struct LinkTests {
  static let fresh: [Duration] = [
    .zero, .seconds(-1), .seconds(-10), .seconds(1), .seconds(10),
  ]
  static let stale: [(Duration, String)] = [
    (
      .seconds(-10) - .nanoseconds(1),
      "check-solutions was last alive 10.0 s ago: the limit is 10 s"
    ),
    (.milliseconds(-61_790), "check-solutions was last alive 61.7 s ago: the limit is 10 s"),
    (.seconds(10) + .nanoseconds(1), "check-solutions was last alive 10.0 s in the future"),
    (.seconds(3600), "check-solutions was last alive 3600.0 s in the future"),
  ]

  @Test(arguments: fresh)
  func `a tool that was alive within its limit is fresh`(fromNow: Duration) throws {
    let link = try link(touched: noon.realtime + fromNow)
    #expect(link.isFresh(at: noon))
    #expect(link.staleness(at: noon) == nil)
  }

  @Test(arguments: stale)
  func `a tool outside its limit is stale and says how`(fromNow: Duration, words: String) throws {
    let link = try link(touched: noon.realtime + fromNow)
    #expect(!link.isFresh(at: noon))
    #expect(link.staleness(at: noon) == words)
  }

  @Test func `a tool without a file is stale`() throws {
    let link = try link(touched: nil)
    #expect(!link.isFresh(at: noon))
    #expect(link.staleness(at: noon) == "check-solutions has not run since boot")
  }

  @Test(arguments: [253_402_300_799, Int64.max, -1])
  func `useless dates are stale and do not trap`(seconds: Int64) throws {
    let link = try link(touched: .seconds(seconds))
    #expect(!link.isFresh(at: noon))
    #expect(link.staleness(at: noon) != nil)
  }

  /// A tmpfs keeps any date that 64 bits hold. In a process of its own, because it traps.
  @Test func `the smallest date is stale and does not trap`() async {
    await #expect(processExitsWith: .success) {
      let link = try link(touched: .seconds(Int64.min))
      #expect(link.staleness(at: noon) != nil)
    }
  }

  @Test(arguments: [Duration.seconds(3600), .seconds(-3600)])
  func `a clock change costs no more than the next run`(step: Duration) throws {
    let set = noon.clockSet(by: step)
    #expect(try !link(touched: noon.realtime).isFresh(at: set))
    #expect(try link(touched: set.realtime).isFresh(at: set.later(by: .seconds(1))))
  }
}

@Suite struct ChainTests {
  @Test func `a chain without links vouches for nothing`() {
    let chain = Chain(links: [], mistakes: [])
    #expect(
      chain.staleness(at: noon) == ["chain/ is empty: nothing proves that this box is healthy"])
  }

  @Test func `a chain is fresh when all its links are`() throws {
    let links = [
      try link("one", touched: noon.realtime), try link("two", touched: noon.realtime),
    ]
    #expect(Chain(links: links, mistakes: []).staleness(at: noon) == [])
  }

  @Test func `each stale link is named`() throws {
    let links = [
      try link("one", touched: nil), try link("two", touched: noon.realtime),
      try link("three", touched: noon.realtime - .seconds(11)),
    ]
    #expect(
      Chain(links: links, mistakes: []).staleness(at: noon) == [
        "one has not run since boot", "three was last alive 11.0 s ago: the limit is 10 s",
      ])
  }

  // MARK: Files

  /// The links that a world shows, by the names of their tools.
  private func look(_ world: World) throws -> [String: Link] {
    let links = try Chain.look(world.roots, StateFolder(world.roots), last: nil).links
    return Dictionary(uniqueKeysWithValues: links.map { ($0.tool.text, $0) })
  }

  @Test func `a link is a limit in chain and a date in alive`() throws {
    try World.with { world in
      try world.makeFolder("etc/chain")
      try world.makeFolder("run/alive")
      try world.write("15 # seconds\n", to: "etc/chain/mark-problems")
      try world.write("20\n", to: "etc/chain/check-solutions")
      try world.write("", to: "run/alive/mark-problems", dated: .milliseconds(1_720_000_000_500))
      let links = try look(world)
      #expect(links.keys.sorted() == ["check-solutions", "mark-problems"])
      #expect(links["mark-problems"]?.limit == .seconds(15))
      #expect(links["mark-problems"]?.touched == .milliseconds(1_720_000_000_500))
      #expect(links["check-solutions"]?.limit == .seconds(20))
      #expect(links["check-solutions"]?.touched == nil)
    }
  }

  @Test func `leftovers of editors are no links`() throws {
    try World.with { world in
      try world.makeFolder("etc/chain")
      try world.write("15\n", to: "etc/chain/mark-problems~")
      try world.write("15\n", to: "etc/chain/.mark-problems.swp")
      #expect(try look(world).isEmpty)
    }
  }

  @Test(arguments: ["", "soon\n", "0\n", "10 20\n"])
  func `a mistake is reported and leaves the default limit`(text: String) throws {
    try World.with { world in
      try world.makeFolder("etc/chain")
      try world.write(text, to: "etc/chain/mark-problems")
      let chain = try Chain.look(world.roots, StateFolder(world.roots), last: nil)
      #expect(chain.links.map(\.limit) == [.seconds(10)])
      #expect(chain.mistakes.map(\.file) == ["chain/mark-problems"])
      #expect(chain.mistakes.first?.sentence.isEmpty == false)
    }
  }

  @Test func `a directory in the place of a link is a mistake and still a link`() throws {
    try World.with { world in
      try world.makeFolder("etc/chain/mark-problems")
      let chain = try Chain.look(world.roots, StateFolder(world.roots), last: nil)
      #expect(chain.links.map(\.tool.text) == ["mark-problems"])
      #expect(chain.mistakes.map(\.sentence) == ["it is no file"])
    }
  }

  @Test func `a directory in the place of a sign of life is touched as well, a link is not`() throws
  {
    try World.with { world in
      try world.makeFolder("etc/chain")
      try world.write("10\n", to: "etc/chain/mark-problems")
      try world.makeFolder("run/alive/mark-problems")
      #expect(try #require(try look(world)["mark-problems"]).touched != nil)
      try Folder(path: "\(world.roots.state)/alive").rename(
        "mark-problems", to: "other", in: Folder(path: "\(world.roots.state)/alive"))
      try Folder(path: "\(world.roots.state)/alive").makeLink("mark-problems", to: "other")
      #expect(try #require(try look(world)["mark-problems"]).touched == nil)
    }
  }

  @Test func `without the directory nothing vouches`() throws {
    try World.with { world in
      let failure = failure { () throws(Failure) in
        _ = try Chain.look(world.roots, StateFolder(world.roots), last: nil)
      }
      #expect(failure?.code == .noInput)
      #expect(failure?.sentence.hasPrefix("unable to open \(world.roots.config)/chain: ") == true)
    }
  }
}
