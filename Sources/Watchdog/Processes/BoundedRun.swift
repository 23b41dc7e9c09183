import LinuxCalls

/// A run of an executable of the administrator's, bounded in time, and in what is kept of its words.
struct BoundedRun {
  private let path: String
  private let limit: Duration
  private let output: Output

  /// Runs it to its end; see `Output`.
  ///
  /// - Parameters:
  ///   - command: its path, which nobody else may have written (`Trust`), and its arguments.
  ///   - belonging: what it counts as.
  ///   - limit: how long it may take.
  ///   - input: the number of an open file that it reads; nil for nothing.
  ///   - bytes: so many of its words are kept; nil leaves them where ours go.
  /// - Throws: when it could not be run.
  init(
    _ command: [String], as belonging: Belonging, _ roots: Roots, within limit: Duration,
    input: Int32? = nil, keeping bytes: Int? = 1024, endsGroup: Bool = true
  ) throws(Failure) {
    path = command[0]
    self.limit = limit
    try Trust.check(executable: path)
    do throws(SystemError) {
      output = try Output(
        of: command, untilMonotonic: Clock.monotonic + limit, atMost: bytes, endsGroup: endsGroup
      ) { () throws(SystemError) in
        Priority.restore()
        if let input { try ThisProcess.readInput(from: input) }
        belonging.export(roots)
      }
    } catch {
      // It is there: it has just been looked at.
      guard error == .noSuchFile else { throw Failure.unable(to: "run \(path)", error) }
      throw Failure(
        .noInput, "the interpreter that its first line names is missing", unableTo: "run \(path)")
    }
  }

  /// Whether it ended by itself.
  var hasEnded: Bool { output.end != nil }

  /// What it said.
  var words: [UInt8] { output.bytes }

  /// How it failed; nil when it exited with 0.
  var failure: String? {
    switch output.end {
    case .exited(0): nil
    case .some(let end): "\(path) \(end.words)"
    case nil:
      "\(path) did not exit within \((limit + .milliseconds(500)).wholeSeconds) s and was killed"
    }
  }

  /// How it failed, and what it said of that.
  var failureAndWords: String? {
    failure.map { failure in failure + (sentence.map { ": \($0)" } ?? "") }
  }

  /// The first line that says anything, without what plugins of Nagios add for graphs; of Python's traceback the last.
  var sentence: String? {
    // Zeros are no words.
    let sentences = words.lines.map { $0.prefix { $0 != UInt8(ascii: "|") }.trimmed }
      .filter { $0.contains { $0 > .space } }
    let isTraceback = sentences.first?.starts(with: "Traceback (most recent call".utf8) ?? false
    return (isTraceback ? sentences.last : sentences.first).map { printable($0) }
  }
}
