/// A box that stood down: reboots did not help it, so it rests. Single programs are mended still, with pauses of a
/// minute.
public struct StandingDown: Equatable, Sendable {
  /// When it began, in running time (`Reboots`).
  public var since: Duration

  /// A box that stood down.
  public init(since: Duration) { self.since = since }

  /// Why it ends.
  public enum End: Equatable, Sendable {
    /// All problems are proven over.
    case proven
    /// It ran for the window in which reboots are counted: the ladder has one more try.
    case window
  }

  /// Whether it ends now; nil while it goes on.
  ///
  /// - Parameters:
  ///   - isAnyClimbing: whether there is a problem for which the ladder would go beyond mending its program.
  ///   - running: the running time.
  ///   - window: in which reboots are counted.
  public func end(isAnyClimbing: Bool, running: Duration, window: Duration) -> End? {
    if !isAnyClimbing { return .proven }
    return running - since > window ? .window : nil
  }
}
