import LinuxCalls

/// Reads fields with single blanks between them: what the tools write into files of their own, such as vigils/TOOL.
struct FieldReader {
  private var scanner: Scanner
  private var isFirst = true

  init(_ bytes: [UInt8]) { scanner = Scanner(bytes) }

  /// Whether everything was read.
  var isAtEnd: Bool { scanner.isAtEnd }

  private mutating func next() -> Bool {
    if isFirst {
      isFirst = false
      return true
    }
    return scanner.skip(.space)
  }

  /// A whole number; nil when it is none, or does not fit. On 32 bits an Int is too small for a start time of a process
  /// once the box has run for 248 days, and for half of all user numbers.
  mutating func number<Value: FixedWidthInteger>(_ type: Value.Type = Int.self) -> Value? {
    guard next() else { return nil }
    let isNegative = scanner.skip(UInt8(ascii: "-"))
    guard let number = scanner.number(), number <= UInt64(Int64.max) else { return nil }
    return Value(exactly: isNegative ? -Int64(number) : Int64(number))
  }

  /// A whole number of seconds from 0 on.
  mutating func wholeSeconds() -> Duration? {
    number(Int64.self).flatMap { (0...Int64.max / 4).contains($0) ? .seconds($0) : nil }
  }

  /// A time, as `Duration.field` writes it.
  mutating func time() -> Duration? {
    guard next() else { return nil }
    return bareTime()
  }

  /// A time, or `-` for none. Nil when it is neither.
  mutating func timeOrNone() -> Duration?? {
    guard next() else { return nil }
    var rest = scanner
    if rest.skip(UInt8(ascii: "-")), rest.isAtEnd || rest.skip(.space) {
      _ = scanner.skip(UInt8(ascii: "-"))
      return .some(nil)
    }
    return bareTime().map { .some($0) }
  }

  /// What stands before the next blank, or the end.
  mutating func word() -> [UInt8]? {
    guard next() else { return nil }
    return scanner.word()
  }

  private mutating func bareTime() -> Duration? {
    let isNegative = scanner.skip(UInt8(ascii: "-"))
    guard let seconds = scanner.number(), seconds <= UInt64(Int64.max / 4),
      scanner.skip(.dot)
    else { return nil }
    let start = scanner.position
    guard let nanoseconds = scanner.number(), scanner.position - start == 9 else { return nil }
    let value: Duration = .seconds(Int64(seconds)) + .nanoseconds(Int64(nanoseconds))
    return isNegative ? .zero - value : value
  }
}

extension Duration {
  /// "123.004500000": seconds and nine digits, so that a date of a file is kept to the nanosecond.
  var field: String {
    let (seconds, rest) = magnitude.components
    return "\(self < .zero ? "-" : "")\(seconds).\((rest / 1_000_000_000).digits(9))"
  }
}

extension Duration? {
  /// As `Duration.field`; `-` for none.
  var field: String { map { $0.field } ?? "-" }
}

extension [[UInt8]] {
  /// The line with this number, counted from 0; nothing where there is none.
  func line(_ number: Int) -> [UInt8] { number < count ? self[number] : [] }
}

/// Words for people in a line of a note: they came from somewhere, and stay one line, and short.
func noteWords(_ bytes: [UInt8]) -> String { printable(bytes, atMost: 400) }
