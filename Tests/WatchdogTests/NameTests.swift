import Foundation
import TestSupport
import Testing
import Watchdog

@Suite struct NameTests {
  @Test(arguments: ["web", "a", "0", "_", "-", "WEB_2-b", "check-solutions"])
  func `a name is made of letters, digits, underscore and minus`(text: String) {
    #expect(Name(text)?.text == text)
    #expect(Name(Array(text.utf8))?.text == text)
  }

  @Test func `nothing else is allowed in a name`() {
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)
    for byte in UInt8.min...UInt8.max {
      #expect((Name([0x61, byte]) != nil) == allowed.contains(byte), "byte \(byte)")
    }
  }

  @Test(arguments: ["", ".", "..", "/", "a/b", "../a", ".web", "web~", "web.dpkg-new", "wéb"])
  func `paths, leftovers and the empty word are not names`(text: String) {
    #expect(Name(text) == nil)
  }

  @Test func `a name has at most 200 bytes, so that each file that is called by it can be made`() {
    let longest = String(repeating: "a", count: Name.longest)
    #expect(Name(longest) != nil && "\(longest).detector".utf8.count <= NAME_MAX)
    #expect(Name("\(longest)a") == nil)
  }

  @Test func `names are equal when their bytes are`() {
    #expect(Name("web") == Name("web"))
    #expect(Name("web") != Name("Web"))
  }

  static let entries: [(String, Bool)] = [
    ("web~", true), (".web.swp", true), ("#web#", true), ("web.dpkg-new", true),
    ("web.rpmsave", true), ("web.new", true), ("web.apk-new", true), (".#web", true),
    ("web server", false), ("wéb", false), ("web:2", false),
  ]

  @Test(arguments: entries)
  func `what editors and packagers leave behind is known`(text: String, isLeftover: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { Name.isLeftover($0) } == isLeftover)
  }

  @Test func `an operand that is not a name is a usage mistake`() throws {
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
  func `what is not printable is written in digits`(text: String, printed: String) {
    #expect(text.printable == printed)
    #expect(printable(Array(text.utf8)) == printed)
  }

  @Test func `a long text is cut off`() {
    let text = String(repeating: "a", count: 120)
    #expect(text.printable == text)
    #expect((text + "b").printable == text + "...")
  }

  @Test func `what is printable stays as it is`() {
    let once = "a\nb\u{1B}".printable
    #expect(once.printable == once)
  }

  @Test func `text is padded to its column`() {
    #expect("ab".padded(to: 4) == "ab  ")
    #expect("abcde".padded(to: 4) == "abcde")
  }

  @Test func `text is equal when its bytes are`() {
    #expect("ä".isEqual(to: "\u{E4}"))
    // The same to a reader, but another name of a file.
    #expect(!"\u{E4}".isEqual(to: "a\u{308}"))
  }
}
