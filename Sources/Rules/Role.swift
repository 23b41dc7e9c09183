/// What a box is set up to do.
public enum Role: Equatable, Sendable {
  /// It mends, and a device reboots it when its chain breaks.
  case guards
  /// It only marks problems.
  case onlyMarks
  /// That cannot be told.
  case cannotTell

  /// Judges.
  ///
  /// - Parameters:
  ///   - runs: whether what starts the tools starts a feeder, or what solves problems; nil where that is not seen.
  ///   - isLinked: whether check-solutions is a link of the chain; nil when that cannot be read.
  ///   - hasFed: whether a feeder has run since boot.
  public init(runs: Bool?, isLinked: Bool?, hasFed: Bool) {
    if let runs {
      self = runs ? .guards : .onlyMarks
    } else if hasFed {
      self = .guards
    } else if let isLinked {
      self = isLinked ? .guards : .onlyMarks
    } else {
      self = .cannotTell
    }
  }
}
