import CLinuxCalls

/// What a program started by way of others and is still responsible for.
public enum Orphans {
  /// From now on, processes whose parent ends become children of this one and not of init
  /// (PR_SET_CHILD_SUBREAPER of prctl(2)).
  public static func adopt() { _ = clinux_prctl(PR_SET_CHILD_SUBREAPER, 1) }

  /// Has `body` leave a process behind that is nobody's orphan of ours: it becomes a child of init.
  public static func leavingAlone(_ body: () -> Void) {
    _ = clinux_prctl(PR_SET_CHILD_SUBREAPER, 0)
    body()
    adopt()
  }

  /// Kills all children of this process, and theirs as they become ours, until there is none. One that cannot be killed,
  /// because it waits in the kernel, is waited for.
  public static func killAll() throws(SystemError) {
    let table = try ProcessTable()
    while true {
      try table.forEachProcess { pid throws(SystemError) in
        guard let status = try table.status(of: pid), status.parent == getpid() else { return }
        // Ours and not waited for: the number is nobody else's.
        kill(pid, SIGKILL)
      }
      // What the one that ended has left is ours now, and is met by the next look.
      if waitpid(-1, nil, 0) < 0, clinux_errno() == ECHILD { return }
      // Of thousands that a fork bomb left, each would cost a look at all the others: hours.
      while waitpid(-1, nil, WNOHANG) > 0 {}
    }
  }
}

extension ThisProcess {
  /// Leaves a process behind as a daemon does: a copy of this one, in a session of its own, whose parent is gone.
  /// It keeps all open files, hears no request to end, and does nothing.
  public static func leaveStragglerBehind() throws(SystemError) {
    let first = try check { clinux_fork() }
    if first > 0 {
      collect(first)
      return
    }
    setsid()
    if clinux_fork() != 0 { _exit(0) }
    clinux_ignore(SIGTERM)
    while true { sleep(untilMonotonic: Clock.monotonic + .seconds(3600)) }
  }

  /// Keeps SIGINT, SIGTERM and SIGHUP waiting, so that the process can tidy up before it obeys.
  public static func holdEndSignals() { clinux_hold_end_signals() }

  /// Whether somebody wants this process to end.
  public static var shouldEnd: Bool { clinux_end_signal_waits() }
}
