import CLinux

/// A hold on one process, which does not come to mean another one when its number is used again
/// (pidfd_open(2)).
public struct ProcessDescriptor: ~Copyable {
  let descriptor: Descriptor

  /// Takes hold of the process that has this number now.
  public init(pid: Int32) throws(SystemError) {
    descriptor = try Descriptor(owning: check { clinux_pidfd_open(pid) })
  }

  /// Takes hold of this very process; fails with `noSuchProcess` when it is gone.
  public init(
    _ process: ProcessIdentity, in table: borrowing ProcessTable
  ) throws(SystemError) {
    let descriptor = try Descriptor(owning: check { clinux_pidfd_open(process.pid) })
    // Looked at after the hold was taken: from here on the number cannot pass to another process
    // without the hold becoming useless.
    if try table.isGone(process) { throw SystemError.noSuchProcess }
    self.descriptor = descriptor
  }

  /// Waits until a process is gone, or until CLOCK_MONOTONIC shows `deadline`.
  public static func waitForEnd(
    of process: ProcessIdentity, untilMonotonic deadline: Duration
  ) throws(SystemError) -> Bool {
    do throws(SystemError) {
      let table = try ProcessTable()
      return try ProcessDescriptor(process, in: table).waitForEnd(untilMonotonic: deadline)
    } catch {
      if error == .noSuchProcess { return true }
      throw error
    }
  }

  /// Sends a signal. The corresponding C function is `pidfd_send_signal`.
  public borrowing func send(_ signal: Int32) throws(SystemError) {
    _ = try check { clinux_pidfd_send_signal(descriptor.number, signal) }
  }

  /// A copy of one of that process's open descriptors: the same open file, which stays open when the
  /// process ends. Needs ptrace access (pidfd_getfd(2)).
  public borrowing func takeOver(descriptor number: Int32) throws(SystemError) -> Descriptor {
    try Descriptor(owning: check { clinux_pidfd_getfd(descriptor.number, number) })
  }

  /// Waits until the process has ended, or until CLOCK_MONOTONIC shows `deadline`.
  ///
  /// - Returns: whether it has ended.
  public borrowing func waitForEnd(untilMonotonic deadline: Duration) -> Bool {
    while true {
      let left = deadline - Clock.monotonic
      // Rounded up: a rest of a fraction of a millisecond must not become a loop without waiting.
      let milliseconds = left <= .zero ? 0 : left.nanoseconds / 1_000_000 + 1
      var entry = pollfd(descriptor: descriptor.number)
      let answer = poll(&entry, 1, Int32(clamping: milliseconds))
      if answer > 0 { return true }
      if answer == 0, Clock.monotonic >= deadline { return false }
    }
  }
}

extension pollfd {
  init(descriptor: Int32) { self.init(fd: descriptor, events: Int16(POLLIN), revents: 0) }
}

/// SIGTERM of signal(7): asks a process to end.
public let endSignal: Int32 = SIGTERM
/// SIGCONT of signal(7): lets a stopped process go on.
public let continueSignal: Int32 = SIGCONT
/// SIGSTOP of signal(7): stops a process, which cannot refuse.
public let stopSignal: Int32 = SIGSTOP
/// SIGKILL of signal(7): ends a process, which cannot refuse.
public let killSignal: Int32 = SIGKILL

/// The signals by which a program may be asked to end or to dump itself, by their names without SIG (signal(7)).
public var askingSignals: [(name: StaticString, number: Int32)] {
  [
    ("HUP", SIGHUP), ("INT", SIGINT), ("QUIT", SIGQUIT), ("ABRT", SIGABRT), ("USR1", SIGUSR1),
    ("USR2", SIGUSR2), ("ALRM", SIGALRM), ("TERM", SIGTERM), ("WINCH", SIGWINCH), ("PWR", SIGPWR),
  ]
}
