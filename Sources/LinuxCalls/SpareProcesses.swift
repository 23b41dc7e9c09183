import CLinuxCalls

/// Whether this machine has room for further processes.
public enum SpareProcesses {
  /// Starts so many that do nothing, all at the same time, and ends them again. fork(2) fails when there are no
  /// numbers left, when a limit of the user or of a control group is reached (EAGAIN), or for want of memory (ENOMEM).
  ///
  /// - Returns: whether all of them could be started.
  public static func areThere(_ count: Int) -> Bool {
    guard let pipe = try? Pipe() else { return false }
    let (reading, writing) = (pipe.reading.number, pipe.writing.number)
    var started: [Int32] = []
    while started.count < count {
      let pid = clinux_fork()
      if pid == 0 { waitForEnd(of: reading, closing: writing) }
      guard pid > 0 else { break }
      started.append(pid)
    }
    // They live as long as somebody could write into the pipe, so they are gone even if this process is killed.
    _ = consume pipe
    for pid in started { collect(pid) }
    return started.count == count
  }

  private static func waitForEnd(of reading: Int32, closing writing: Int32) -> Never {
    close(writing)
    var byte: UInt8 = 0
    _ = try? check { read(reading, &byte, 1) }
    _exit(0)
  }
}
