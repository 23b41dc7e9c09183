import CLinuxCalls

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
    return max(Clock.sinceBoot - .seconds(min(start, 1 << 40)), .zero)
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
  /// Whether it is a part of the kernel, and has no program.
  public let isKernelThread: Bool

  /// Whether it has ended and only waits to be collected by its parent. A program whose first thread
  /// ended before the others is in state Z too, and runs.
  public var isDead: Bool {
    (state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")) && threads <= 1
  }

  /// Reads a /proc/PID/stat file.
  public init?(parsing bytes: [UInt8]) {
    // The name stands in brackets and may hold any bytes, brackets as well: what follows the last one
    // is numbers.
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")),
      let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
    else { return nil }
    var scanner = Scanner(bytes)
    guard let pid = scanner.number() else { return nil }
    scanner.position = close + 1
    // Fields are counted from 1 in the manual: the state is the third.
    guard scanner.skip(.space), let state = scanner.byte() else { return nil }
    var parent: Int64 = 0
    var group: Int64 = 0
    var session: Int64 = 0
    var flags: Int64 = 0
    var threads: Int64 = 0
    var start: Int64 = 0
    for field in 4...22 {
      guard scanner.skip(.space) else { return nil }
      let isNegative = scanner.skip(UInt8(ascii: "-"))
      guard let number = scanner.number() else { return nil }
      let value = Int64(clamping: number) * (isNegative ? -1 : 1)
      switch field {
      case 4: parent = value
      case 5: group = value
      case 6: session = value
      case 9: flags = value
      case 20: threads = value
      case 22: start = value
      default: break
      }
    }
    self.identity = ProcessIdentity(pid: Int32(clamping: pid), startTime: UInt64(clamping: start))
    self.command = Array(bytes[(open + 1)..<close])
    self.state = state
    self.parent = Int32(clamping: parent)
    self.group = Int32(clamping: group)
    self.session = Int32(clamping: session)
    self.threads = UInt64(clamping: threads)
    // PF_KTHREAD of the kernel's linux/sched.h.
    self.isKernelThread = flags & 0x20_0000 != 0
  }
}
