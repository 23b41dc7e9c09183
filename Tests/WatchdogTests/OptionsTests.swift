import LinuxCalls
import Rules
import Testing

// Here and not beside the other tests of Linux, because getopt_long(3) has to be shared with the tests of
// Arguments: all run in one process.
@Suite struct OptionsTests {
  private static let known: [Options.Known] = [
    .init(name: "limit", takesValue: true), .init(name: "dry-run", takesValue: false),
    .init(name: "data", takesValue: true), .init(name: "lifetime", takesValue: true),
  ]

  /// The options as "name=value", and the operands.
  private func parse(_ words: [String]) throws(Mistake) -> (options: [String], [String]) {
    let given = try withGetopt { () throws(Mistake) in
      try Options.parse(["tool"] + words, known: Self.known)
    }
    return (given.options.map { "\(Self.known[$0.known].name)=\($0.value)" }, given.operands)
  }

  struct Case: Sendable {
    let words: [String]
    let options: [String]
    let operands: [String]

    init(_ words: [String], _ options: [String], _ operands: [String] = []) {
      self.words = words
      self.options = options
      self.operands = operands
    }
  }

  static let understood = [
    Case([], []),
    Case(["--limit", "5"], ["limit=5"]),
    Case(["--limit=5"], ["limit=5"]),
    Case(["--limit="], ["limit="]),
    Case(["--limit", ""], ["limit="]),
    Case(["--limit=a=b"], ["limit=a=b"]),
    Case(["--limit", "--dry-run"], ["limit=--dry-run"]),
    Case(["--dry-run"], ["dry-run="]),
    Case(["web", "db"], [], ["web", "db"]),
    Case(["--dry-run", "web"], ["dry-run="], ["web"]),
    Case(["web", "--dry-run"], ["dry-run="], ["web"]),
    Case(["a", "--limit", "5", "b", "--dry-run", "c"], ["limit=5", "dry-run="], ["a", "b", "c"]),
    Case(["--limit", "5", "--limit=6"], ["limit=5", "limit=6"]),
    Case(["-", ""], [], ["-", ""]),
    Case(["--", "--dry-run"], [], ["--dry-run"]),
    // Abbreviations, as long as they can mean one option only.
    Case(["--lim", "5"], ["limit=5"]),
    Case(["--lim=5"], ["limit=5"]),
    Case(["--dr"], ["dry-run="]),
    Case(["--da", "x"], ["data=x"]),
  ]

  @Test(arguments: understood)
  func `options stand anywhere and in any form`(_ one: Case) throws {
    let (options, operands) = try parse(one.words)
    #expect(options == one.options)
    #expect(operands == one.operands)
  }

  static let mistakes: [([String], String)] = [
    (["--foo"], "unknown option --foo"),
    (["--foo=bar"], "unknown option --foo=bar"),
    (["--dry-run", "--foo"], "unknown option --foo"),
    (["--limit", "5", "--foo", "web"], "unknown option --foo"),
    (["-x"], "unknown option -x"),
    (["--limitless"], "unknown option --limitless"),
    (["--dry-run=yes"], "unknown option --dry-run=yes"),
    (["--d"], "unknown option --d"),
    (["--limit"], "option --limit needs a value"),
    (["--lim"], "option --lim needs a value"),
    (["--dry-run", "--limit"], "option --limit needs a value"),
  ]

  @Test(arguments: mistakes)
  func `what is not understood is named`(words: [String], sentence: String) {
    #expect(mistake(in: words) == sentence)
  }

  static let mistakesBehindOperands: [([String], String)] = [
    (["web", "--foo"], "unknown option --foo"),
    (["web", "db", "--foo"], "unknown option --foo"),
    (["web", "--limit"], "option --limit needs a value"),
  ]

  @Test(arguments: mistakesBehindOperands)
  func `what is not understood is named behind operands too`(words: [String], sentence: String) {
    #expect(mistake(in: words) == sentence)
  }

  @Test func `an abbreviation of two options is neither`() {
    #expect(mistake(in: ["--li", "5"]) == "unknown option --li")
  }

  private func mistake(in words: [String]) -> String? {
    do throws(Mistake) {
      _ = try parse(words)
      return nil
    } catch {
      return error.sentence
    }
  }

  /// In a process of its own, because it traps.
  @Test func `a process can read a second command line`() async {
    await #expect(processExitsWith: .success) {
      let known = [Options.Known(name: "help", takesValue: false)]
      _ = try Options.parse(["tool", "--help", "--help"], known: known)
      let second = try Options.parse(["tool", "web"], known: known)
      try #require(second.operands == ["web"])
    }
  }
}
