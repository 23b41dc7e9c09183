/// How far the ladder of a problem goes.
public enum Step: Int, CaseIterable, Equatable, Sendable {
  /// It is marked, and nothing else.
  case mark
  /// Its program is started again, or its solution run.
  case solve
  /// Everything is restarted for it.
  case restart
  /// The box is rebooted for it.
  case reboot
}

/// Who can mend a problem on this box.
public enum Means: Equatable, Sendable {
  /// programs/NAME, which is ended and started again.
  case program
  /// solutions/NAME.
  case solution
  /// Nobody.
  case none
}

/// Who noticed a problem.
public enum Detector: Equatable, Sendable {
  /// mark-problems, which compares hearts with their beats, and noted processes with what runs.
  case heart
  /// Somebody else.
  case other
}

extension Step {
  /// How far the ladder of a problem goes. What somebody merely notes, and what never worked and nobody here can
  /// mend, is no reason to restart what is well.
  ///
  /// - Parameters:
  ///   - given: what the administrator said for it; nil where nothing was said.
  ///   - detector: who noticed the problem.
  ///   - means: what can mend it.
  ///   - hasBeaten: whether its heart has ever beaten.
  public static func last(given: Step?, detector: Detector, means: Means, hasBeaten: Bool) -> Step {
    if let given { return given }
    if means != .none { return .reboot }
    return detector == .heart && hasBeaten ? .reboot : .mark
  }
}
