import Linux
import Testing
import Watchdog

@Suite struct VigilRecordTests {
  @Test func aRecordIsALineOfThreeTimesInSeconds() {
    let vigil = Vigil(
      lastLook: .seconds(123) + .nanoseconds(4_500_000), clockOffset: .milliseconds(-5250),
      watchingSince: .seconds(1_720_000_000) + .nanoseconds(1))
    #expect(vigil.text == "123.004500000 -5.250000000 1720000000.000000001\n")
  }

  static let values: [Duration] = [
    .zero, .nanoseconds(1), .nanoseconds(-1), .milliseconds(-300), .seconds(-3600),
    .seconds(1_720_000_000) + .nanoseconds(999_999_999),
    .seconds(-1_720_000_000) - .nanoseconds(999_999_999), .seconds(253_402_300_799),
  ]

  @Test(arguments: values)
  func whatWasWrittenIsReadAgain(value: Duration) {
    let vigils = [
      Vigil(lastLook: value, clockOffset: .seconds(1), watchingSince: .seconds(2)),
      Vigil(lastLook: .seconds(1), clockOffset: value, watchingSince: .seconds(2)),
      Vigil(lastLook: .seconds(1), clockOffset: .seconds(2), watchingSince: value),
    ]
    for vigil in vigils { #expect(Vigil(parsing: Array(vigil.text.utf8)) == vigil) }
  }

  static let garbage: [(String, String)] = [
    ("an empty file", ""),
    ("an empty line", "\n"),
    ("words", "hello world again\n"),
    ("two times", "1.000000000 2.000000000\n"),
    ("four times", "1.000000000 2.000000000 3.000000000 4.000000000\n"),
    ("a record cut off before its line end", "1.000000000 2.000000000 3.000000000"),
    ("a record cut off in a number", "1.000000000 2.000000000 3.00"),
    ("two records", "1.000000000 2.000000000 3.000000000\n1.000000000 2.000000000 3.000000000\n"),
    ("something behind it", "1.000000000 2.000000000 3.000000000\n\0"),
    ("a blank before it", " 1.000000000 2.000000000 3.000000000\n"),
    ("two blanks in it", "1.000000000  2.000000000 3.000000000\n"),
    ("tabs in it", "1.000000000\t2.000000000\t3.000000000\n"),
    ("no fraction", "1 2 3\n"),
    ("a fraction only", ".000000000 2.000000000 3.000000000\n"),
    ("a fraction with ten digits", "1.1000000000 2.000000000 3.000000000\n"),
    ("a plus", "+1.000000000 2.000000000 3.000000000\n"),
    ("two minuses", "--1.000000000 2.000000000 3.000000000\n"),
    ("a minus in the fraction", "1.-00000000 2.000000000 3.000000000\n"),
    ("an exponent", "1e9 2.000000000 3.000000000\n"),
    ("a time beyond what a clock shows", "4611686018427387904.0 2.000000000 3.000000000\n"),
    ("more than 64 bits", "99999999999999999999.000000000 2.000000000 3.000000000\n"),
    ("a DOS line end", "1.000000000 2.000000000 3.000000000\r\n"),
  ]

  @Test(arguments: garbage)
  func garbageIsNoRecord(_ what: String, text: String) {
    #expect(Vigil(parsing: Array(text.utf8)) == nil)
  }

  @Test func binaryIsNoRecord() {
    #expect(Vigil(parsing: Array(0...255)) == nil)
    #expect(Vigil(parsing: [UInt8](repeating: 0, count: 256)) == nil)
    #expect(Vigil(parsing: [UInt8](repeating: 0xFF, count: 4096)) == nil)
  }

  @Test func anOversizedRecordIsNone() {
    let text = "1.000000000 2.000000000 3.000000000"
    let many = String(repeating: "1", count: 1_000_000)
    #expect(Vigil(parsing: Array("\(many)\(text)\n".utf8)) == nil)
    #expect(Vigil(parsing: Array("\(text)\(many)\n".utf8)) == nil)
    #expect(Vigil(parsing: Array("\(text)\n\(many)".utf8)) == nil)
  }

  @Test(arguments: ["0", "5", "00000000", "0000000000"])
  func aFractionHasNineDigitsOrIsNone(digits: String) {
    #expect(Vigil(parsing: Array("1.\(digits) 2.000000000 3.000000000\n".utf8)) == nil)
  }

  @Test func everyCutOffRecordIsNone() {
    let text = Array(Vigil(beginning: noon).text.utf8)
    for length in 0..<text.count { #expect(Vigil(parsing: Array(text[..<length])) == nil) }
  }

  /// A record may hold anything that has its form: nothing that is computed with it may trap.
  @Test(arguments: ["", "-"], ["", "-"])
  func theLargestTimesOfARecordDoNotTrap(one: String, other: String) throws {
    let most = "4611686018427387903.999999999"
    let text = "\(one)\(most) \(other)\(most) \(other)\(most)\n"
    let vigil = try #require(Vigil(parsing: Array(text.utf8)))
    #expect(vigil.text == text)
    let breach = try #require(vigil.breach(at: noon))
    #expect(breach.words?.isEmpty != true)
    #expect(Vigil.resume(last: vigil, now: noon) == Vigil(beginning: noon))
    #expect(vigil.age(of: .seconds(Int64.max), at: noon) >= .zero)
  }
}
