extension String {
  /// Whether both are the same bytes. Embedded Swift has no tables to compare text by its meaning, and
  /// names of files are bytes anyway.
  public func isEqual(to other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Fit for a line of a message: see `printable(_:)`.
  public var printable: String { Watchdog.printable(Array(utf8)) }

  /// In a column of this many characters, which must be at least as wide as the text's bytes.
  public func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - utf8.count, 0))
  }
}

/// Bytes of unknown origin, fit for one line of a message or of a file: what is not printable ASCII
/// becomes `\xHH`, so that nothing can break the line, forge a second one or drive a terminal. Cut off
/// after `limit` bytes.
public func printable(_ bytes: [UInt8], atMost limit: Int = 120) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in bytes.prefix(limit) {
    if byte >= 0x20 && byte < 0x7F {
      text.append(byte)
    } else {
      text += [0x5C, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
  }
  if bytes.count > limit { text += Array("...".utf8) }
  return String(decoding: text, as: UTF8.self)
}

/// A text in lines of at most `width` bytes, broken between words wherever they were broken before.
public func wrap(_ text: String, at width: Int) -> String {
  var wrapped = ""
  var column = 0
  for word in text.utf8.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
    if column > 0 {
      let fits = column + 1 + word.count <= width
      wrapped += fits ? " " : "\n"
      column = fits ? column + 1 : 0
    }
    wrapped += String(decoding: Array(word), as: UTF8.self)
    column += word.count
  }
  return wrapped
}
