import LinuxCalls
import Rules
import Watchdog

/// When this box was booted, and why.
struct LastBoot {
  /// When the kernel began, CLOCK_REALTIME: as good as the clock is.
  let date: Duration
  /// Why the boot before it ended.
  let cause: BootCause
  /// What was written down of that; empty where nothing was.
  private let why: String
  /// What else the drivers of the devices saw, such as a processor that was too hot.
  let seen: [String]

  /// Looks at what the boot before has left.
  ///
  /// - Parameter left: the line by which it was left to the device, or by which that was taken back; nil for none.
  init(_ left: Incident.Line?, devices: [ArmedDevice], now: Moment) {
    date = now.realtime - Clock.sinceBoot
    let order = LoginRecords.lastBootEndedInOrder(boot: date)
    let written = BootCause(left?.event)
    // What the ladder decided stands, however the box went down then; the others may have been followed by a shutdown.
    if written != .unknown, written == .ladder || order != true {
      cause = written
    } else if devices.contains(where: { $0.didReset }) {
      cause = .device
    } else {
      cause = order.map { $0 ? .orderly : .sudden } ?? .unknown
    }
    why = left?.why.printable ?? ""
    seen = devices.flatMap { $0.description?.bootFlags?.words ?? [] }
  }

  /// For people: why, and what else the drivers saw.
  var words: String {
    let words = cause.words(why)
    return seen.isEmpty ? words : "\(words); the device says: \(seen.joined(separator: ", "))"
  }

  /// As the incidents tell it, as far back as they are read: for boxes where no clerk has written anything else yet. That
  /// the device is not fed any more, and what the box still did, is noted after the reason.
  static func leaving(_ incidents: [Incident.Line]) -> Incident.Line? {
    let boot = Boot.name()
    guard let last = incidents.last(where: { !$0.boot.isEqual(to: boot) }) else { return nil }
    let left = incidents.last { line in
      guard line.boot.isEqual(to: last.boot), let kind = line.kind else { return false }
      let kinds: [Incident.Event.Kind] = [.reboot, .rebootTest, .calledOff, .resumed, .fedAgain]
      return kinds.contains(kind)
    }
    if let left, left.kind == .reboot || left.kind == .rebootTest { return left }
    return last.kind == .notFed ? last : nil
  }
}
