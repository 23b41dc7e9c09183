import TestSupport
import Testing

@testable import LinuxCalls

@Suite struct TextTests {
  static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test(arguments: [
    ("", ""), ("  \t\r ", ""), ("a b", "a b"), ("  a b\t", "a b"), ("a", "a"), ("\n a\n", "\n a\n"),
  ])
  func `blanks at the ends are taken away`(text: String, trimmed: String) {
    #expect(TextTests.bytes(text).trimmed == TextTests.bytes(trimmed))
  }

  @Test(arguments: [
    ("", [], ""), ("/", [], ""), ("a", ["a"], "a"), ("/a//b/", ["a", "b"], "b"),
    ("./a", [".", "a"], "a"),
  ])
  func `a path is made of names`(path: String, parts: [String], last: String) {
    #expect(path.pathParts == parts)
    #expect(path.lastPathPart == last)
  }

  @Test func `empty lines are none`() {
    #expect(TextTests.bytes("a\n\nb\n").lines.map { $0.text } == ["a", "b"])
    #expect(TextTests.bytes("a\n\nb").pieces(between: .newline, keepsEmpty: true).count == 3)
    #expect(TextTests.bytes("a\nb").firstLine == [UInt8(ascii: "a")])
    #expect(TextTests.bytes("").firstLine.isEmpty)
  }

  @Test(arguments: [(7, 3, "007"), (1234, 3, "1234"), (0, 1, "0"), (0, 2, "00")])
  func `numbers are filled with zeros`(number: Int, count: Int, digits: String) {
    #expect(number.digits(count) == digits)
  }

  @Test func `columns are filled with blanks`() {
    #expect("ab".padded(to: 4) == "ab  " && "ab".padded(to: 1) == "ab")
    #expect("ab".paddedLeft(to: 4) == "  ab" && "ab".paddedLeft(to: 1) == "ab")
  }

  @Test func `hexadecimal digits are read and written`() {
    for byte in UInt8.min...UInt8.max {
      let digits = Hexadecimal.digits(of: byte)
      #expect(digits.text == String(byte, radix: 16).paddedLeft(to: 2, with: "0"))
      let number = Hexadecimal.number(digits[0]).map {
        $0 << 4 | (Hexadecimal.number(digits[1]) ?? 0)
      }
      #expect(number == byte)
    }
    #expect(Hexadecimal.number(UInt8(ascii: "A")) == nil && Hexadecimal.number(.slash) == nil)
    #expect(Hexadecimal.digits(of: UInt64.max - 15).text == "fffffffffffffff0")
  }

  @Test func `a sorted search finds the first that is not before`() {
    let numbers = [1, 3, 3, 7]
    for wanted in 0...8 {
      let place = numbers.partitioningIndex(after: { $0 < wanted })
      #expect(place == numbers.firstIndex { $0 >= wanted } ?? numbers.endIndex)
    }
    #expect([Int]().partitioningIndex(after: { $0 < 1 }) == 0)
    #expect(numbers[2...].partitioningIndex(after: { $0 < 7 }) == 3)
  }
}

@Suite struct UnlessTests {
  private func fail(_ error: SystemError) throws(SystemError) -> Int { throw error }

  @Test func `only the expected error is an answer`() throws {
    #expect(try unless(.noSuchFile, 7) == 7)
    #expect(try unless(.noSuchFile, fail(.noSuchFile)) == nil)
    #expect(
      failure { () throws(SystemError) in try unless(.noSuchFile, fail(.noSpace)) } == .noSpace)
  }
}

@Suite struct DraftTests {
  @Test func `a draft that cannot be filled is gone`() throws {
    try withScratch { _, folder in
      let error = failure { () throws(SystemError) in
        _ = try folder.makeDraft("draft") { (file) throws(SystemError) in
          try file.write([.dot])
          throw SystemError.noSpace
        }
      }
      #expect(error == .noSpace)
      let left = try folder.names()
      #expect(left.isEmpty)
    }
  }

  @Test func `a draft that cannot be published is gone`() throws {
    try withScratch { _, folder in
      try folder.makeFolder("place")
      let error = failure { () throws(SystemError) in
        try folder.replace("place", [.dot], durably: false)
      }
      #expect(error == .isAFolder)
      let left = try folder.names()
      #expect(left.map { $0.text } == ["place"])
    }
  }

  @Test func `what a killed process left is thrown away`() throws {
    try withScratch { _, folder in
      try folder.create(".count").write(Array("a longer text that is torn".utf8))
      try folder.replace("count", [.dot], durably: false, permissions: 0o600)
      let bytes = try folder.readFile("count", atMost: 10)
      #expect(bytes == [.dot])
      let status = try folder.status(of: "count")
      #expect(status.permissions == 0o600)
      let left = try folder.names()
      #expect(left.count == 1)
    }
  }

  @Test func `a lock that was replaced meanwhile is taken anew`() throws {
    try withScratch { _, folder in
      var tries = 0
      let file = try lockInPlace(
        named: { () throws(SystemError) in try folder.statusIfThere(of: "lock") }
      ) { () throws(SystemError) in
        let file = try folder.openOrCreate("lock", mode: 0o600)
        tries += 1
        if tries == 1 { try folder.remove("lock") }
        return file
      }
      let isThere = file != nil
      #expect(isThere && tries == 2)
      let none = try lockInPlace(named: { () throws(SystemError) in nil }) {
        () throws(SystemError) in nil
      }
      let isNone = none == nil
      #expect(isNone)
    }
  }
}
