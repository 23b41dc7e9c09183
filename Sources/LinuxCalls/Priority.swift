import CLinuxCalls

/// How much of the processor this process gets beside others (sched(7), setpriority(2)).
public enum Priority {
  /// The nicest to itself that a process can be.
  private static let highest: Int32 = -20
  private static let ordinary: Int32 = 0

  /// Lets this process, and what it starts, come before all ordinary ones: on a box where hundreds of programs
  /// compute, a watcher that waits for its turn is late. Not where somebody has chosen another priority, and
  /// not without the right to it (CAP_SYS_NICE).
  public static func raise() {
    if clinux_priority() != ordinary { return }
    _ = clinux_set_priority(highest)
    setSession(highest)
  }

  /// Lets a session of our own come first as well, where the one that started us had raised its priority.
  public static func raiseSession() {
    if clinux_priority() == highest { setSession(highest) }
  }

  /// Takes back what `raise` did for this process or the one that started it, and `raiseSession` for its session.
  public static func restore() {
    guard clinux_priority() == highest else { return }
    _ = clinux_set_priority(ordinary)
    setSession(ordinary)
  }

  /// Where each session gets as much as any other (autogroups of sched(7)), a priority counts within ours only, and whoever
  /// computes in hundreds of sessions leaves us a hundredth. What shares a session and does not lead it has no part in that.
  private static func setSession(_ priority: Int32) {
    guard getsid(0) == getpid() else { return }
    try? Descriptor.open("/proc/self/autogroup", .write).write(Array("\(priority)".utf8))
  }

  /// Lets this process, and copies of it, come before all that is ordinary, on whatever processor they find it
  /// (SCHED_FIFO of sched(7)): for the moment in which what changes all the time must be caught. Nothing happens where
  /// somebody has chosen another policy, and without the right to it.
  ///
  /// - Returns: whether it does now, and `lineUp` is to end that.
  public static func comeFirst() -> Bool {
    clinux_policy() == SCHED_OTHER && clinux_set_policy(SCHED_FIFO, 1) == 0
  }

  /// Takes back what `comeFirst` did.
  public static func lineUp() { _ = clinux_set_policy(SCHED_OTHER, 0) }
}
