import LinuxCalls

extension KillStamped {
  /// Sends one signal to all that there are, until a look finds no others: what forks meanwhile is found too. Who only
  /// claims the stamp gets none.
  ///
  /// - Parameter reached: those that got it, also when it throws.
  public mutating func sendToAll(
    _ signal: Signal, reached: inout [ProcessIdentity]
  ) throws(Failure) {
    let table = try attempt(to: "read /proc", ProcessTable())
    for _ in 0..<KillStamped.mostLooks {
      let fresh = try look().filter { !$0.isClaim && !reached.contains($0.identity) }
      if fresh.isEmpty { break }
      for process in fresh {
        try attempt(
          to: "send a signal to \(process.words)",
          ProcessDescriptor.send([signal], to: process.identity, in: table))
        reached.append(process.identity)
      }
    }
  }

  /// What forks faster than it is found is no program that waits for its work.
  private static let mostLooks = 50
}
