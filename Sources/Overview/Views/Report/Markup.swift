import Watchdog

/// Text that is put into a page (HTML, and SVG in it).
enum Markup {
  /// Fit for an element's content and for an attribute between double quotes: what is not printable ASCII becomes
  /// `\xHH`, and nothing opens or ends an element or an attribute.
  static func escape(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in printable(Array(text.utf8), atMost: 400).utf8 {
      switch byte {
      case 0x26: bytes += Array("&amp;".utf8)
      case 0x3C: bytes += Array("&lt;".utf8)
      case 0x3E: bytes += Array("&gt;".utf8)
      case 0x22: bytes += Array("&quot;".utf8)
      case 0x27: bytes += Array("&#39;".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
