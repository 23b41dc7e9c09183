import LinuxCalls
import Rules
import Testing

@testable import Watchdog

/// reboots: what is counted over the box's own running time, in a file that any boot may read.
@Suite struct RebootsNoteTests {
  private func parse(_ text: String) -> RebootsNote? { RebootsNote(parsing: Array(text.utf8)) }

  private static let text =
    "aaaaaaaa 1000.000000000 50.000000000\n10.000000000 ladder old\n900.500000000 stale older\n"

  @Test func `what was written is read again`() throws {
    let record = try #require(parse(RebootsNoteTests.text))
    #expect(record.boot == "aaaaaaaa" && record.base == .seconds(1000))
    #expect(record.uptime == .seconds(50))
    #expect(record.entries.map(\.kind) == [.ladder, .stale])
    #expect(record.text == RebootsNoteTests.text)
  }

  /// As the first version wrote it, with dates in place of running time.
  @Test(arguments: [
    "", "\n", "garbage\n", "1000100 100 aaaaaaaa\n", "a 1 2\n", "a 1.000000000\n",
    "a 1.000000000 2.000000000 3.000000000\n", "\0\0\0",
  ])
  func `without its first line it reads as none`(text: String) { #expect(parse(text) == nil) }

  @Test(arguments: [
    "garbage", "1.000000000", "1.000000000 ladder", "1.000000000 other boot", "x ladder boot",
    "1.000000000 ladder boot more", "1000100 100 aaaaaaaa", "\u{FF}",
  ])
  func `invalid lines are skipped`(line: String) throws {
    let text = RebootsNoteTests.text
    #expect(try #require(parse("\(text)\(line)\n5.000000000 stale x\n")).entries.count == 3)
    // A last line that is torn.
    #expect(try #require(parse("\(text)\(line)")).entries.count == 2)
  }

  @Test func `a boot begins with the running time of all before`() throws {
    let last = try #require(parse(RebootsNoteTests.text))
    let next = RebootsNote(beginning: "bbbbbbbb", after: last)
    #expect(next.base == .seconds(1050) && next.uptime == .zero && next.entries.count == 2)
    // A clerk of the same boot that has lost /run/watchdog.
    let same = RebootsNote(beginning: "aaaaaaaa", after: last)
    #expect(same.base == .seconds(1000))
    let first = RebootsNote(beginning: "bbbbbbbb", after: nil)
    #expect(first.base == .zero && first.entries.isEmpty)
  }

  @Test func `a boot is in it once and keeps its time`() throws {
    let record = try #require(parse(RebootsNoteTests.text))
    let stale = record.with(.stale, at: .seconds(60))
    #expect(stale.uptime == .seconds(60))
    #expect(stale.entries.last == .init(at: .seconds(1060), kind: .stale, boot: "aaaaaaaa"))
    let ladder = stale.with(.ladder, at: .seconds(90))
    #expect(ladder.entries.count == 3)
    #expect(ladder.entries.last == .init(at: .seconds(1060), kind: .ladder, boot: "aaaaaaaa"))
    // The box is fed again.
    #expect(ladder.with(nil, at: .seconds(99)).entries == record.entries)
  }

  @Test func `to those that decide, the reboot of this boot is still to come`() throws {
    let record = try #require(parse(RebootsNoteTests.text)).with(.ladder, at: .seconds(60))
    let reboots = record.reboots
    #expect(reboots.base == .seconds(1000) && reboots.entries.last?.isOfThisBoot == true)
    let window: Duration = .seconds(86_400)
    #expect(reboots.count(.ladder, within: window, uptime: .seconds(70)) == 1)
    let next = RebootsNote(beginning: "bbbbbbbb", after: record).reboots
    #expect(next.count(.ladder, within: window, uptime: .zero) == 2)
  }

  @Test func `it holds at most 100 lines`() throws {
    let lines = (0..<3000).map { "\($0).000000000 ladder boot\n" }
    let record = try #require(parse("a 0.000000000 0.000000000\n\(lines.joined())"))
    #expect(record.text.split(separator: "\n").count == 101)
    #expect(record.text.hasSuffix("2999.000000000 ladder boot\n"))
    #expect(record.text.utf8.count < RebootsNote.largestFile)
  }

  @Test func `the name of this boot is always the same and fits into a line`() {
    let name = Boot.name()
    #expect(name == Boot.name())
    #expect(name.utf8.count == 8 || name == "-")
    #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
  }
}

/// restarts: the runs of restart-system in this boot.
@Suite struct RestartsTests {
  /// One of the usual thresholds.
  private let ladder = Ladder(
    minimumUptime: .seconds(120), restartsBeforeReboot: 3, restartsWindow: .seconds(900),
    rebootsBeforeStandingDown: 5, rebootsWindow: .seconds(86_400))

  private func parse(_ text: String, boot: String = "here") -> Restarts {
    Restarts(parsing: Array(text.utf8), boot: boot)
  }

  private static let text =
    "here\n100.000000000 web 1720000000.000000001 1\n200.000000000 db 1720000007.000000000 0\n"

  @Test func `what was written is read again`() {
    let restarts = parse(RestartsTests.text)
    #expect(restarts.text == RestartsTests.text)
    #expect(restarts.entries.map(\.ran) == [true, false])
    #expect(parse("").text == "here\n")
  }

  @Test func `restarts of another boot do not count in this one`() {
    #expect(parse(RestartsTests.text, boot: "there").entries.isEmpty)
  }

  @Test(arguments: [
    "garbage", "1.000000000", "1.000000000 web", "1.000000000 web 2.000000000",
    "x web 2.000000000 1",
    "1.000000000 a/b 2.000000000 1", "1.000000000 web 2.000000000 1 more", "\0\0",
  ])
  func `invalid lines are skipped`(line: String) {
    #expect(parse("\(RestartsTests.text)\(line)\n").text == RestartsTests.text)
    #expect(parse("here\n\(line)").entries.isEmpty)
  }

  @Test func `it holds at most 200 lines`() {
    let lines = (0..<1000).map { "\($0).000000000 web 1720000000.000000000 1\n" }
    let text = parse("here\n\(lines.joined())").text
    #expect(text.split(separator: "\n").count == 201)
    #expect(text.hasSuffix("999.000000000 web 1720000000.000000000 1\n"))
    #expect(text.utf8.count < Restarts.largestFile)
  }

  @Test func `those that did not help count`() throws {
    let restarts = parse(RestartsTests.text)
    let noticed = try #require(restarts.entries.first { $0.name.text == "web" }).noticed
    func count(_ name: String, at now: Int, noticed: Duration, seen: Int = 0) throws -> Int {
      restarts.count(
        for: try #require(Name(name)), noticed: noticed, seen: seen, on: ladder, at: .seconds(now))
    }
    #expect(try count("web", at: 1000, noticed: .zero) == 1)
    #expect(try count("web", at: 1001, noticed: .zero) == 0)
    #expect(try count("web", at: 5000, noticed: noticed) == 1)
    #expect(try count("web", at: 5000, noticed: .zero, seen: 2) == 2)
    #expect(try count("other", at: 300, noticed: noticed) == 0)
  }
}
