import LinuxCalls

extension String {
  /// Fit for a line of a message: see `printable(_:)`.
  public var printable: String { Watchdog.printable(Array(utf8)) }
}

/// Bytes of unknown origin, fit for one line of a message or of a file: what is not printable ASCII
/// becomes `\xHH`, so that nothing can break the line, forge a second one or drive a terminal. Cut off
/// after `limit` bytes.
public func printable(_ bytes: [UInt8], atMost limit: Int = 120) -> String {
  var text: [UInt8] = []
  for byte in bytes.prefix(limit) {
    if byte >= .space && byte < 0x7F {
      text.append(byte)
    } else {
      text += Array("\\x".utf8) + Hexadecimal.digits(of: byte)
    }
  }
  if bytes.count > limit { text += Array("...".utf8) }
  return text.text
}

/// A text in lines of at most `width` bytes, broken between words wherever they were broken before.
public func wrap(_ text: String, at width: Int) -> String {
  var wrapped = ""
  var column = 0
  for word in text.utf8.split(whereSeparator: { $0 == .space || $0 == .newline }) {
    if column > 0 {
      let fits = column + 1 + word.count <= width
      wrapped += fits ? " " : "\n"
      column = fits ? column + 1 : 0
    }
    wrapped += word.text
    column += word.count
  }
  return wrapped
}
