import LinuxCalls
import Rules

/// reboots, in /var/lib/watchdog and, as the clerk read it at the beginning of this boot, in /run/watchdog.
///
/// Line 1 is the boot that wrote it, the running time of the boots before that, and its own uptime; then a line for each
/// reboot that was left to the device: when in running time, why, and of which boot.
struct RebootsNote: Sendable {
  /// One reboot.
  struct Entry: Equatable, Sendable {
    var at: Duration
    var kind: Reboots.Kind
    var boot: String

    static func == (one: Entry, other: Entry) -> Bool {
      one.at == other.at && one.kind == other.kind && one.boot.isEqual(to: other.boot)
    }
  }

  static let file = "reboots"
  static let largestFile = 65_536

  var boot: String
  var base: Duration
  var uptime: Duration
  var entries: [Entry]
}

extension RebootsNote {
  /// Reads what `text` wrote; nil when its first line is anything else, as that of an older version.
  init?(parsing bytes: [UInt8]) {
    let lines = bytes.lines.map { FieldReader($0) }
    guard var first = lines.first, let boot = first.word(), let base = first.time(),
      let uptime = first.time(), first.isAtEnd
    else { return nil }
    self.init(
      boot: boot.text.printable, base: base, uptime: uptime,
      entries: lines.dropFirst().compactMap { RebootsNote.entry($0) })
  }

  private static func entry(_ line: FieldReader) -> Entry? {
    var fields = line
    guard let at = fields.time(), let kind = fields.word().flatMap({ Reboots.Kind(named: $0) }),
      let boot = fields.word(), fields.isAtEnd
    else { return nil }
    return Entry(at: at, kind: kind, boot: boot.text.printable)
  }

  /// The record with which a boot begins.
  ///
  /// - Parameter last: what the disk had; nil when nothing.
  init(beginning boot: String, after last: RebootsNote?) {
    guard let last else {
      self.init(boot: boot, base: .zero, uptime: .zero, entries: [])
      return
    }
    let base = Reboots.base(
      after: last.base, uptime: last.uptime, isOfThisBoot: last.boot.isEqual(to: boot))
    self.init(boot: boot, base: base, uptime: .zero, entries: last.entries)
  }

  var text: String {
    let lines = entries.suffix(Reboots.most).map {
      "\($0.at.field) \($0.kind.name) \($0.boot)\n"
    }
    return "\(boot) \(base.field) \(uptime.field)\n\(lines.joined())"
  }

  /// For decisions.
  var reboots: Reboots {
    Reboots(
      base: base,
      entries: entries.map {
        Reboots.Entry(at: $0.at, kind: $0.kind, isOfThisBoot: $0.boot.isEqual(to: boot))
      })
  }

  /// As it should stand on the disk: with the reboot that this boot comes to, if there is one.
  func with(_ kind: Reboots.Kind?, at uptime: Duration) -> RebootsNote {
    var record = self
    record.uptime = uptime
    record.entries.removeAll { $0.boot.isEqual(to: boot) }
    record.entries += reboots.settled(kind, uptime: uptime).entries
      .filter { $0.isOfThisBoot }
      .map { Entry(at: $0.at, kind: $0.kind, boot: boot) }
    return record
  }
}
