import Linux

/// A tool at its post: its vigil, kept up with each look at the clock, from one run to the next.
///
/// The clock is looked at before each decision rather than once a run. A run that was held up, with the
/// whole box or alone, then begins to watch anew instead of judging the present by an old clock.
public struct Watch: ~Copyable {
  /// As of the last look.
  public private(set) var vigil: Vigil
  /// What broke off the vigil of the last run; nil at a first run and when it went on.
  public let breach: Vigil.Breach?
  private let folder: Folder
  private let path: String
  private let tool: StaticString

  /// Goes on where the last run of this tool ended.
  public init(of tool: StaticString, in state: borrowing StateFolder) throws(Failure) {
    folder = try state.open(.alive)
    path = "\(state.path)/\(StateFolder.Part.alive.name)/\(tool)"
    self.tool = tool
    // A record that cannot be read is the same as none: we begin to watch anew.
    let record = (try? folder.readFile("\(tool)", atMost: 256)) ?? nil
    let last = record.flatMap { Vigil(parsing: $0) }
    let now = Moment.now()
    breach = last?.breach(at: now)
    vigil = Vigil.resume(last: last, now: now)
  }

  /// Looks at the clock.
  public mutating func look() -> Moment {
    let now = Moment.now()
    vigil = Vigil.resume(last: vigil, now: now)
    return now
  }

  /// Whether nothing held us up since `before`. A file's date that was read long after the clock seems to
  /// lie in the future, and one that was read long before is out of date; either way somebody healthy
  /// would be blamed.
  public mutating func wasQuick(since before: Moment) -> Bool {
    look().monotonic - before.monotonic < .milliseconds(500)
  }

  /// The last thing that a tool does in a run that went well: tells the chain that it is alive.
  public mutating func touch(with drafts: borrowing Drafts) throws(Failure) {
    _ = look()
    try attempt(to: "write \(path)") { () throws(SystemError) in
      try drafts.replace("\(tool)", in: folder, Drafts.Contents(vigil.text))
    }
  }
}

extension Vigil.Breach {
  /// What to tell people, or nil for what is ordinary after a boot.
  public var words: String? {
    switch self {
    case .clockMoved(let by) where by < .zero:
      "the clock was set back by \(by.magnitude.inSeconds) s"
    case .clockMoved(let by):
      "the clock was set forward by \(by.inSeconds) s, or the box slept"
    case .pause(let pause): "nothing ran for \(pause.inSeconds) s"
    case .otherBoot: nil
    }
  }
}
