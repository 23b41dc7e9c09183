import LinuxCalls
import Rules
import Watchdog

/// What happened to the whole box.
struct BoxPast {
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
    /// Why it came, as far as anybody wrote that down.
    let cause: BootCause
    /// Whose problem it was; nil where that is not said.
    let problem: Name?

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

  /// Such times, the oldest first.
  struct Spells {
    private(set) var all: [Spell] = []
    /// The one that goes on.
    private var open: (begin: Duration, why: String)?
    /// When that ends by itself at the latest.
    private var limit: Duration?

    var begin: Duration? { open?.begin }

    mutating func begin(at date: Duration, _ why: String, until limit: Duration? = nil) {
      open = open ?? (date, why)
      self.limit = limit
    }

    mutating func end(at date: Duration) {
      guard let open else { return }
      all.append(Spell(span: Span(open.begin, min(limit ?? date, date)), why: open.why))
      self.open = nil
    }
  }

  private(set) var reboots: [Reboot] = []
  private(set) var restarts: [Restart] = []
  /// In which nothing was to be restarted.
  private(set) var holds = Spells()
  /// In which the box had given up restarting.
  private(set) var standDowns = Spells()
  /// In which the chain was stale and the device was not fed.
  private(set) var hungers = Spells()

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
      hungers.begin(at: entry.date, why)
    case .fedAgain:
      due = nil
      hungers.end(at: entry.date)
    case .stoodDown: standDowns.begin(at: entry.date, why)
    case .calledOff: due = nil
    case .rested: standDowns.end(at: entry.date)
    case .resumed:
      due = nil
      standDowns.end(at: entry.date)
    case .held(heart: nil, let holding):
      holds.end(at: entry.date)
      if case .lasting(let seconds) = holding {
        let time = min(.seconds(Int64(seconds)), Hold.longest)
        holds.begin(at: entry.date, why, until: entry.date + time)
      }
    case .accepted, .rolledBack, .restart, .held, .noticed, .tried, .solved, .recovered, .failed,
      .note:
      break
    }
  }

  private mutating func endBoot() {
    let end = record.boots[boot].ended
    holds.end(at: end)
    hungers.end(at: due == nil ? hungers.begin ?? end : end)
    addReboot(until: end, isDue: false)
    due = nil
    boot += 1
  }

  private mutating func finish() {
    let now = record.now.realtime
    if let due, due.event.kind != .notFed { addReboot(until: now, isDue: true) }
    holds.end(at: now)
    hungers.end(at: now)
    standDowns.end(at: now)
  }

  private mutating func addReboot(until end: Duration, isDue: Bool) {
    let problem: Name? = if case .reboot(let name) = due?.event { name } else { nil }
    reboots.append(
      Reboot(
        since: due?.date, until: end, why: due?.line.why ?? "", isDue: isDue,
        cause: BootCause(due?.event), problem: problem))
  }
}
