import CLinuxCalls

/// Work that nobody waits for, in a process of its own: it may hang, on a disk that is gone, and holds nobody up.
public enum Detached {
  /// Forks twice, so that init collects the process and not we, and does the work there, without executing any
  /// program: what is needed for it is in memory already. The new process has a session of its own, standard streams
  /// that lead to /dev/null, signals as at login, and of our open files none: it must not keep our locks and devices.
  ///
  /// - Parameters:
  ///   - hidden: variables that nobody is to find in its environment: by them it would count as a program.
  ///   - work: is given the writing end of a pipe, by which it can say how it went.
  /// - Returns: the reading end, which ends when the work is over.
  /// - Throws: when there cannot be another process.
  public static func run(
    hiding hidden: [String], _ work: (borrowing Descriptor) -> Void
  ) throws(SystemError) -> Descriptor {
    let pipe = try Pipe()
    let first = try check { clinux_fork() }
    if first == 0 {
      // Before the second fork, so that nothing of ours is held any more when this function returns.
      letGo(keeping: pipe.writing.number)
      setsid()
      let second = clinux_fork()
      guard second == 0 else { _exit(second < 0 ? 1 : 0) }
      ThisProcess.resetSignals()
      ThisProcess.letWritesFail()
      for name in hidden { ThisProcess.hide(name) }
      work(pipe.writing)
      _exit(0)
    }
    let status = collect(first)
    guard clinux_exited(status), clinux_exit_code(status) == 0 else { throw .wouldWait }
    return pipe.toRead()
  }

  private static func letGo(keeping kept: Int32) {
    clinux_close_range(3, UInt32(kept) - 1)
    clinux_close_range(UInt32(kept) + 1, .max)
    do throws(SystemError) {
      try ThisProcess.readNothing()
      try ThisProcess.sendOutput(to: Descriptor.openNothing())
    } catch {
      // What waits for the end of our caller's output must not wait for us.
      for stream in 0...2 { close(Int32(stream)) }
    }
  }
}

extension ThisProcess {
  /// Gives this process a name of at most 15 bytes, as ps(1) shows it (PR_SET_NAME of prctl(2)).
  public static func name(_ name: StaticString) {
    _ = clinux_prctl(PR_SET_NAME, UInt(bitPattern: name.cString))
  }

  /// Makes a variable of the environment unreadable, also in /proc/PID/environ.
  public static func hide(_ name: String) {
    guard let value = getenv(name) else { return }
    memset(value, 0, strlen(value))
    // The name stands before the value, with a "=" between them.
    let length = name.utf8.count + 1
    memset(value - length, 0, length)
  }
}
