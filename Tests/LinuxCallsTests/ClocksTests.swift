import LinuxCalls
import TestSupport
import Testing

@Suite struct ClockTests {
  @Test func `the clocks run`() {
    let first = Clock.readBoth()
    let second = Clock.readBoth()
    #expect(second.monotonic > first.monotonic)
    #expect(first.realtime > .seconds(1_700_000_000))
    #expect(first.monotonic > .zero)
  }

  @Test func `a sleep that is already over returns at once`() {
    let now = Clock.monotonic
    let seconds = Patience.seconds {
      sleep(untilMonotonic: now - .seconds(3600))
      sleep(untilMonotonic: now)
    }
    #expect(seconds < 1)
  }
}

@Suite struct DurationTests {
  @Test(arguments: [
    Duration.zero, .milliseconds(1_500), .seconds(1_795_000_000), .milliseconds(951_782_399_999),
    .seconds(4_102_444_800),
  ])
  func `a date is read again`(time: Duration) { #expect(Duration(date: time.date) == time) }

  @Test(arguments: [
    "", "2026", "2026-11-23", "2026-11-23T15:35:28", "2026-11-23T15:35:28.Z",
    "2026-11-23 15:35:28Z",
    "2026-11-23T15:35:28Z ", "2026-11-23T15:35:99Z", "99999999999-11-23T15:35:28Z",
    "2026-11-23T15:35:28.1234567890Z",
  ])
  func `what is not a date reads as none`(text: String) { #expect(Duration(date: text) == nil) }

  @Test func `a date has any number of digits`() {
    #expect(Duration(date: "1970-01-01T00:00:01Z") == .seconds(1))
    #expect(Duration(date: "1970-01-01T00:00:01.5Z") == .milliseconds(1_500))
  }

  static let texts: [(Duration, String)] = [
    (.zero, "0.0"), (.milliseconds(99), "0.0"), (.milliseconds(100), "0.1"),
    (.milliseconds(12_399), "12.3"), (.seconds(30), "30.0"), (.milliseconds(-99), "-0.0"),
    (.milliseconds(-5250), "-5.2"), (.seconds(253_402_300_799), "253402300799.0"),
    // Under the limit it must not read as the limit.
    (.seconds(30) - .nanoseconds(1), "29.9"),
  ]

  @Test(arguments: texts)
  func `it is written with one digit that is never rounded up`(duration: Duration, text: String) {
    #expect(duration.inSeconds == text)
  }

  static let nanoseconds: [(Duration, Int64)] = [
    (.zero, 0), (.nanoseconds(1), 1), (.nanoseconds(-1), -1), (.seconds(2), 2_000_000_000),
    (.seconds(-2) - .nanoseconds(5), -2_000_000_005), (.nanoseconds(Int64.max), .max),
    (.nanoseconds(Int64.min), .min), (.seconds(9_223_372_037), .max),
    (.seconds(-9_223_372_037), .min), (.seconds(Int64.max), .max), (.seconds(Int64.min), .min),
  ]

  @Test(arguments: nanoseconds)
  func `nanoseconds saturate`(duration: Duration, count: Int64) {
    #expect(duration.nanoseconds == count)
  }

  @Test(arguments: [(1, Int64.max), (-1, Int64.min)])
  func `they do not overflow in the last second`(sign: Int, count: Int64) {
    let duration: Duration = (.seconds(9_223_372_036) + .milliseconds(900)) * sign
    #expect(duration.nanoseconds == count)
  }

  @Test func `whole seconds are rounded towards zero`() {
    #expect(Duration.milliseconds(1999).wholeSeconds == 1)
    #expect(Duration.milliseconds(-1999).wholeSeconds == -1)
    #expect(Duration.milliseconds(999).wholeSeconds == 0)
  }

  @Test func `the magnitude has no sign`() {
    #expect(Duration.milliseconds(-5).magnitude == .milliseconds(5))
    #expect(Duration.milliseconds(5).magnitude == .milliseconds(5))
    #expect(Duration.zero.magnitude == .zero)
  }
}

@Suite struct ScannerTests {
  static let numbers: [(String, UInt64?)] = [
    ("0", 0), ("7", 7), ("007", 7), ("12x", 12), ("18446744073709551615", .max), ("", nil),
    ("x", nil), (" 1", nil), ("-1", nil), ("+1", nil), ("18446744073709551616", nil),
    ("99999999999999999999", nil), ("/", nil), (":", nil),
  ]

  @Test(arguments: numbers)
  func `a number is its digits`(text: String, number: UInt64?) {
    var scanner = Scanner(Array(text.utf8))
    #expect(scanner.number() == number)
  }

  @Test func `a number that is too large is not consumed`() {
    var scanner = Scanner(Array("18446744073709551616".utf8))
    let number = scanner.number()
    let isStillThere = scanner.skip(UInt8(ascii: "1"))
    #expect(number == nil)
    #expect(isStillThere)
  }

  @Test func `bytes are skipped one by one, and only the right ones`() {
    var scanner = Scanner(Array("a12b".utf8))
    let letters = [scanner.skip(UInt8(ascii: "b")), scanner.skip(UInt8(ascii: "a"))]
    #expect(letters == [false, true])
    let number = scanner.number()
    #expect(number == 12)
    #expect(!scanner.isAtEnd)
    let last = scanner.skip(UInt8(ascii: "b"))
    #expect(last)
    #expect(scanner.isAtEnd)
    let behind = (scanner.skip(UInt8(ascii: "b")), scanner.number())
    #expect(behind == (false, nil))
  }

  @Test func `all white space is skipped`() {
    var scanner = Scanner(Array(" \t\r\n 5".utf8))
    _ = scanner.skipWhite()
    let number = scanner.number()
    #expect(number == 5)
    _ = scanner.skipWhite()
    #expect(scanner.isAtEnd)
  }
}
