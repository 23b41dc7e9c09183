import LinuxCalls

/// An executable of the administrator's that is run for what it says, in bounded time and bytes.
struct BoundedRun: ~Copyable {
  private let child: Child
  private let words: Descriptor
  private let limit: Int

  /// Starts it, in a session of its own. What it writes to stdout and stderr is read here.
  ///
  /// - Parameters:
  ///   - name: becomes WATCHDOG_HEART.
  ///   - input: the number of an open file that it reads; nil for nothing.
  ///   - limit: so many bytes of its words are kept.
  init(
    _ command: [String], as name: Name? = nil, _ roots: Roots, input: Int32? = nil,
    atMost limit: Int
  ) throws(Failure) {
    self.limit = limit
    let pipe = try attempt(to: "run \(command[0])", OutputPipe())
    child = try attempt(to: "run \(command[0])") { () throws(SystemError) in
      try Child(command, apart: .group, endsWithParent: true) { () throws(SystemError) in
        if let input { try ThisProcess.readInput(from: input) }
        roots.export()
        ThisProcess.unsetEnvironment(Stamp.variable)
        if let name { ThisProcess.setEnvironment(Stamp.heartVariable, name.text) }
        try pipe.sendOutput()
      }
    }
    words = pipe.toRead()
  }

  /// Waits for its end, and kills its group when that does not come in time, or when something in it goes on.
  ///
  /// - Parameter endsGroup: whether what it has left in its group is ended too when it has ended itself.
  /// - Returns: how it ended, nil when it did not; and the first of its words.
  borrowing func wait(
    untilMonotonic deadline: Duration, endsGroup: Bool = true
  ) -> (end: Child.End?, words: [UInt8]) {
    var bytes: [UInt8] = []
    var pause: Duration = .milliseconds(2)
    while true {
      // Read on, whatever is kept of it: one that nobody listens to would wait for ever.
      let until = min(Clock.monotonic + pause, deadline)
      let more = words.readUntilEnd(atMost: 65_536, untilMonotonic: until)
      bytes += more.prefix(limit - bytes.count)
      if child.waitForEnd(untilMonotonic: more.isEmpty ? until : .zero) {
        // What it left in its group would be there once more each time.
        if endsGroup { child.killGroup() }
        let rest = words.readUntilEnd(
          atMost: 65_536, untilMonotonic: Clock.monotonic + .milliseconds(20))
        bytes += rest.prefix(limit - bytes.count)
        return (child.wait(untilMonotonic: .zero), bytes)
      }
      if Clock.monotonic >= deadline {
        child.killGroup()
        _ = child.wait(untilMonotonic: Clock.monotonic + .milliseconds(200))
        return (nil, bytes)
      }
      pause = min(pause * 2, .milliseconds(100))
    }
  }

  /// The first line that says anything, without what plugins of Nagios add for graphs; of Python's traceback the last.
  static func sentence(_ words: [UInt8]) -> String? {
    // Zeros are no words.
    let sentences = words.lines.map { $0.prefix { $0 != UInt8(ascii: "|") }.trimmed }
      .filter { $0.contains { $0 > .space } }
    let isTraceback = sentences.first?.starts(with: "Traceback (most recent call".utf8) ?? false
    return (isTraceback ? sentences.last : sentences.first).map { printable($0) }
  }
}
