import TestSupport
import Testing
import Watchdog

@Suite struct NameTests {
  @Test(arguments: ["web", "a", "0", "_", "-", "WEB_2-b", "check-solutions"])
  func aNameIsMadeOfLettersDigitsUnderscoreAndMinus(text: String) {
    #expect(Name(text)?.text == text)
    #expect(Name(Array(text.utf8))?.text == text)
  }

  @Test func nothingElseIsAllowedInAName() {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)
    for byte in UInt8.min...UInt8.max {
      #expect((Name([0x61, byte]) != nil) == allowed.contains(byte), "byte \(byte)")
    }
  }

  @Test(arguments: ["", ".", "..", "/", "a/b", "../a", ".web", "web~", "web.dpkg-new", "wéb"])
  func pathsLeftoversAndTheEmptyWordAreNone(text: String) {
    #expect(Name(text) == nil)
  }

  @Test func aNameHas255BytesAtMost() {
    #expect(Name(String(repeating: "a", count: 255)) != nil)
    #expect(Name(String(repeating: "a", count: 256)) == nil)
  }

  @Test func namesAreEqualWhenTheirBytesAre() {
    #expect(Name("web") == Name("web"))
    #expect(Name("web") != Name("Web"))
  }

  static let entries: [(String, Bool)] = [
    ("web~", true), (".web.swp", true), ("#web#", true), ("web.dpkg-new", true),
    ("web.rpmsave", true), (".#web", true), ("web server", false), ("wéb", false), ("web:2", false),
  ]

  @Test(arguments: entries)
  func whatEditorsAndPackagersLeaveBehindIsKnown(text: String, isLeftover: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { Name.isLeftover($0) } == isLeftover)
  }

  @Test func anOperandThatIsNoNameIsAMistakeOfTheCommandLine() throws {
    let arguments = try arguments([])
    let name = try Name(operand: "web", of: arguments)
    #expect(name.text == "web")
    let failure = failure { () throws(Failure) in try Name(operand: "a\nb", of: arguments) }
    #expect(failure?.code == .usage)
    #expect(failure?.sentence.hasPrefix("\"a\\x0ab\" is no name: ") == true)
  }
}

@Suite struct TextTests {
  static let texts: [(String, String)] = [
    ("", ""),
    ("plain ~text!", "plain ~text!"),
    ("two\nlines\r", "two\\x0alines\\x0d"),
    ("\u{1B}[2J\u{7F}\0", "\\x1b[2J\\x7f\\x00"),
    ("ä", "\\xc3\\xa4"),
  ]

  @Test(arguments: texts)
  func whatIsNotPrintableIsWrittenInDigits(text: String, printed: String) {
    #expect(text.printable == printed)
    #expect(printable(Array(text.utf8)) == printed)
  }

  @Test func aLongTextIsCutOff() {
    let text = String(repeating: "a", count: 120)
    #expect(text.printable == text)
    #expect((text + "b").printable == text + "...")
  }

  @Test func whatIsPrintableStaysAsItIs() {
    let once = "a\nb\u{1B}".printable
    #expect(once.printable == once)
  }

  @Test func textIsFilledUpToItsColumn() {
    #expect("ab".padded(to: 4) == "ab  ")
    #expect("abcde".padded(to: 4) == "abcde")
  }

  @Test func textIsEqualByItsBytes() {
    #expect("ä".isEqual(to: "\u{E4}"))
    // The same to a reader, but another name of a file.
    #expect(!"\u{E4}".isEqual(to: "a\u{308}"))
  }
}
