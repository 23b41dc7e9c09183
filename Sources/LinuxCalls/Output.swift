import CLinuxCalls

/// What a program prints.
public enum Output {
  /// Runs a program to its end. It is killed with all that is in its group when that does not come in time, also
  /// when it waits because it prints more than a pipe holds (64 kB).
  ///
  /// - Parameters:
  ///   - command: the program's path and its arguments.
  ///   - deadline: how long it may run, by CLOCK_MONOTONIC.
  ///   - prepare: is run in the new process, before the program.
  /// - Returns: how it ended, and the first 4096 bytes of what it printed on standard output and standard error;
  ///   nil when it was killed.
  public static func of(
    _ command: [String], untilMonotonic deadline: Duration,
    prepare: () throws(SystemError) -> Void = {}
  ) throws(SystemError) -> (end: Child.End, bytes: [UInt8])? {
    let pipe = try Pipe()
    let number = pipe.writing.number
    let child = try Child(command, apart: .group) { () throws(SystemError) in
      try ThisProcess.sendOutput(to: number)
      try prepare()
    }
    let reading = pipe.toRead()
    guard let end = child.wait(untilMonotonic: deadline) else {
      child.killGroup()
      _ = child.wait(untilMonotonic: deadline + .seconds(1))
      return nil
    }
    // What it has left behind may hold the pipe open, and must not be waited for.
    _ = try check { clinux_fcntl(reading.number, F_SETFL, Int(O_NONBLOCK)) }
    let bytes = try? reading.readStart(atMost: 4096)
    return (end, bytes ?? [])
  }
}
