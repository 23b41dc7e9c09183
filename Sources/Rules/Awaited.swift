/// What is remembered of a heart from one look to the next, where the dates of its files will not tell: it was silent
/// when a vigil was broken off, has been started and did not beat yet, or is dated in the future. Times are on the
/// count of the tool's watched time (`Vigil.watched`).
public struct Awaited: Equatable, Sendable {
  /// The date of its last beat; nil when it never beat. While this does not change it is the same beat, whatever
  /// the clocks say.
  public var beat: Duration?
  /// Since when it has been silent.
  public var since: Duration
  /// What it was given or started by, and has not beaten since: the first such after the last beat, however often it
  /// is started anew.
  public var start: Start?
  /// A start that it has answered, although its date says otherwise: it was noted by another clock.
  public var answered: Duration?

  /// What a first beat is awaited after.
  public struct Start: Equatable, Sendable {
    /// Since when.
    public var since: Duration
    /// How long that may be.
    public var limit: Duration
    /// Whether a program was started, and not only the heart given.
    public var isStart: Bool
    /// The last restart of everything that is taken into account, by its date; nil when there was none.
    public var restart: Duration?

    /// What a first beat is awaited after.
    public init(since: Duration, limit: Duration, isStart: Bool) {
      self.since = since
      self.limit = limit
      self.isStart = isStart
    }
  }

  /// What is remembered.
  public init(beat: Duration?, since: Duration, start: Start?, answered: Duration?) {
    self.beat = beat
    self.since = since
    self.start = start
    self.answered = answered
  }
}
