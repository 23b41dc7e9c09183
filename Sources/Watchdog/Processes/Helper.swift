import LinuxCalls

/// A process of its own for what may take long, or hang, and for which no tool may wait. It is no program of a heart, and
/// none of a solution: nobody ends it with them.
enum Helper {
  /// Starts one.
  ///
  /// - Parameters:
  ///   - name: at most 15 bytes, as ps(1) shows it.
  ///   - seconds: how long it lives at the most; nil for as long as it takes.
  ///   - comesFirst: whether it keeps our priority: for what is bounded in time, and worth most where hundreds compute.
  ///   - work: is given the writing end of a pipe, by which it can say how it went.
  /// - Returns: the reading end, which ends when the work is over.
  /// - Throws: when there cannot be another process.
  @inline(never)
  static func start(
    _ name: StaticString, atMost seconds: UInt32? = nil, comesFirst: Bool = false,
    _ work: (borrowing Descriptor) -> Void
  ) throws(SystemError) -> Descriptor {
    try Detached.run(hiding: Stamp.variables) { pipe in
      if !comesFirst { Priority.restore() }
      ThisProcess.name(name)
      if let seconds { ThisProcess.die(after: seconds) }
      work(pipe)
    }
  }
}
