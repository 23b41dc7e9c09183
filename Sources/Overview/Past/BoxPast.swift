import Linux
import Rules
import Watchdog

/// What happened to the whole box.
struct BoxPast {
  /// Who let a reboot come.
  enum Cause: Equatable {
    /// The ladder, because of this problem; nil where that is not said.
    case ladder(Name?)
    /// A person, to see whether the device works.
    case test
    /// Nobody fed the device, because these tools were not alive; none where that is not said.
    case chain([Name])
    /// Nobody wrote it down.
    case unknown

    /// For programs.
    var name: StaticString {
      switch self {
      case .ladder: "ladder"
      case .test: "reboot-test"
      case .chain: "not-fed"
      case .unknown: "unknown"
      }
    }

    init(_ event: Incident.Event?) {
      switch event {
      case .reboot(let problem): self = .ladder(problem)
      case .rebootTest: self = .test
      case .notFed(let tools): self = .chain(tools)
      default: self = .unknown
      }
    }
  }

  /// An end of a boot.
  struct Reboot {
    /// Since when the box was left to its device, as far as anybody wrote that down.
    let since: Duration?
    /// When the next boot began; for one that is due, the present.
    let until: Duration
    /// Why; empty where nobody wrote it down.
    let why: String
    /// Whether it has not come yet.
    let isDue: Bool
    /// Who let it come, as far as anybody wrote that down.
    let cause: Cause

    /// Whether a person let it come, to see whether the device works.
    var isTest: Bool { cause == .test }
    /// Whether nobody fed the device.
    var isOfChain: Bool { if case .chain = cause { true } else { false } }
    /// Whether the ladder came to its end.
    var isOfLadder: Bool { if case .ladder = cause { true } else { false } }
    /// Whose problem it was; nil where that is not said.
    var problem: Name? { if case .ladder(let name) = cause { name } else { nil } }

    /// From the reason until the next boot. One without a word takes no time: nobody knows how long it took.
    var span: Span { Span(since ?? until, until) }
  }

  /// A restart of everything.
  struct Restart {
    let date: Duration
    let why: String
    /// Whose problem it was; nil where that is not said.
    let name: Name?
  }

  /// A time in which something was so, and why.
  struct Spell {
    let span: Span
    let why: String
  }

  private(set) var reboots: [Reboot] = []
  private(set) var restarts: [Restart] = []
  /// In which nothing was to be restarted.
  private(set) var holds: [Spell] = []
  /// In which the box had given up restarting.
  private(set) var standDowns: [Spell] = []
  /// In which the chain was stale and the device was not fed.
  private(set) var hungers: [Spell] = []

  private var hold: (begin: Duration, end: Duration, why: String)?
  private var standDown: (begin: Duration, why: String)?
  private var hunger: (begin: Duration, why: String)?
  private var due: Record.Entry?
  private var boot = 0
  private let record: Record

  /// A box that writes something down so long after it was left to its device was not rebooted by it.
  private static let patience: Duration = .seconds(600)

  /// Reads the lines that are about the box.
  init(_ record: Record) {
    self.record = record
    for entry in record.entries {
      while boot < entry.boot { endBoot() }
      if let due, BoxPast.time(from: due, to: entry) > BoxPast.patience { self.due = nil }
      if entry.name == nil { add(entry) }
    }
    while boot < record.boots.count - 1 { endBoot() }
    finish()
  }

  private static func time(from first: Record.Entry, to second: Record.Entry) -> Duration {
    guard let from = first.uptime, let to = second.uptime else { return second.date - first.date }
    return to - from
  }

  private mutating func add(_ entry: Record.Entry) {
    let why = entry.line.why
    switch entry.event {
    case .restart(let problem, ran: true):
      restarts.append(Restart(date: entry.date, why: why, name: problem))
    case .reboot, .rebootTest:
      // The chain may have been stale before, but this is why it stays so.
      if due.map({ $0.event.kind == .notFed }) ?? true { due = entry }
    case .notFed:
      due = due ?? entry
      hunger = hunger ?? (entry.date, why)
    case .fedAgain:
      due = nil
      endHunger(at: entry.date)
    case .stoodDown: standDown = standDown ?? (entry.date, why)
    case .calledOff: due = nil
    case .rested: endStandDown(at: entry.date)
    case .resumed:
      due = nil
      endStandDown(at: entry.date)
    case .held(heart: nil, let holding):
      endHold(at: entry.date)
      if case .lasting(let seconds) = holding {
        let time = min(.seconds(Int64(seconds)), Hold.longest)
        hold = (entry.date, entry.date + time, why)
      }
    case .restart, .held, .noticed, .tried, .solved, .recovered, .failed, .note: break
    }
  }

  private mutating func endStandDown(at date: Duration) {
    guard let standDown else { return }
    standDowns.append(Spell(span: Span(standDown.begin, date), why: standDown.why))
    self.standDown = nil
  }

  private mutating func endHold(at date: Duration) {
    guard let hold else { return }
    holds.append(Spell(span: Span(hold.begin, min(hold.end, date)), why: hold.why))
    self.hold = nil
  }

  private mutating func endHunger(at date: Duration) {
    guard let hunger else { return }
    hungers.append(Spell(span: Span(hunger.begin, date), why: hunger.why))
    self.hunger = nil
  }

  private mutating func endBoot() {
    let end = record.boots[boot].ended
    endHold(at: end)
    endHunger(at: due == nil ? hunger?.begin ?? end : end)
    reboots.append(
      Reboot(
        since: due?.date, until: end, why: due?.line.why ?? "", isDue: false,
        cause: Cause(due?.event)))
    due = nil
    boot += 1
  }

  private mutating func finish() {
    let now = record.now.realtime
    if let due, due.event.kind != .notFed {
      reboots.append(
        Reboot(
          since: due.date, until: now, why: due.line.why, isDue: true,
          cause: Cause(due.event)))
    }
    endHold(at: now)
    endHunger(at: now)
    endStandDown(at: now)
  }
}
