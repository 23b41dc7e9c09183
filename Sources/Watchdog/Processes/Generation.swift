import LinuxCalls
import Rules

/// One of the overlapping lives of a helper that cron starts each minute and that lives for two: the older
/// one works, the younger stands by. So neither a helper that is killed nor a cron that stands still for a
/// minute leaves a gap. Which of them works is told by a lock, which the kernel takes from a process that ends.
public struct Generation: ~Copyable {
  private let name: String
  private let folder: Folder
  private var lock: FileLock
  /// CLOCK_MONOTONIC when this life is over.
  public let end: Duration
  /// Whether this one works and does not stand by.
  public private(set) var works = false
  /// CLOCK_MONOTONIC until which another one is let work first.
  private var isBehindUntil: Duration = .zero

  /// A life that begins now, standing by.
  ///
  /// - Parameters:
  ///   - name: of the lock file; those with the same name take turns.
  ///   - lifetime: how long it is meant to live.
  public init(_ name: String, lifetime: Duration, in state: borrowing StateFolder) throws(Failure) {
    try self.init(name, until: Clock.monotonic + lifetime, in: state)
  }

  /// A life that is to end then, standing by.
  ///
  /// - Parameter end: CLOCK_MONOTONIC.
  public init(
    _ name: String, until end: Duration, in state: borrowing StateFolder
  ) throws(Failure) {
    let folder = try state.open(.locks)
    let lock = try folder.lock(name)
    self.name = name
    self.folder = folder
    self.lock = lock
    self.end = end
  }

  /// Whether the planned life is over.
  var isOver: Bool { Clock.monotonic >= end }

  private var path: String { "\(folder.path)/\(name)" }

  /// Works from now on if nobody else does.
  mutating func tryToWork() throws(Failure) {
    if works || Clock.monotonic < isBehindUntil { return }
    if isReplaced() { lock = try folder.lock(name) }
    works = try lock.claim()
  }

  /// Stands by again, and lets another one work that can.
  mutating func standBy() {
    lock.giveBack()
    works = false
    isBehindUntil = Clock.monotonic + .seconds(3)
  }

  /// Waits until nobody else works, and works from now on. A process whose life is over first ends here.
  mutating func waitForWork() throws(Failure) {
    let rest = end - Clock.monotonic
    ThisProcess.end(after: UInt32(clamping: max(rest.wholeSeconds, 1)))
    lock = try attempt(to: "lock \(path)", FileLock.waiting(name, in: folder))
    ThisProcess.endNoMore()
    works = true
  }

  /// Whether another lock file has taken the place of ours, so that another helper may work too.
  borrowing func isReplaced() -> Bool { !lock.isInPlace(in: folder) }

  /// When the last worker, this one or one before, last noted that it worked; CLOCK_MONOTONIC.
  borrowing func lastWork() -> Duration? {
    UInt64(leading: lock.note()).flatMap { Int64(exactly: $0) }.map { .nanoseconds($0) }
  }

  /// Notes when it worked, for the one that works next.
  borrowing func noteWork(at monotonic: Duration) throws(Failure) {
    // Always the same length, so that no digit of an older note stays behind.
    let note = "\(monotonic.nanoseconds.digits(19))\n"
    try attempt(to: "write \(path)", lock.leave(note: Array(note.utf8)))
  }
}
