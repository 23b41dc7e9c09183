import LinuxCalls
import Watchdog

/// Text that is put into a page (HTML, and SVG in it).
enum Markup {
  /// Fit for an element's content and for an attribute between double quotes: what is not printable ASCII becomes
  /// `\xHH`, and nothing opens or ends an element or an attribute.
  static func escape(_ text: String) -> String {
    printable(Array(text.utf8), atMost: 400).utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "&"): Array("&amp;".utf8)
      case UInt8(ascii: "<"): Array("&lt;".utf8)
      case UInt8(ascii: ">"): Array("&gt;".utf8)
      case UInt8(ascii: "\""): Array("&quot;".utf8)
      case UInt8(ascii: "'"): Array("&#39;".utf8)
      default: [byte]
      }
    }.text
  }
}
