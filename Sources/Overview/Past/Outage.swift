import LinuxCalls
import Rules
import Watchdog

/// A time in which a program did not work: from the last sign of life until it worked again.
struct Outage {
  /// How it ended.
  enum End: Literal {
    /// It was solved.
    case solved
    /// The heart beat again by itself.
    case recovered
    /// Its heart was taken away.
    case unwanted
    /// The box was rebooted meanwhile: it ended with the next boot at the earliest.
    case reboot
    /// Nobody wrote down how: it counts until it was heard of last.
    case unknown
    /// It has not ended yet.
    case open

    /// That of a problem that is over by this event.
    fileprivate init(_ event: Incident.Event) {
      switch event {
      case .solved: self = .solved
      case .recovered(.heartGone): self = .unwanted
      // It has run for long enough after it was started.
      case .recovered(.ranCalm): self = .solved
      default: self = .recovered
      }
    }

    /// For people.
    var words: String {
      switch self {
      case .solved: "solved"
      case .recovered: "beat again by itself"
      case .unwanted: "its heart was removed"
      case .reboot: "the box was rebooted"
      case .unknown: "how it ended was not recorded"
      case .open: "not solved yet"
      }
    }
  }

  /// The last beat or the start without one, or when it was noticed that the process is gone.
  let since: Duration
  let noticed: Duration
  /// When it worked again; for one that is open, the present.
  let until: Duration
  let end: End
  /// Who noticed it.
  let by: String
  /// What was noticed.
  let why: String
  /// How many attempts to solve it failed.
  let failures: Int
  /// Why the last of them failed.
  let failure: String
  /// When the attempt that solved it began; nil where that is not known.
  let began: Duration?
  /// When the program was started in that attempt.
  let started: Duration?

  var span: Span { Span(since, until) }
  /// How long nobody noticed.
  var notice: Duration { noticed - since }
  /// How long it took from then on; nil where nobody knows.
  var recovery: Duration? {
    switch end {
    case .solved, .recovered, .reboot, .open: until - noticed
    case .unwanted, .unknown: nil
    }
  }

  /// Whether any of it is known to have been solved or tried by anybody.
  var wasTried: Bool { began != nil || failures > 0 || end == .solved }
}

/// Puts the lines about one name together.
struct Outages {
  private(set) var all: [Outage] = []
  private var current: Draft?
  private let boots: [Record.Boot]
  private let now: Moment

  /// An outage of which not all is read yet.
  private struct Draft {
    let entry: Record.Entry
    let noticed: Duration
    /// How long before that the last sign of life was.
    let silence: Duration
    var by = ""
    var why = ""
    var failures = 0
    var failure = ""
    /// When it was heard of last.
    var heard: Duration
    /// When the last attempt began, and its program was started.
    var began: Duration?
    var started: Duration?
  }

  /// Reads the lines about one name, in the order of time.
  ///
  /// - Parameters:
  ///   - problem: when the problem of that name that there is was noticed, CLOCK_REALTIME; nil when there is none.
  ///   - isKnown: whether anybody could look whether there is one.
  init(_ entries: [Record.Entry], _ record: Record, problem: Duration?, isKnown: Bool) {
    boots = record.boots
    now = record.now
    for entry in entries { add(entry) }
    finish(problem: problem, isKnown: isKnown)
  }

  private mutating func add(_ entry: Record.Entry) {
    switch entry.event {
    case .noticed:
      abandon(before: entry)
      let since = entry.date(of: .since) ?? entry.date
      current = Draft(
        entry: entry, noticed: entry.date, silence: entry.date - since, by: entry.line.by,
        why: entry.line.why, heard: entry.date)
    case .failed:
      open(with: entry)
      current?.failures += 1
      current?.failure = entry.line.why
      current?.heard = entry.date
    case .tried:
      open(with: entry)
      // One that was tried before did not help.
      if current?.started != nil { current?.failures += 1 }
      current?.began = entry.date(of: .began)
      current?.started = entry.date(of: .started) ?? entry.date
      current?.heard = entry.date
    case .solved, .recovered:
      open(with: entry)
      close(entry, Outage.End(entry.event))
    default: break
    }
  }

  /// A line that tells how a problem went on whose beginning was not written down, or was rotated away.
  private mutating func open(with entry: Record.Entry) {
    if let draft = current, draft.entry.boot == entry.boot { return }
    abandon(before: entry)
    guard let noticed = entry.date(of: .noticed) else { return }
    // Told twice.
    if let last = all.last, noticed <= last.until { return }
    current = Draft(entry: entry, noticed: noticed, silence: .zero, heard: entry.date)
  }

  /// Nobody wrote down how the one before ended.
  private mutating func abandon(before entry: Record.Entry) {
    guard let draft = current else { return }
    end(draft, draft.entry.boot == entry.boot ? .unknown : .reboot)
  }

  private mutating func end(_ draft: Draft, _ end: Outage.End) {
    let until = end == .reboot ? boots[draft.entry.boot].ended : draft.heard
    append(draft, noticed: draft.noticed, until: until, end)
  }

  private mutating func close(_ entry: Record.Entry, _ end: Outage.End) {
    guard let draft = current else { return }
    var noticed = draft.noticed
    // A clock that was set meanwhile makes nothing longer or shorter.
    if let from = draft.entry.uptime, let to = entry.uptime, draft.noticed == draft.entry.date {
      noticed = entry.date - max(to - from, .zero)
    }
    let began = entry.date(of: .began) ?? draft.began
    let started = entry.date(of: .started) ?? draft.started
    let until = max(entry.date(of: .beat) ?? entry.date, noticed)
    append(draft, noticed: noticed, until: until, end, began: began, started: started)
  }

  private mutating func append(
    _ draft: Draft, noticed: Duration, until: Duration, _ end: Outage.End,
    began: Duration? = nil, started: Duration? = nil
  ) {
    all.append(
      Outage(
        since: noticed - draft.silence, noticed: noticed, until: max(until, noticed), end: end,
        by: draft.by, why: draft.why, failures: draft.failures, failure: draft.failure,
        began: began, started: started))
    current = nil
  }

  private mutating func finish(problem: Duration?, isKnown: Bool) {
    if let draft = current, draft.entry.boot < boots.count - 1 { end(draft, .reboot) }
    if let draft = current {
      if isKnown, problem == nil {
        end(draft, .unknown)
      } else {
        append(draft, noticed: draft.noticed, until: now.realtime, .open)
      }
    } else if let problem, let boot = boots.last {
      let noticed = min(max(problem, boot.began), now.realtime)
      all.append(
        Outage(
          since: noticed, noticed: noticed, until: now.realtime, end: .open, by: "", why: "",
          failures: 0, failure: "", began: nil, started: nil))
    }
  }
}
