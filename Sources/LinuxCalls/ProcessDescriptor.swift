import CLinuxCalls

/// A hold on one process, which does not come to mean another one when its number is used again
/// (pidfd_open(2)).
public struct ProcessDescriptor: ~Copyable {
  let descriptor: Descriptor

  /// Takes hold of the process that has this number now.
  public init(pid: Int32) throws(SystemError) {
    descriptor = try Descriptor(owning: check { clinux_pidfd_open(pid) })
  }

  /// Takes hold of this very process; fails with `noSuchProcess` when it is gone.
  public init(_ process: ProcessIdentity, in table: borrowing ProcessTable) throws(SystemError) {
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
    let hold = try unless(.noSuchProcess, ProcessDescriptor(process, in: ProcessTable()))
    return hold?.waitForEnd(untilMonotonic: deadline) ?? true
  }

  /// Sends a signal. The corresponding C function is `pidfd_send_signal`.
  public borrowing func send(_ signal: Signal) throws(SystemError) {
    _ = try check { clinux_pidfd_send_signal(descriptor.number, signal.number) }
  }

  /// Sends signals, one after the other, to a process, if it is there.
  public static func send(
    _ signals: [Signal], to process: ProcessIdentity, in table: borrowing ProcessTable
  ) throws(SystemError) {
    guard let hold = try unless(.noSuchProcess, ProcessDescriptor(process, in: table)) else {
      return
    }
    for signal in signals { try unless(.noSuchProcess, hold.send(signal)) }
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
    descriptor.waitForInput(untilMonotonic: deadline)
  }
}
