import LinuxCalls
import TestSupport
import Testing

@testable import CrashSafe

@Suite struct KeyNameTests {
  static let names: [(String, String)] = [
    ("", "k"), ("web-1_2", "kweb-1_2"), ("Web", "k%57eb"), ("a/b", "ka%2fb"), (".", "k%2e"),
    ("..", "k%2e%2e"), ("%57", "k%2557"), ("ä", "k%c3%a4"), ("con", "kcon"), ("\0\n", "k%00%0a"),
  ]

  @Test(arguments: names)
  func `a short key can be read in its name`(key: String, name: String) {
    #expect(KeyName(bytes(key)).path == name)
    #expect(KeyName.meaning(of: bytes(name), below: []) == .value(bytes(key)))
  }

  @Test func `every byte has its own name even where case does not count`() {
    let names = (0...255).map { KeyName([UInt8($0)]).path.lowercased() }
    #expect(Set(names).count == 256)
  }

  /// A name is followed as a listing does it: directory by directory.
  @Test(arguments: [0, 1, 39, 79, 80, 81, 119, 160, 161, 240, 255, 256, 1023, 1024])
  func `a long key can be read in its names, and no name is too long`(length: Int) throws {
    for byte in [UInt8(0x61), 0x41, 0x00, 0xFF] {
      let key = [UInt8](repeating: byte, count: length)
      let name = KeyName(key)
      #expect(name.path.utf8.count < 4000)
      let parts = name.path.split(separator: "/", omittingEmptySubsequences: false)
      #expect(name.folders.count == parts.count - 1)
      #expect((name.folders.isEmpty) == (length <= 80))
      var prefix: [UInt8] = []
      for (index, part) in parts.enumerated() {
        #expect(part.utf8.count <= 255)
        let meaning = KeyName.meaning(of: Array(part.utf8), below: prefix)
        if index == parts.count - 1 {
          #expect(meaning == .value(key))
        } else if case .folder(let longer) = meaning {
          prefix = longer
        } else {
          Issue.record("\(part) is no directory of keys")
        }
      }
    }
  }

  @Test(arguments: [
    "", "K", "x", "k%", "k%4", "k%4g", "kA", "k.", "h", "h12", ".k", "k a", "k%4A", "k%61",
    "p", "pabc",
  ])
  func `a name that no store wrote is no key`(name: String) {
    #expect(KeyName.meaning(of: bytes(name), below: []) == nil)
  }

  @Test func `a piece that is too long or empty is no key`() {
    let long = [UInt8](repeating: 0x61, count: 81)
    #expect(KeyName.meaning(of: [0x6B] + long, below: []) == nil)
    #expect(KeyName.meaning(of: [0x6B], below: Array(long.dropLast())) == nil)
    #expect(KeyName.meaning(of: [0x6B], below: []) == .value([]))
  }

  /// The examples of the algorithm's authors.
  @Test(arguments: [
    ("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8"),
  ])
  func `the checksum is that of the standard`(text: String, digits: String) {
    #expect(Checksum(of: bytes(text)).digits == bytes(digits))
    #expect(Checksum.read(bytes(digits)) == Checksum(of: bytes(text)).value)
  }
}
