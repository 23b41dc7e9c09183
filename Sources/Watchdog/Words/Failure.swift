import LinuxCalls

/// Why a tool could not do its work: its parts, and a code for programs.
///
/// They are put into words in one place, in the grammar that all tools share: *unable to VERB OBJECT: reason: what to
/// do*.
public struct Failure: Error, Sendable {
  /// What the tool's exit code becomes.
  public let code: ExitCode
  /// What could not be done, verb and object, for example "open /etc/watchdog/hearts"; nil where the reason tells.
  let action: String?
  /// Why.
  public let reason: Reason
  /// What to do about it; nil where nobody knows.
  public let cure: String?

  /// Why something could not be done.
  public enum Reason: Sendable {
    /// A system call failed with this.
    case system(SystemError)
    /// For this reason, in words.
    case words(String)

    /// For people.
    public var words: String {
      switch self {
      case .system(let error): error.reason
      case .words(let words): words
      }
    }
  }

  /// What happened, without the tool's name.
  public var sentence: String {
    let start = action.map { "unable to \($0): " } ?? ""
    let end = cure.map { ": \($0)" } ?? ""
    return "\(start)\(reason.words)\(end)"
  }

  /// What the system call failed with that is behind it; nil where there is none.
  public var systemError: SystemError? {
    switch reason {
    case .system(let error): error
    case .words: nil
    }
  }

  /// A failure with a reason of its own.
  ///
  /// - Parameters:
  ///   - reason: why, or all of it where there is no action.
  ///   - action: what could not be done, verb and object.
  ///   - cure: what to do about it.
  public init(
    _ code: ExitCode, _ reason: String, unableTo action: String? = nil, cure: String? = nil
  ) {
    self.init(code, action, .words(reason), cure)
  }

  private init(_ code: ExitCode, _ action: String?, _ reason: Reason, _ cure: String?) {
    self.code = code
    self.action = action
    self.reason = reason
    self.cure = cure
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
    Failure(ExitCode(error), action, .system(error), cure)
  }
}

/// Does something that may fail with a SystemError, and says in words what it was when it fails.
public func attempt<Value: ~Copyable>(
  to action: @autoclosure () -> String, cure: String? = nil,
  _ call: @autoclosure () throws(SystemError) -> Value
) throws(Failure) -> Value {
  try attempt(to: action(), cure: cure, call)
}

/// As above, for what takes several steps.
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
