import LinuxCalls

/// The life of a helper that is started again and again, by cron each minute: when it began, and when the next one is to
/// begin. That is noted in lives/NAME of the state folder, so that everybody can see that no more of them come, while the
/// last one works still.
public struct Life: Sendable {
  /// How long a helper lives, and how soon the next one is to begin.
  public struct Term: Sendable {
    /// How long it is meant to live.
    public let lifetime: Duration
    /// How soon after it the next one is to begin.
    public let next: Duration
  }

  /// The helper, as its lock is called.
  public let helper: String
  /// CLOCK_MONOTONIC of its begin.
  public let begun: Duration
  /// CLOCK_MONOTONIC of its end.
  public let end: Duration
  /// How soon after `begun` the next one is to begin.
  public let next: Duration

  /// Notes that it begins.
  static func note(_ helper: String, _ term: Term, _ run: Run) {
    let now = Clock.monotonic
    let text = "\(now.field) \((now + term.lifetime).field) \(term.next.field)\n"
    // It is for people: a helper that cannot note it works all the same.
    guard let lives = try? run.state.open(.lives) else { return }
    try? run.drafts.keep(helper, in: lives, text, isVital: false)
  }

  /// The last life of each helper.
  public static func all(in state: borrowing StateFolder) throws(Failure) -> [Life] {
    guard let folder = try state.openIfThere(.lives) else { return [] }
    let names = try attempt(to: "list \(folder.path)", folder.names())
    return names.compactMap { name in
      guard let bytes = (try? folder.readFile(name.text, atMost: 256)) ?? nil else { return nil }
      var reader = FieldReader(bytes.firstLine)
      guard let begun = reader.time(), let end = reader.time(), let next = reader.time() else {
        return nil
      }
      return Life(helper: name.text, begun: begun, end: end, next: next)
    }
  }

  /// Whether the next one should have begun and has not, and so none may be left when this one ends. What ended long ago
  /// is not used any more: were it, the chain would be stale.
  public func isLast(at now: Duration) -> Bool {
    now - begun > next + Life.delay && now < end + Life.delay
  }

  /// Cron starts jobs in the first seconds of a minute, later on a busy box.
  private static let delay: Duration = .seconds(20)
}

extension Life.Term {
  /// As the command line has it. One that is given a lifetime is not from our crontab, and starts the next one by its end.
  public init(_ arguments: Arguments) throws(Failure) {
    lifetime = try arguments.seconds(of: "lifetime", default: 120)
    next = arguments.has("lifetime") ? lifetime : .seconds(60)
  }
}
