/// A text that stands in the source: what the cases of an enumeration are called in files and messages. A `String` would
/// be compared by its meaning, for which Embedded Swift has no tables.
public struct Literal: ExpressibleByStringLiteral, Equatable, Sendable {
  /// The text.
  public let text: StaticString

  /// This text.
  public init(stringLiteral text: StaticString) { self.text = text }

  /// Whether both are the same bytes.
  public static func == (one: Literal, other: Literal) -> Bool {
    "\(one.text)".isEqual(to: "\(other.text)")
  }
}

extension RawRepresentable<Literal> {
  /// What it is called.
  public var name: StaticString { rawValue.text }
}
