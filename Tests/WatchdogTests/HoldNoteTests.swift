import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct HoldNoteTests {
  private func parse(_ text: String, now: Int = 1000) -> HoldNote? {
    HoldNote(parsing: Array(text.utf8), now: .seconds(now))
  }

  private func hold(_ begin: Int, _ end: Int, _ reason: String) -> HoldNote {
    HoldNote(Hold(begin: .seconds(begin), end: .seconds(end)), reason: reason)
  }

  @Test func `what was written is read again`() throws {
    let hold = hold(1000, 1900, "new disk")
    #expect(hold.text == "1000 1900\nnew disk\n")
    let again = try #require(parse(hold.text))
    #expect(again.hold == hold.hold)
    #expect(again.reason == hold.reason)
  }

  static let good: [(String, reason: String)] = [
    ("1000 1000\nover at once\n", "over at once"), ("1 86401\nfor a day\n", "for a day"),
    ("1000 1900\n", ""), ("1000 1900", ""), ("1000 1900\na\nb\n", "a"), ("1001 1900\na\n", "a"),
  ]

  @Test(arguments: good)
  func `it has two times and a reason`(text: String, reason: String) {
    #expect(parse(text)?.reason == reason)
  }

  @Test(arguments: [
    "", "\n", "soon\n", "1000\n", "1000 \n", "1000 1900 \n", "1000 1900 5\n", "-1 5\n",
    "1000  1900\n",
    "1.5 1900\n", "99999999999999999999 1\n", "1000 99999999999999999999\n", "\0\0\0\0",
  ])
  func `garbage is no hold`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `a hold that ends before it begins is none`() {
    #expect(parse("900 899\nwhy\n") == nil)
  }

  @Test func `a hold that is longer than a day is none`() {
    #expect(parse("900 87300\nwhy\n") != nil)
    #expect(parse("900 87301\nwhy\n") == nil)
  }

  /// The clock that it counts by begins anew with each boot.
  @Test func `a hold of another boot is none`() {
    #expect(parse("50000 50900\nwhy\n", now: 1000) == nil)
    #expect(parse("50000 50900\nwhy\n", now: 50_000) != nil)
  }

  @Test func `a reason cannot forge times`() {
    let hold = hold(0, 0, "a\n1 86400\u{1B}")
    #expect(hold.reason == "a\\x0a1 86400\\x1b")
  }

  @Test(arguments: [nil, "web"])
  func `the last hold is kept in the state directory`(heart: String?) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let heart = try heart.map { try #require(Name($0)) }
      let file = heart == nil ? "run/hold" : "run/holds/web"
      func read() throws -> HoldNote? {
        try HoldNote.read(of: heart, in: state, now: .seconds(400))
      }
      #expect(try read() == nil)
      for end in [200, 300] {
        try hold(100, end, "new disk").keep(for: heart, in: state)
      }
      #expect(try read()?.hold.end == .seconds(300), "also when it is over")
      #expect(world.text(file) == "100 300\nnew disk\n")
      #expect(world.names(in: "run/drafts") == [])
      // One heart's is not the box's, and the other way round.
      let other = heart == nil ? Name("web") : nil
      let otherHold = try HoldNote.read(of: other, in: state, now: .seconds(400))
      #expect(otherHold == nil)
      try world.write("garbage\n", to: file)
      #expect(try read() == nil)
    }
  }
}
