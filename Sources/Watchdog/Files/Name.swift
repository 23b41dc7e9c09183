import LinuxCalls

/// The name of a heart, a problem, a program or a tool: letters, digits, `_` and `-`, the rule of cron.d
/// and run-parts. It can be no path, cannot leave its folder, and what editors and packagers leave
/// behind (`web~`, `web.dpkg-new`) is none.
public struct Name: Comparable, Sendable {
  /// As it is written.
  public let text: String

  /// How many bytes it has at most. Files are called NAME.detector and NAME-20261127T191409Z, and their drafts have longer
  /// names still; the kernel allows 255.
  public static let longest = 200

  /// Nil unless the bytes are such a name.
  public init?(_ bytes: some Collection<UInt8>) {
    guard !bytes.isEmpty, bytes.count <= Name.longest, bytes.allSatisfy(Name.allows) else {
      return nil
    }
    text = bytes.text
  }

  /// Nil unless the text is such a name.
  public init?(_ text: String) { self.init(text.utf8) }

  /// A name that stands in the source.
  public init(literal text: StaticString) { self.text = "\(text)" }

  private static func allows(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Whether both are the same name.
  public static func == (one: Name, other: Name) -> Bool { one.text.isEqual(to: other.text) }

  /// In the order of their bytes.
  public static func < (one: Name, other: Name) -> Bool { one.text.precedes(other.text) }

  /// Whether a name that is not allowed is one of those that editors and packagers leave behind, which is
  /// passed over without a word. Another name with a dot, such as php8.2-fpm, is a mistake.
  public static func isLeftover(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.first == .dot || bytes.first == UInt8(ascii: "#") { return true }
    if bytes.last == UInt8(ascii: "~") { return true }
    guard let dot = bytes.lastIndex(of: .dot) else { return false }
    let ending = bytes[(dot + 1)...]
    return leftoverEndings.contains { ending.elementsEqual($0.utf8) }
      || leftoverBeginnings.contains { ending.starts(with: $0.utf8) }
  }

  private static var leftoverEndings: [String] {
    [
      "bak", "old", "new", "orig", "dist", "save", "rej", "tmp", "swp", "swo", "swx", "disabled",
      "example", "pacnew", "pacsave", "rpmnew", "rpmsave", "rpmorig",
    ]
  }

  /// dpkg(1), ucf(1) and apk(8).
  private static var leftoverBeginnings: [String] { ["dpkg-", "ucf-", "apk-"] }
}
