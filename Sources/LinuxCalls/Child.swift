import CLinuxCalls

/// A program that this process started and will wait for.
public struct Child: ~Copyable {
  /// What a new process is put into, apart from its parent's signals.
  public enum Apart: Equatable, Sendable {
    /// A process group of its own, which can be killed as a whole.
    case group
    /// A session of its own: it outlives its starter and has no terminal.
    case session
  }

  /// How a program ended.
  public enum End: Equatable, Sendable {
    /// By itself, with this exit code.
    case exited(Int32)
    /// By this signal.
    case killed(Signal)

    /// "ended with exit code 1".
    public var words: String {
      switch self {
      case .exited(let code): "ended with exit code \(code)"
      case .killed(let signal): "was ended by signal \(signal.number)"
      }
    }
  }

  /// Its number. While it was not waited for nobody else can have it.
  public let pid: Int32
  private let process: ProcessDescriptor

  /// Starts a program. It gets stdin from /dev/null, signals as at login, and stdout and stderr of its
  /// parent; of other open files it gets none.
  ///
  /// - Parameters:
  ///   - command: the program's path and its arguments. A name without a slash is looked for in PATH.
  ///   - apart: what it is put into.
  ///   - endsWithParent: whether it is killed when its parent is (PR_SET_PDEATHSIG).
  ///   - prepare: is run in the new process, before the program; when it throws there is none.
  /// - Throws: what forking, preparing or executing failed with.
  public init(
    _ command: [String], apart: Apart, endsWithParent: Bool = false,
    prepare: () throws(SystemError) -> Void = {}
  ) throws(SystemError) {
    // The new process says through this pipe what went wrong; executing the program closes it.
    let pipe = try Pipe()
    let parent = endsWithParent ? getpid() : nil
    let pid = try check { clinux_fork() }
    if pid == 0 {
      let failure = Child.become(command, apart: apart, endsWith: parent, prepare: prepare)
      try? pipe.writing.write(withUnsafeBytes(of: failure.number) { Array($0) })
      _exit(127)
    }
    let answer = (try? pipe.toRead().readStart(atMost: MemoryLayout<Int32>.size)) ?? []
    guard answer.count < MemoryLayout<Int32>.size else {
      collect(pid)
      throw SystemError(answer.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) })
    }
    process = try Child.watch(pid)
    self.pid = pid
  }

  private static func watch(_ pid: Int32) throws(SystemError) -> ProcessDescriptor {
    do throws(SystemError) {
      return try ProcessDescriptor(pid: pid)
    } catch {
      // Out of descriptors: a child that cannot be watched must not run.
      kill(pid, SIGKILL)
      collect(pid)
      throw error
    }
  }

  /// What the new process does, and the error that kept it from executing the program.
  private static func become(
    _ command: [String], apart: Apart, endsWith parent: pid_t?,
    prepare: () throws(SystemError) -> Void
  ) -> SystemError {
    switch apart {
    case .group: setpgid(0, 0)
    case .session: setsid()
    }
    if let parent {
      _ = clinux_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL))
      // It may have ended before it was asked for.
      if getppid() != parent { _exit(127) }
    }
    ThisProcess.resetSignals()
    // Ours are close-on-exec each, but we may have been started with files of others.
    clinux_close_on_exec_from(3)
    do throws(SystemError) {
      try ThisProcess.readNothing()
      try prepare()
      try ThisProcess.execute(command)
    } catch {
      return error
    }
  }

  /// Waits until it has ended, or until CLOCK_MONOTONIC shows `deadline`, and collects it. Once only:
  /// after an answer other than nil there is nothing to wait for.
  ///
  /// - Returns: how it ended; nil while it runs.
  public borrowing func wait(untilMonotonic deadline: Duration) -> End? {
    guard process.waitForEnd(untilMonotonic: deadline) else { return nil }
    let status = collect(pid)
    return clinux_exited(status)
      ? .exited(clinux_exit_code(status)) : .killed(Signal(clinux_end_signal(status)))
  }

  /// Waits until it has ended, or until CLOCK_MONOTONIC shows `deadline`, without collecting it: its number stays its own.
  ///
  /// - Returns: whether it has ended.
  public borrowing func waitForEnd(untilMonotonic deadline: Duration) -> Bool {
    process.waitForEnd(untilMonotonic: deadline)
  }

  /// Kills it and everything else in its process group. The number of the group is its own, which is
  /// nobody else's while it was not waited for.
  public borrowing func killGroup() { kill(-pid, SIGKILL) }
}
