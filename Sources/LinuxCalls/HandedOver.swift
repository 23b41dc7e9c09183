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

  /// Takes out of the environment what is not to be kept. What is kept stays where it is in memory.
  ///
  /// - Parameter isKept: whether a variable of this name is.
  public static func clearEnvironment(keeping isKept: ([UInt8]) -> Bool) {
    guard let environment = clinux_environment() else { return }
    var kept = environment
    var read = environment
    while let entry = read.pointee {
      let length = strcspn(entry, "=")
      let name = UnsafeRawBufferPointer(start: entry, count: length)
      if entry[length] != 0, isKept(Array(name)) {
        kept.pointee = entry
        kept += 1
      }
      read += 1
    }
    kept.pointee = nil
  }

  /// Goes to another folder (chdir(2)).
  public static func go(to folder: String) throws(SystemError) {
    _ = try check(folder) { chdir($0) }
  }

  /// Lets no program that this process becomes have its descriptors from 3 on.
  public static func keepDescriptorsToItself() { clinux_close_on_exec_from(3) }

  /// Leaves the session that it is in, or, as the first of its process group, which cannot, gives up the terminal: one that has
  /// none can put no words into it (TIOCSTI of ioctl_tty(2)).
  public static func leaveSession() {
    if setsid() >= 0 { return }
    if let terminal = try? Descriptor.open("/dev/tty", .readWrite) {
      // The leader of a session that lets go of its terminal is told so by SIGHUP, as all in the foreground are.
      clinux_ignore(SIGHUP)
      _ = clinux_ioctl(terminal.number, UInt(TIOCNOTTY), nil)
    }
  }
}
