import CLinuxCalls

/// An open file that is used again and again, by one thread at a time: two that shared it would share its locks.
///
/// Processes that have the same file open can wait for each other at four of its bytes (futex(2)). The kernel compares
/// them, and nobody reads or writes them in memory: so a file that was cut off meanwhile ends nobody (SIGBUS), and a
/// full disk is not asked for anything.
public final class OpenFile {
  /// The file.
  public let file: Descriptor
  /// How long what was done with it last took.
  public var lastTook: Duration = .zero
  private let place: Int
  private var start: UnsafeMutableRawPointer?

  /// Takes over an open file.
  ///
  /// - Parameter place: where the four bytes are, a multiple of four.
  public init(_ file: consuming Descriptor, waitingAt place: Int64 = 0) {
    self.file = file
    self.place = Int(place)
  }

  /// Its locks are given back, and not only closed with it: a child that was forked meanwhile has the file open too.
  deinit {
    try? file.unlock()
    try? file.unlockBytes()
    if let start { munmap(start, place + 4) }
  }

  private var word: UnsafeMutableRawPointer? {
    if start == nil { start = clinux_map_start(file.number, place + 4) }
    return start.map { $0 + place }
  }

  /// Waits until somebody wakes those that wait, or the time is over; not at all when the four bytes are others by now.
  ///
  /// - Parameters:
  ///   - bytes: the four bytes, as they were read.
  ///   - limit: less than a second.
  public func wait(while bytes: [UInt8], atMost limit: Duration) {
    guard let word, bytes.count == 4 else { return sleep(untilMonotonic: Clock.monotonic + limit) }
    let expected = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
    clinux_wait_at(word, expected, Int(limit.nanoseconds))
  }

  /// Wakes all that wait.
  public func wake() { if let word { clinux_wake_at(word) } }
}

/// An open file that waits for its next use. A thread that finds none here opens one of its own, and so does a child of
/// this process, which would share the locks of what it inherited (fork(2)).
public final class SpareFile: Sendable {
  private let slots = Slots<OpenFile>(1)
  private let process = getpid()

  /// Holds none.
  public init() {}

  deinit { if getpid() == process { slots.free() } }

  /// The file, which is the caller's alone from now on.
  public func take() -> OpenFile? { getpid() == process ? slots.take(0) : nil }

  /// Keeps a file, which has no locks any more, for the next one.
  public func keep(_ file: OpenFile) { if getpid() == process { slots.put(0, file) } }
}
