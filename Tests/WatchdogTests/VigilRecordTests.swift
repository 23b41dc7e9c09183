import LinuxCalls
import Rules
import TestSupport
import Testing
import Watchdog

@Suite struct VigilRecordTests {
  @Test func `a record is a line of four times in seconds`() {
    let vigil = Vigil(
      lastLook: .seconds(123) + .nanoseconds(4_500_000), clockOffset: .milliseconds(-5250),
      watched: .seconds(7), begun: .nanoseconds(1))
    #expect(vigil.line == "123.004500000 -5.250000000 7.000000000 0.000000001\n")
  }

  private func parse(_ text: String) -> Vigil? { Vigil(line: Array(text.utf8)) }

  static let values: [Duration] = [
    .zero, .nanoseconds(1), .nanoseconds(-1), .milliseconds(-300), .seconds(-3600),
    .seconds(1_720_000_000) + .nanoseconds(999_999_999),
    .seconds(-1_720_000_000) - .nanoseconds(999_999_999), .seconds(253_402_300_799),
  ]

  @Test(arguments: values)
  func `what was written is read again`(value: Duration) {
    let more = value + .seconds(1)
    let vigils = [
      Vigil(lastLook: value, clockOffset: .seconds(1), watched: .seconds(3), begun: .seconds(2)),
      Vigil(lastLook: .seconds(1), clockOffset: value, watched: .seconds(3), begun: .seconds(2)),
      Vigil(lastLook: .seconds(1), clockOffset: .seconds(2), watched: more, begun: value),
    ]
    for vigil in vigils { #expect(parse("\(vigil.line.dropLast())") == vigil) }
  }

  static let garbage: [(String, String)] = [
    ("an empty line", ""),
    ("words", "hello world again today"),
    ("three times", "1.000000000 2.000000000 4.000000000"),
    ("five times", "1.000000000 2.000000000 4.000000000 3.000000000 5.000000000"),
    ("a record cut off in a number", "1.000000000 2.000000000 4.000000000 3.00"),
    (
      "a vigil that began later than anybody watched",
      "1.000000000 2.000000000 3.000000000 4.000000000"
    ),
    ("something behind it", "1.000000000 2.000000000 4.000000000 3.000000000\0"),
    ("a blank before it", " 1.000000000 2.000000000 4.000000000 3.000000000"),
    ("a blank behind it", "1.000000000 2.000000000 4.000000000 3.000000000 "),
    ("two blanks in it", "1.000000000  2.000000000 4.000000000 3.000000000"),
    ("tabs in it", "1.000000000\t2.000000000\t4.000000000\t3.000000000"),
    ("no fraction", "1 2 4 3"),
    ("a fraction only", ".000000000 2.000000000 4.000000000 3.000000000"),
    ("a fraction with ten digits", "1.1000000000 2.000000000 4.000000000 3.000000000"),
    ("a plus", "+1.000000000 2.000000000 4.000000000 3.000000000"),
    ("two minuses", "--1.000000000 2.000000000 4.000000000 3.000000000"),
    ("a minus in the fraction", "1.-00000000 2.000000000 4.000000000 3.000000000"),
    ("an exponent", "1e9 2.000000000 4.000000000 3.000000000"),
    (
      "a time beyond what a clock shows",
      "4611686018427387904.0 2.000000000 4.000000000 3.000000000"
    ),
    ("more than 64 bits", "99999999999999999999.000000000 2.000000000 4.000000000 3.000000000"),
    ("a DOS line end", "1.000000000 2.000000000 4.000000000 3.000000000\r"),
  ]

  @Test(arguments: garbage)
  func `garbage is no record`(_ what: String, text: String) { #expect(parse(text) == nil) }

  @Test func `binary data is no record`() {
    #expect(Vigil(line: Array(0...255)) == nil)
    #expect(Vigil(line: [UInt8](repeating: 0, count: 256)) == nil)
    #expect(Vigil(line: [UInt8](repeating: 0xFF, count: 4096)) == nil)
  }

  @Test func `an oversized record is none`() {
    let text = "1.000000000 2.000000000 4.000000000 3.000000000"
    let many = String(repeating: "1", count: 1_000_000)
    #expect(parse("\(many)\(text)") == nil)
    #expect(parse("\(text)\(many)") == nil)
  }

  @Test(arguments: ["0", "5", "00000000", "0000000000"])
  func `a fraction has nine digits or is none`(digits: String) {
    #expect(parse("1.\(digits) 2.000000000 4.000000000 3.000000000") == nil)
  }

  @Test func `a record that is cut off anywhere is none`() {
    let text = Array(Vigil(beginning: noon, watched: .seconds(5)).line.utf8.dropLast())
    #expect(Vigil(line: text) != nil)
    for length in 0..<text.count { #expect(Vigil(line: Array(text[..<length])) == nil) }
  }

  /// A record may hold anything that has its form: nothing that is computed with it may trap.
  @Test(arguments: ["", "-"], ["", "-"])
  func `the largest times of a record do not trap`(one: String, other: String) throws {
    let most = "2305843009213693951.999999999"
    let text = "\(one)\(most) \(other)\(most) \(other)\(most) \(other)\(most)"
    let vigil = try #require(parse(text))
    #expect(vigil.line == "\(text)\n")
    let breach = try #require(vigil.breach(at: noon))
    #expect(breach.words?.isEmpty != true)
    let look = Look(after: vigil, now: noon)
    #expect(look.vigil.begun == look.vigil.watched)
    let heart = Heart(limit: .seconds(5), startLimit: .seconds(5), owner: 0, given: .zero)
    for date in [Int64.min, -1, .max] {
      let seen = Heart.Seen(
        beat: .at(.seconds(date)), given: .zero, start: .none, latest: noon.realtime)
      _ = heart.condition(seen, memory: nil, at: look)
    }
  }
}
