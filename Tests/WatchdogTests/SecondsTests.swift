import LinuxCalls
import Testing
import Watchdog

@Suite struct SecondsTests {
  static let numbers: [(String, [Int])] = [
    ("30", [30]),
    ("30\n", [30]),
    ("30 120\n", [30, 120]),
    ("30\n120\n", [30, 120]),
    ("\t30\t120 \n", [30, 120]),
    ("30\r\n", [30]),
    ("30 120\r\n", [30, 120]),
    ("\n\n30\n\n", [30]),
    ("30 # seconds\n", [30]),
    ("30#seconds", [30]),
    ("# how late\n30\n# and no 120\n", [30]),
    ("# how late\r\n30 # or so\r\n120\r\n", [30, 120]),
    ("1", [1]),
    ("007", [7]),
    ("31536000", [31_536_000]),
    ("00000000000000000000000000000000000000030", [30]),
    ("1 2 3", [1, 2, 3]),
  ]

  @Test(arguments: numbers)
  func `numbers stand between white space and before comments`(text: String, seconds: [Int]) throws
  {
    #expect(try Seconds.parse(Array(text.utf8)) == seconds.map { .seconds($0) })
  }

  /// What a sentence of a mistake must hold, so that people find the word.
  static let mistakes: [(String, String)] = [
    ("", "it is empty"),
    ("\n", "it is empty"),
    (" \t\r\n", "it is empty"),
    ("# 30\n", "it is empty"),
    ("0", "0 seconds is too short: at least 1"),
    ("000", "0 seconds is too short: at least 1"),
    ("-1", "\"-1\" is no whole number of seconds"),
    ("+1", "\"+1\" is no whole number of seconds"),
    ("1e9", "\"1e9\" is no whole number of seconds"),
    ("30.5", "\"30.5\" is no whole number of seconds"),
    ("30,5", "\"30,5\" is no whole number of seconds"),
    ("0x1e", "\"0x1e\" is no whole number of seconds"),
    ("30s", "\"30s\" is no whole number of seconds"),
    ("thirty", "\"thirty\" is no whole number of seconds"),
    ("30 soon", "\"soon\" is no whole number of seconds"),
    ("30\nsoon\n", "\"soon\" is no whole number of seconds"),
    ("31536001", "31536001 is too large: at most 31536000 seconds"),
    ("18446744073709551615", "18446744073709551615 is too large"),
    ("18446744073709551616", "\"18446744073709551616\" is too large: at most 31536000"),
    ("99999999999999999999999999", "\"99999999999999999999999999\" is too large"),
    ("30\u{A0}120", "\"30\\xc2\\xa0120\" is no whole number"),
    ("\u{FEFF}30", "\"\\xef\\xbb\\xbf30\" is no whole number"),
    ("30\u{0}", "\"30\\x00\" is no whole number"),
    ("3\u{1B}[2J", "\"3\\x1b[2J\" is no whole number"),
  ]

  @Test(arguments: mistakes)
  func `what is wrong is named`(text: String, words: String) throws {
    let sentence = try #require(
      mistake { () throws(Mistake) in try Seconds.parse(Array(text.utf8)) })
    #expect(sentence.contains(words), "\(sentence)")
  }

  @Test func `binary data is a mistake and is reported in one line`() throws {
    let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 131 &+ 7) }
    let sentence = try #require(mistake { () throws(Mistake) in try Seconds.parse(bytes) })
    #expect(sentence.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    #expect(sentence.utf8.count < 600)
  }

  @Test func `one number is one number`() throws {
    #expect(try Seconds.parse(one: Array("30 # s\n".utf8)) == .seconds(30))
    let two = mistake { () throws(Mistake) in try Seconds.parse(one: Array("30 120".utf8)) }
    #expect(two == "it holds more than one number")
    let none = mistake { () throws(Mistake) in try Seconds.parse(one: []) }
    #expect(none?.contains("it is empty") == true)
  }
}
