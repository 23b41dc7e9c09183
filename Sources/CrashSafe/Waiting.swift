import LinuxCalls

/// Tries again and again to get a lock, until it is ours or nothing has gone on for too long. The kernel's own
/// waiting has no end, and one that is stopped (SIGSTOP, a debugger, a frozen container) keeps its lock.
///
/// - Parameters:
///   - patience: how long nothing may go on.
///   - progress: changes when others go on; a queue that moves is waited for.
/// - Returns: whether it is ours.
func wait(
  upTo patience: Duration, progress: () -> UInt64 = { 0 },
  _ tryToLock: () throws(SystemError) -> Bool
) throws(SystemError) -> Bool {
  if try tryToLock() { return true }
  var before = progress()
  let begin = Clock.monotonic
  var end = begin + patience
  while true {
    // An eighth of what was waited already: so much longer it takes at most than it would have to.
    let now = Clock.monotonic
    let pause = min(max((now - begin) / 8, .microseconds(20)), .milliseconds(2))
    sleep(untilMonotonic: now + pause)
    if try tryToLock() { return true }
    guard Clock.monotonic >= end else { continue }
    let after = progress()
    if after == before { return false }
    before = after
    end = Clock.monotonic + patience
  }
}

/// Refuses the name of a counter or mark that could be another file's.
func check(name: String) throws(StorageError) {
  let bytes = name.utf8
  let isRight =
    (1...200).contains(bytes.count) && bytes.first != .dot
    && !bytes.contains { $0 == .slash || $0 == 0 }
  if !isRight { throw StorageError(.wrongName, to: "use the name \"\(name)\"") }
}
