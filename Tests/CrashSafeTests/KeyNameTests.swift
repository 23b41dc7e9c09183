import Testing

@testable import CrashSafe

@Suite struct KeyNameTests {
  static let names: [(String, String)] = [
    ("", "k"), ("web-1_2", "kweb-1_2"), ("Web", "k%57eb"), ("a/b", "ka%2fb"), (".", "k%2e"),
    ("..", "k%2e%2e"), ("%57", "k%2557"), ("ä", "k%c3%a4"), ("con", "kcon"), ("\0\n", "k%00%0a"),
  ]

  @Test(arguments: names)
  func aShortKeyCanBeReadInItsName(key: String, name: String) {
    #expect(KeyName(bytes(key)).text == name)
    #expect(KeyName.meaning(of: bytes(name)) == .key(bytes(key)))
  }

  @Test func everyByteHasItsOwnNameWhereCaseDoesNotCount() {
    let names = (0...255).map { KeyName([UInt8($0)]).text.lowercased() }
    #expect(Set(names).count == 256)
  }

  @Test(arguments: [0, 1, 39, 40, 118, 119, 120, 121, 255, 256, 1023, 1024])
  func noNameIsLongerThanAnyFileSystemAllows(length: Int) {
    for byte in [UInt8(0x61), 0x41, 0x00, 0xFF] {
      let key = [UInt8](repeating: byte, count: length)
      let name = KeyName(key)
      #expect(name.text.utf8.count <= 120)
      if name.header.isEmpty {
        #expect(KeyName.meaning(of: bytes(name.text)) == .key(key))
      } else {
        #expect(KeyName.meaning(of: bytes(name.text)) == .long)
        #expect(KeyName.longKey(in: name.header + bytes("value")) == key)
      }
    }
  }

  @Test(arguments: ["", "K", "x", "k%", "k%4", "k%4g", "kA", "k.", "h", "h12", ".k", "k a", "k%4A"])
  func whatNobodyHereWroteIsNoKey(name: String) {
    #expect(KeyName.meaning(of: bytes(name)) == .none)
  }

  /// The examples of FIPS 180-4, and lengths around the end of a block, as sha256sum(1) gives them.
  static let hashes = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (a(55), "9f4390f8d30c2dd92ec9f095b65e2b9ae9b0a925a5258e241c9f1e910f734318"),
    (a(56), "b35439a4ac6f0948b6d6f9e3c6af0f5f590ce20f1bde7090ef7970686ec6738a"),
    (a(63), "7d3e74a05d7db15bce4ad9ec0658ea98e3f06eeecf16b4c6fff2da457ddc2f34"),
    (a(64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
    (a(65), "635361c48bb9eab14198e76ea8ab7f1a41685d6ad62aa9146d301d4f17eb0ae0"),
    (a(119), "31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb"),
    (a(120), "2f3d335432c70b580af0e8e1b3674a7c020d683aa5f73aaaedfdc55af904c21c"),
    (a(1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
  ]

  private static func a(_ count: Int) -> String { String(repeating: "a", count: count) }

  @Test(arguments: hashes)
  func theHashIsTheStandardsOne(text: String, hash: String) {
    let digits = SHA256.hash(bytes(text)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    #expect(digits.joined() == hash)
  }
}
