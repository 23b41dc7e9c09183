import CLinux

/// Work that nobody waits for, in a process of its own: it may hang, on a disk that is gone, and holds nobody up.
public enum Detached {
  /// Forks twice, so that init collects the process and not we, and becomes a program there, with nothing open
  /// but the standard streams. What fails is lost: there is nobody to tell.
  ///
  /// - Parameter command: the program and its arguments.
  public static func run(_ command: [String]) {
    let pid = clinux_fork()
    if pid == 0 {
      setsid()
      if clinux_fork() == 0 {
        ThisProcess.resetSignals()
        _ = clinux_close_on_exec_from(3)
        try? ThisProcess.execute(command)
        _exit(127)
      }
      _exit(0)
    }
    if pid > 0 { waitpid(pid, nil, 0) }
  }
}
