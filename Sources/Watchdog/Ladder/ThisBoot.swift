import LinuxCalls
import Rules

extension Boot {
  /// The name of this boot in the files of /var/lib/watchdog: the first digits of its identity.
  public static func name() -> String {
    let digits = identity().prefix(8).text
    return digits.utf8.isEmpty ? "-" : digits
  }
}

/// This boot, as the ladder counts boots. For a private world that is the life of its state folder, whose loss is what a
/// reboot is there: it is noted in it as `boot`.
struct ThisBoot: Sendable {
  /// Its name.
  let name: String
  /// CLOCK_MONOTONIC when it began.
  let start: Duration

  fileprivate static let file = "boot"

  /// For how long the box has been up.
  func uptime(at now: Duration) -> Duration { max(now - start, .zero) }
}

extension ThisBoot {
  /// Reads it.
  ///
  /// - Parameter makes: whether a private world that has none yet gets one.
  init(_ roots: Roots, _ state: borrowing StateFolder, makes: Bool) throws(Failure) {
    guard !roots.isOfBox else {
      self.init(name: Boot.name(), start: .zero)
      return
    }
    if let bytes = try state.read(ThisBoot.file, atMost: 128) {
      var fields = FieldReader(bytes.firstLine)
      if let name = fields.word(), let start = fields.time() {
        self.init(name: name.text.printable, start: start)
        return
      }
    }
    let now = Clock.monotonic
    self.init(name: String(now.nanoseconds, radix: 16), start: now)
    if makes { try state.replace(ThisBoot.file, "\(name) \(start.field)\n") }
  }
}
