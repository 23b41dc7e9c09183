import CLinux

/// One process among all that ever run until the next boot: a number alone may long mean another one.
public struct ProcessIdentity: Equatable, Sendable {
  /// The process number.
  public let pid: Int32
  /// When it was started, in clock ticks after boot (field 22 of proc_pid_stat(5)).
  public let startTime: UInt64

  /// The process that has this number and was started then.
  public init(pid: Int32, startTime: UInt64) {
    self.pid = pid
    self.startTime = startTime
  }

  /// Reads what `text` wrote: "1234 567890", the number and the start time.
  public init?(parsing bytes: [UInt8]) {
    var scanner = Scanner(bytes)
    guard let pid = scanner.number(), scanner.skipWhite(), let startTime = scanner.number(),
      pid > 0, pid <= UInt64(Int32.max)
    else { return nil }
    _ = scanner.skipWhite()
    guard scanner.isAtEnd else { return nil }
    self.init(pid: Int32(pid), startTime: startTime)
  }

  /// How long ago it was started, to a clock tick. What counts is time since boot, with the time asleep.
  public var age: Duration {
    let ticks = Int64(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    let start = Int64(clamping: startTime / UInt64(ticks))
    return max(Moment.sinceBoot - .seconds(min(start, 1 << 40)), .zero)
  }

  /// "1234 567890", as pids/NAME holds it.
  public var text: String { "\(pid) \(startTime)" }
}

/// What proc_pid_stat(5) says of a process.
public struct ProcessStatus: Equatable, Sendable {
  /// Which process it is.
  public let identity: ProcessIdentity
  /// The program's name, at most 15 bytes, as it is: it may hold brackets and newlines.
  public let command: [UInt8]
  /// One letter: R running, S sleeping, D in an uninterruptible wait, T stopped, Z dead but not waited
  /// for by its parent, …
  public let state: UInt8
  /// Its parent's number.
  public let parent: Int32
  /// Its process group.
  public let group: Int32
  /// Its session.
  public let session: Int32
  /// How many threads it has.
  public let threads: UInt64

  /// Whether it has ended and only waits to be collected by its parent. A program whose first thread
  /// ended before the others is in state Z too, and runs.
  public var isDead: Bool { (state == 0x5A || state == 0x58) && threads <= 1 }

  /// Reads a /proc/PID/stat file.
  public init?(parsing bytes: [UInt8]) {
    // The name stands in brackets and may hold any bytes, brackets as well: what follows the last one
    // is numbers.
    guard let open = bytes.firstIndex(of: 0x28), let close = bytes.lastIndex(of: 0x29), open < close
    else { return nil }
    var scanner = Scanner(bytes)
    guard let pid = scanner.number() else { return nil }
    let fields = bytes[(close + 1)...].split(separator: 0x20)
    guard fields.count >= 20, let state = fields[0].first else { return nil }
    // Fields are counted from 1 in the manual: the state is the third.
    func field(_ number: Int) -> Int64? {
      var scanner = Scanner(Array(fields[number - 3]))
      let negative = scanner.skip(0x2D)
      return scanner.number().map { Int64(clamping: $0) * (negative ? -1 : 1) }
    }
    guard let parent = field(4), let group = field(5), let session = field(6),
      let threads = field(20), let start = field(22)
    else { return nil }
    self.identity = ProcessIdentity(pid: Int32(clamping: pid), startTime: UInt64(clamping: start))
    self.command = Array(bytes[(open + 1)..<close])
    self.state = state
    self.parent = Int32(clamping: parent)
    self.group = Int32(clamping: group)
    self.session = Int32(clamping: session)
    self.threads = UInt64(clamping: threads)
  }
}
