import LinuxCalls

/// Tries again and again to get a lock, until it is ours or nothing has gone on for too long. The kernel's own
/// waiting has no end, and one that is stopped (SIGSTOP, a debugger, a frozen container) keeps its lock.
///
/// - Parameters:
///   - patience: how long nothing may go on.
///   - progress: changes when others go on; a queue that moves is waited for.
///   - pause: waits until it is worth to try again; gets how often it did, and how long all has taken by then.
/// - Returns: whether it is ours.
func wait(
  upTo patience: Duration, progress: () -> UInt64 = { 0 },
  pause: (Int, Duration) -> Void = pauseShortly, _ tryToLock: () throws(SystemError) -> Bool
) throws(SystemError) -> Bool {
  if try tryToLock() { return true }
  var before = progress()
  let begin = Clock.monotonic
  var end = begin + patience
  var pauses = 0
  while true {
    pause(pauses, Clock.monotonic - begin)
    pauses += 1
    if try tryToLock() { return true }
    guard Clock.monotonic >= end else { continue }
    let after = progress()
    if after == before { return false }
    before = after
    end = Clock.monotonic + patience
  }
}

/// As `wait`, for a lock that is held while others do their work, or the disk does. One that needs it again at once would
/// always be quicker than those that look now and then: so it leaves it to one that has waited for long, which says so by
/// locking the byte `next` of a file, until it gives the lock back.
///
/// - Parameters:
///   - long: how long it waits before it says so.
///   - grace: for how long others leave it the lock. It may be stopped itself, and holds nobody up for longer.
func waitInTurn(
  at file: borrowing Descriptor, next: Int64, upTo patience: Duration,
  long: Duration = .milliseconds(10), grace: Duration = .milliseconds(100),
  progress: () -> UInt64, _ tryToLock: () throws(SystemError) -> Bool
) throws(SystemError) -> Bool {
  let begin = Clock.monotonic
  var isNext = false
  return try wait(upTo: patience, progress: progress) { () throws(SystemError) in
    let waited = Clock.monotonic - begin
    if !isNext, waited <= grace, file.isLocked(byte: next) { return false }
    if try tryToLock() { return true }
    if !isNext, waited >= long { isNext = try file.tryToLock(byte: next) }
    return false
  }
}

/// Most locks are held for some microseconds: at first the processor is left to those that have them.
func pauseShortly(_ pauses: Int, _ waited: Duration) {
  if pauses < 20 { ThisProcess.yield() } else { pauseLonger(waited) }
}

/// Waits for an eighth of what was waited already: so much longer it takes at most than it would have to.
func pauseLonger(_ waited: Duration) {
  let pause = min(max(waited / 8, .microseconds(20)), .milliseconds(2))
  sleep(untilMonotonic: Clock.monotonic + pause)
}

/// Refuses the name of a counter or mark that could be another file's.
func check(name: String) throws(StorageError) {
  let bytes = name.utf8
  let isRight =
    (1...200).contains(bytes.count) && bytes.first != .dot
    && !bytes.contains { $0 == .slash || $0 == 0 }
  if !isRight { throw StorageError(.wrongName, to: "use the name \"\(name)\"") }
}
