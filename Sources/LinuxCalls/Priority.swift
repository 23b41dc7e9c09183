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
    if clinux_priority() == ordinary { _ = clinux_set_priority(highest) }
  }

  /// Takes back what `raise` did for this process or the one that started it.
  public static func restore() {
    if clinux_priority() == highest { _ = clinux_set_priority(ordinary) }
  }
}
