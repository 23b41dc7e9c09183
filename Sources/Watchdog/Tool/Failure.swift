import Linux

/// Why a tool could not do its work: a sentence for people and a code for programs.
///
/// The sentence has the one grammar that all tools share: *unable to VERB OBJECT: reason: what to do*.
public struct Failure: Error, Sendable {
  /// What the tool's exit code becomes.
  public let code: ExitCode
  /// What happened, without the tool's name.
  public let sentence: String

  /// A failure with its own words.
  public init(_ code: ExitCode, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }

  /// A system call that failed.
  ///
  /// - Parameters:
  ///   - action: verb and object, for example "open /etc/watchdog/hearts".
  ///   - error: what it failed with; the exit code follows from it.
  ///   - cure: what to do about it, where that is known.
  @inline(never)
  public static func unable(
    to action: String, _ error: SystemError, cure: String? = nil
  ) -> Failure {
    let end = cure.map { ": \($0)" } ?? ""
    return Failure(ExitCode(error), "unable to \(action): \(error.reason)\(end)")
  }
}

/// Does something that may fail with a SystemError, and says in words what it was when it fails.
public func attempt<Value: ~Copyable>(
  to action: @autoclosure () -> String, cure: String? = nil,
  _ body: () throws(SystemError) -> Value
) throws(Failure) -> Value {
  do throws(SystemError) {
    return try body()
  } catch {
    throw Failure.unable(to: action(), error, cure: cure)
  }
}
