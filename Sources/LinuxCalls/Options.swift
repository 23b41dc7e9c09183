import CLinuxCalls

/// Reads GNU long options. The corresponding C function is `getopt_long`.
public enum Options {
  /// One option that a program knows.
  public struct Known: Sendable {
    /// Its name without the dashes.
    public let name: StaticString
    /// Whether a value must follow.
    public let takesValue: Bool

    /// An option.
    public init(name: StaticString, takesValue: Bool) {
      self.name = name
      self.takesValue = takesValue
    }
  }

  /// What stood on a command line.
  public struct Given: Sendable {
    /// The options in the order given: which of the known ones, and its value.
    public var options: [(known: Int, value: String)] = []
    /// The words that are no options.
    public var operands: [String] = []
  }

  /// The values of options; below are the letters that getopt_long answers mistakes with.
  private static let firstValue: Int32 = 256

  /// Reads a command line; `words` starts with the program's name.
  public static func parse(_ words: [String], known: [Known]) throws(Mistake) -> Given {
    var vector = words.map { strdup($0) }
    vector.append(nil)
    defer { for word in vector { free(word) } }
    // Each has a value of its own: getopt_long holds options of equal values to be the same, and an
    // abbreviation of two of them would be either.
    var table = known.enumerated().map { index, known in
      option(
        name: known.name.cString, has_arg: known.takesValue ? 1 : 0, flag: nil,
        val: firstValue + Int32(index))
    }
    table.append(option())
    var given = Given()
    var index: Int32 = 0
    clinux_getopt_begin()
    while true {
      let answer = clinux_getopt_long(Int32(words.count), &vector, ":", table, &index)
      if answer == -1 { break }
      guard answer >= firstValue else {
        // It has gone one behind the word that it did not understand.
        let word = vector[max(Int(clinux_optind()) - 1, 0)].map { String(cString: $0) } ?? ""
        throw Mistake(
          answer == Int32(UInt8(ascii: ":"))
            ? "option \(word) needs a value" : "unknown option \(word)")
      }
      given.options.append((Int(index), clinux_optarg().map { String(cString: $0) } ?? ""))
    }
    given.operands = vector[Int(clinux_optind())...].compactMap { $0.map { String(cString: $0) } }
    return given
  }
}
