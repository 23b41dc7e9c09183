import Linux
import Testing

@testable import Watchdog

/// A ladder of the usual thresholds.
let usualLadder = Ladder(
  minimumUptime: .seconds(120), restartsBeforeReboot: 3, restartsWindow: .seconds(900),
  rebootsBeforeStandingDown: 5, rebootsWindow: .seconds(86_400))

@Suite struct LadderTests {
  static let rungs: [(restarts: Int, reboots: Int, uptime: Int, rung: Ladder.Rung)] = [
    (0, 0, 0, .wait(.seconds(120))), (0, 0, 119, .wait(.seconds(1))), (0, 0, 120, .restart),
    (2, 0, 1000, .restart), (2, 99, 1000, .restart),
    (3, 0, 1000, .reboot), (4, 4, 1000, .reboot), (99, 0, 120, .reboot),
    (3, 5, 1000, .standDown), (3, 6, 1000, .standDown),
    // Somebody must be able to log in, whatever was counted.
    (3, 0, 119, .wait(.seconds(1))), (99, 99, 0, .wait(.seconds(120))),
  ]

  @Test(arguments: rungs)
  func eachRungComesInItsTurn(restarts: Int, reboots: Int, uptime: Int, rung: Ladder.Rung) {
    let next = usualLadder.next(restarts: restarts, reboots: reboots, uptime: .seconds(uptime))
    #expect(next == rung)
  }

  @Test func withoutACountThereAreNoMoreRebootsInTheWindowThanAllowed() {
    #expect(usualLadder.leastTimeBetweenUncountedReboots == .seconds(17_280))
    var ladder = usualLadder
    ladder.rebootsBeforeStandingDown = 0
    #expect(ladder.leastTimeBetweenUncountedReboots == .seconds(86_400))
  }
}

@Suite struct HoldTests {
  private func parse(_ text: String, now: Int = 1000) -> Hold? {
    Hold(parsing: Array(text.utf8), now: .seconds(now))
  }

  @Test func whatWasWrittenIsReadAgain() throws {
    let hold = Hold(begin: .seconds(1000), end: .seconds(1900), reason: "new disk")
    #expect(hold.text == "1000 1900\nnew disk\n")
    let again = try #require(parse(hold.text))
    #expect(again.begin == hold.begin)
    #expect(again.end == hold.end)
    #expect(again.reason == hold.reason)
  }

  static let good: [(String, reason: String)] = [
    ("1000 1000\nover at once\n", "over at once"), ("1 86401\nfor a day\n", "for a day"),
    ("1000 1900\n", ""), ("1000 1900", ""), ("1000 1900\na\nb\n", "a"), ("1001 1900\na\n", "a"),
  ]

  @Test(arguments: good)
  func itHasTwoTimesAndAReason(text: String, reason: String) {
    #expect(parse(text)?.reason == reason)
  }

  @Test(arguments: [
    "", "\n", "soon\n", "1000\n", "1000 \n", "1000 1900 \n", "1000 1900 5\n", "-1 5\n",
    "1000  1900\n",
    "1.5 1900\n", "99999999999999999999 1\n", "1000 99999999999999999999\n", "\0\0\0\0",
  ])
  func garbageIsNoHold(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func oneThatEndsBeforeItBeginsIsNone() { #expect(parse("900 899\nwhy\n") == nil) }

  @Test func oneThatIsLongerThanADayIsNone() {
    #expect(parse("900 87300\nwhy\n") != nil)
    #expect(parse("900 87301\nwhy\n") == nil)
  }

  /// The clock that it counts by begins anew with each boot.
  @Test func oneOfAnotherBootIsNone() {
    #expect(parse("50000 50900\nwhy\n", now: 1000) == nil)
    #expect(parse("50000 50900\nwhy\n", now: 50_000) != nil)
  }

  @Test func itEndsByItself() {
    let hold = Hold(begin: .seconds(10), end: .seconds(20), reason: "")
    #expect(hold.rest(at: .seconds(10)) == .seconds(10))
    #expect(hold.rest(at: .milliseconds(19_999)) == .milliseconds(1))
    #expect(hold.rest(at: .seconds(20)) == nil)
    #expect(hold.rest(at: .seconds(21)) == nil)
  }

  @Test func aReasonCannotForgeTimes() {
    let hold = Hold(begin: .zero, end: .zero, reason: "a\n1 86400\u{1B}")
    #expect(hold.reason == "a\\x0a1 86400\\x1b")
  }

  @Test func theLastOneIsKeptInTheStateFolder() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let none = try Hold.read(in: state, now: .seconds(100))
      #expect(none == nil)
      for end in [200, 300] {
        try Hold(begin: .seconds(100), end: .seconds(end), reason: "new disk")
          .keep(in: state, tool: "tool")
      }
      let hold = try Hold.read(in: state, now: .seconds(400))
      #expect(hold?.end == .seconds(300), "also when it is over")
      #expect(world.text("run/hold") == "100 300\nnew disk\n")
      #expect(world.names(in: "run/drafts") == [])
      try world.write("run/hold", "garbage\n")
      let garbage = try Hold.read(in: state, now: .seconds(400))
      #expect(garbage == nil)
    }
  }
}
