import LinuxCalls
import Rules

extension Awaited: Remembered {
  /// The last beat, since when it is silent, since when a first beat is awaited after a start (`s`) or since the heart
  /// was given (`g`), how long that may be, a start that was answered, and the last restart of everything.
  public var fields: String {
    let kind = start.map { $0.isStart ? "s" : "g" } ?? "-"
    return "\(beat.field) \(since.field) \(kind) \((start?.since).field) \((start?.limit).field) "
      + "\(answered.field) \((start?.restart).field)"
  }

  /// Reads what `fields` wrote; nil when it is anything else.
  public init?(parsing bytes: [UInt8]) {
    var fields = FieldReader(bytes)
    guard let beat = fields.timeOrNone(), let since = fields.time(), let kind = fields.word(),
      let begun = fields.timeOrNone(), let limit = fields.timeOrNone(),
      let answered = fields.timeOrNone(), let restart = fields.timeOrNone(), fields.isAtEnd
    else { return nil }
    var start: Start?
    if let begun, let limit {
      start = Start(since: begun, limit: limit, isStart: kind.elementsEqual("s".utf8))
      start?.restart = restart
    }
    self.init(beat: beat, since: since, start: start, answered: answered)
  }
}

extension Heart.Condition {
  /// Why it is late, with figures, for line 2 of the problem.
  public var words: String {
    switch awaits {
    case .beat: "no beat for \(age.inSeconds) s: the limit is \(limit.wholeSeconds) s"
    case .firstBeat:
      "no first beat for \(age.inSeconds) s: the limit is \(limit.wholeSeconds) s after a start"
    }
  }

  /// For an incident.
  var reason: Incident.Reason {
    switch awaits {
    case .beat: .lastBeat(limit: Int(limit.wholeSeconds))
    case .firstBeat: .firstBeat(limit: Int(limit.wholeSeconds))
    }
  }

  /// Since when nothing was heard, as far as anybody watched, and until when it should have been.
  func instants(at now: Moment) -> [Incident.Instant] {
    let since = now.realtime - age
    return [(.since, since), (.deadline, since + limit)]
  }
}

extension Beat {
  /// A beat file is empty. One larger than this fills the memory of the box, and is complained of.
  static let largestFile: Int64 = 4096

  /// Judges what is there.
  ///
  /// - Parameters:
  ///   - status: of beats/NAME; nil when it is missing.
  ///   - owner: whose heart it is.
  public init(_ status: FileStatus?, owner: UInt32) {
    guard let status else {
      self = .missing
      return
    }
    if status.kind != .file {
      self = .noFile
    } else if status.owner != owner {
      self = .foreign(owner: status.owner)
    } else {
      self = status.modified == Beat.neverDate ? .never : .at(status.modified)
    }
  }
}
