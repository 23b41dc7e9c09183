import CLinuxCalls

/// A pipe whose ends are closed when a program is executed (pipe2(2)).
struct Pipe: ~Copyable {
  let reading: Descriptor
  let writing: Descriptor

  init() throws(SystemError) {
    var ends: [Int32] = [0, 0]
    _ = try check { clinux_pipe(&ends) }
    let reading = try Descriptor(owning: ends[0])
    let writing = try Descriptor(owning: ends[1])
    self.reading = reading
    self.writing = writing
  }

  /// Closes the writing end here: reading ends when all others have closed theirs.
  consuming func toRead() -> Descriptor { reading }
}

/// Waits for the end of a child and collects it (waitpid(2)).
///
/// - Returns: how it ended, in the words of wait(2).
@discardableResult
func collect(_ pid: Int32) -> Int32 {
  var status: Int32 = 0
  _ = try? check { waitpid(pid, &status, 0) }
  return status
}
