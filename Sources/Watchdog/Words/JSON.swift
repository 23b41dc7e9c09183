import LinuxCalls

/// A value of JSON (RFC 8259), to be written out for programs.
public indirect enum JSON: Sendable {
  case object([(name: StaticString, value: JSON)])
  case array([JSON])
  case string(String)
  /// A number as it is to be written.
  case number(String)
  case bool(Bool)
  case null

  /// A time in seconds, to the millisecond.
  public static func seconds(_ time: Duration) -> JSON {
    let milliseconds = time.wholeMilliseconds
    let (whole, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    return .number("\(milliseconds < 0 ? "-" : "")\(whole).\(rest.digits(3))")
  }

  /// The value as text, on lines of their own down to `depth` levels.
  public func text(depth: Int = 2, indent: String = "") -> String {
    switch self {
    case .object(let members):
      JSON.join(
        members.map { "\"\($0.name)\": \($0.value.text(depth: depth - 1, indent: indent + "  "))" },
        between: "{", and: "}", depth: depth, indent: indent)
    case .array(let values):
      JSON.join(
        values.map { $0.text(depth: depth - 1, indent: indent + "  ") }, between: "[", and: "]",
        depth: depth, indent: indent)
    case .string(let string): JSON.quote(string)
    case .number(let number): number
    case .bool(let bool): bool ? "true" : "false"
    case .null: "null"
    }
  }

  private static func join(
    _ parts: [String], between open: String, and close: String, depth: Int, indent: String
  ) -> String {
    if depth <= 0 || parts.isEmpty { return "\(open)\(parts.joined(separator: ", "))\(close)" }
    let inner = "\n\(indent)  "
    return "\(open)\(inner)\(parts.joined(separator: ",\(inner)"))\n\(indent)\(close)"
  }

  private static func quote(_ string: String) -> String {
    let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
    var bytes = [quote]
    for byte in string.utf8 {
      switch byte {
      case quote, backslash: bytes += [backslash, byte]
      case 0..<0x20: bytes += Array("\\u00".utf8) + Hexadecimal.digits(of: byte)
      default: bytes.append(byte)
      }
    }
    return (bytes + [quote]).text
  }
}
