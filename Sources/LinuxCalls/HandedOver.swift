import CLinuxCalls

extension Descriptor {
  /// A file that a copy of this process opened and handed over (SCM_RIGHTS of unix(7)). The copy may become somebody else
  /// for that, and may be kept waiting by a file server; this process is neither.
  ///
  /// - Parameters:
  ///   - deadline: CLOCK_MONOTONIC. Then it fails with `wouldWait`.
  ///   - open: opens it, in the copy.
  public static func handedOver(
    untilMonotonic deadline: Duration, by open: () throws(SystemError) -> Descriptor
  ) throws(SystemError) -> Descriptor {
    var ends: [Int32] = [0, 0]
    _ = try check { clinux_socket_pair(&ends) }
    let ours = try Descriptor(owning: ends[0])
    let theirs = try Descriptor(owning: ends[1])
    let pid = try check { clinux_fork() }
    if pid == 0 {
      do throws(SystemError) {
        let file = try open()
        _exit(clinux_send_descriptor(theirs.number, 0, file.number))
      } catch {
        _exit(clinux_send_descriptor(theirs.number, error.number, -1))
      }
    }
    // So that its end is seen, be it without a word.
    _ = consume theirs
    let isThere = ours.waitForInput(untilMonotonic: deadline)
    var (number, file): (Int32, Int32) = (0, -1)
    let got = isThere ? clinux_receive_descriptor(ours.number, &number, &file) : 0
    if !isThere { kill(pid, SIGKILL) }
    if isThere || waitpid(pid, nil, WNOHANG) != 0 { collect(pid) }
    if got == 1 { return try Descriptor(owning: file) }
    throw number == 0 ? SystemError.wouldWait : SystemError(number)
  }
}

extension ThisProcess {
  /// From now on, what this process opens cannot be truncated by a process that is handed it. Where the kernel cannot see to
  /// that (before Linux 6.2), it stays as it is.
  public static func giveUpTruncating() { _ = clinux_give_up_truncating() }
}
