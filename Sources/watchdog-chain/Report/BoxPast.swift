import Linux
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
    /// Whether a person let it come, to see whether the device works.
    let isTest: Bool

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
    case .restart:
      restarts.append(Restart(date: entry.date, why: why, name: BoxPast.name(in: why)))
    case .reboot, .rebootTest: due = due ?? entry
    case .notFed:
      due = due ?? entry
      hunger = hunger ?? (entry.date, why)
    case .fedAgain:
      due = nil
      endHunger(at: entry.date)
    case .stoodDown: standDown = standDown ?? (entry.date, why)
    case .resumed:
      due = nil
      endHold(at: entry.date)
      if let standDown {
        standDowns.append(Spell(span: Span(standDown.begin, entry.date), why: standDown.why))
      }
      standDown = nil
    case .hold:
      endHold(at: entry.date)
      if let (time, reason) = BoxPast.hold(in: why) {
        hold = (entry.date, entry.date + time, reason)
      }
    case .noticed, .solved, .recovered, .failed, .note: break
    }
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
        isTest: due?.event == .rebootTest))
    due = nil
    boot += 1
  }

  private mutating func finish() {
    let now = record.now.realtime
    if let due, due.event == .reboot || due.event == .rebootTest {
      reboots.append(
        Reboot(
          since: due.date, until: now, why: due.line.why, isDue: true,
          isTest: due.event == .rebootTest))
    }
    endHold(at: now)
    endHunger(at: now)
    if let standDown {
      standDowns.append(Spell(span: Span(standDown.begin, now), why: standDown.why))
    }
  }

  // MARK: What the words say

  /// Reads "for 900 s: REASON"; nil for the end of a hold.
  private static func hold(in why: String) -> (time: Duration, reason: String)? {
    let bytes = Array(why.utf8)
    guard bytes.starts(with: "for ".utf8) else { return nil }
    var scanner = Scanner(Array(bytes.dropFirst(4)))
    guard let seconds = scanner.number(), seconds <= UInt64(Hold.longest.wholeSeconds),
      scanner.skip(0x20), scanner.skip(0x73), scanner.skip(0x3A)
    else { return nil }
    let reason = bytes.dropFirst(4 + scanner.position).drop { $0 == 0x20 }
    return (.seconds(Int64(seconds)), String(decoding: Array(reason), as: UTF8.self))
  }

  /// Whose problem it was: "problem NAME is unsolved …", at the beginning or after a colon.
  static func name(in why: String) -> Name? {
    let words = why.utf8.split(separator: 0x20)
    for index in words.indices.dropLast(2)
    where words[index].elementsEqual("problem".utf8) && words[index + 1].count <= 255
      && words[index + 2].elementsEqual("is".utf8)
    {
      return Name(Array(words[index + 1]))
    }
    return nil
  }
}
