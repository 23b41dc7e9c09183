import Linux

/// How often something happened lately: /var/lib/watchdog/restarts and reboots. A line for each time:
/// seconds since 1970, seconds since boot, and the first digits of the boot's own number.
public struct Counter: Sendable {
  /// One time that it happened.
  struct Entry {
    let realtime: Duration
    let monotonic: Duration
    let boot: String
  }

  private(set) var entries: [Entry] = []

  /// How many lines are kept at the most.
  private static let most = 1000
  /// The largest file that is read, in bytes.
  static let largestFile = 65_536

  /// Nothing happened yet.
  public init() {}

  /// Reads what `text` wrote; lines that are anything else are passed over.
  public init(parsing bytes: [UInt8]) {
    for line in bytes.split(separator: 0x0A) {
      let fields = line.split(separator: 0x20)
      guard fields.count == 3, let realtime = Counter.seconds(fields[0]),
        let monotonic = Counter.seconds(fields[1])
      else { continue }
      let boot = String(decoding: Array(fields[2]), as: UTF8.self)
      entries.append(Entry(realtime: realtime, monotonic: monotonic, boot: boot))
    }
  }

  private static func seconds(_ bytes: some Collection<UInt8>) -> Duration? {
    var scanner = Scanner(Array(bytes))
    guard let number = scanner.number(), scanner.isAtEnd, number <= UInt64(Int64.max / 4) else {
      return nil
    }
    return .seconds(Int64(number))
  }

  /// The lines of the file.
  public var text: String {
    entries.map {
      "\($0.realtime.wholeSeconds) \($0.monotonic.wholeSeconds) \($0.boot)\n"
    }.joined()
  }

  /// The name of this boot in these files.
  public static func bootName() -> String {
    let digits = String(decoding: Boot.identity().prefix(8), as: UTF8.self)
    return digits.utf8.isEmpty ? "-" : digits
  }

  /// How often it happened within `window` before `now`.
  ///
  /// For what happened in this boot the clock that nobody can set tells. For other boots there are only
  /// dates: one in the future was written by a wrong clock, and counts as of today.
  public func count(within window: Duration, at now: Moment, boot: String) -> Int {
    entries.filter { $0.age(at: now, boot: boot) <= window }.count
  }

  /// How often it happened in this boot, and within `window`.
  public func countOfBoot(within window: Duration, at now: Moment, boot: String) -> Int {
    entries.filter { $0.boot.isEqual(to: boot) && $0.age(at: now, boot: boot) <= window }.count
  }

  /// Counts once more, and forgets what is older than `window`.
  public mutating func add(now: Moment, boot: String, keeping window: Duration) {
    var kept = entries.filter { $0.age(at: now, boot: boot) <= window }.map { entry in
      // Dates from the future become today's, or they would be today's for ever.
      Entry(
        realtime: min(entry.realtime, now.realtime), monotonic: entry.monotonic, boot: entry.boot)
    }
    kept.append(Entry(realtime: now.realtime, monotonic: now.monotonic, boot: boot))
    entries = Array(kept.suffix(Counter.most))
  }

  /// What happened according to either, each line once.
  public func merged(with other: Counter) -> Counter {
    var all = self
    for entry in other.entries where !all.entries.contains(where: { $0.isEqual(to: entry) }) {
      all.entries.append(entry)
    }
    return all
  }
}

extension Counter.Entry {
  func age(at now: Moment, boot: String) -> Duration {
    let age =
      self.boot.isEqual(to: boot) ? now.monotonic - monotonic : now.realtime - realtime
    return max(age, .zero)
  }

  func isEqual(to other: Counter.Entry) -> Bool {
    realtime == other.realtime && monotonic == other.monotonic && boot.isEqual(to: other.boot)
  }
}
