import CLinuxCalls

/// What a program prints, and how it ends.
public struct Output: Sendable {
  /// How it ended; nil when it did not in time, and was killed.
  public let end: Child.End?
  /// The first bytes of what it printed on standard output and standard error.
  public let bytes: [UInt8]

  /// Runs a program to its end, in a process group of its own. That is killed when the end does not come in time, or when
  /// its parent is.
  ///
  /// - Parameters:
  ///   - command: the program's path and its arguments.
  ///   - deadline: how long it may run, by CLOCK_MONOTONIC.
  ///   - limit: so many bytes of what it prints are kept; nil leaves that where ours goes.
  ///   - endsGroup: whether what it has left in its group is ended too when it has ended itself.
  ///   - prepare: is run in the new process, before the program.
  /// - Throws: when it could not be run.
  public init(
    of command: [String], untilMonotonic deadline: Duration, atMost limit: Int? = 4096,
    endsGroup: Bool = true, prepare: () throws(SystemError) -> Void = {}
  ) throws(SystemError) {
    let pipe = try Pipe()
    let number = pipe.writing.number
    let child = try Child(command, apart: .group, endsWithParent: true) { () throws(SystemError) in
      try prepare()
      if limit != nil { try ThisProcess.sendOutput(to: number) }
    }
    let reading = pipe.toRead()
    var bytes: [UInt8] = []
    func read(untilMonotonic time: Duration) -> Bool {
      // Read on, whatever is kept of it: one that nobody listens to would wait for ever.
      let more = reading.readUntilEnd(atMost: 65_536, untilMonotonic: time)
      bytes += more.prefix((limit ?? 0) - bytes.count)
      return !more.isEmpty
    }
    var pause: Duration = .milliseconds(2)
    while true {
      let until = min(Clock.monotonic + pause, deadline)
      let hasSaid = read(untilMonotonic: until)
      if child.waitForEnd(untilMonotonic: hasSaid ? .zero : until) {
        // What it left in its group would be there once more each time.
        if endsGroup { child.killGroup() }
        _ = read(untilMonotonic: Clock.monotonic + .milliseconds(20))
        end = child.wait(untilMonotonic: .zero)
        break
      }
      if Clock.monotonic >= deadline {
        child.killGroup()
        _ = child.wait(untilMonotonic: Clock.monotonic + .milliseconds(200))
        end = nil
        break
      }
      pause = min(pause * 2, .milliseconds(100))
    }
    self.bytes = bytes
  }
}
