/// The parts of "…\(value)…", put together by calls. The standard library's are inlined wherever a message is
/// made, 200 bytes for each part: they were a third of the Tiny build. These take their place in all modules that
/// import this one; a file that does not is refused by the compiler in the Tiny build.
extension DefaultStringInterpolation {
  /// Adds what stands between two values.
  @inline(never)
  public mutating func appendLiteral(_ literal: String) { write(literal) }

  /// Adds a text.
  @inline(never)
  public mutating func appendInterpolation(_ text: String) { write(text) }

  /// Adds a text that stands in the program.
  @inline(never)
  public mutating func appendInterpolation(_ text: StaticString) { write(text.description) }

  /// Adds a number.
  @inline(never)
  public mutating func appendInterpolation(_ number: some FixedWidthInteger) {
    write(number.description)
  }

  /// Nothing else has words of its own: Embedded Swift would print that it cannot print it, and ordinary Swift a dump.
  @available(*, deprecated, message: "give it words: a text or a whole number")
  public mutating func appendInterpolation<Value>(_ value: Value) { fatalError() }
}
