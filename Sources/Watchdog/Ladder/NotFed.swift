import LinuxCalls

/// /run/watchdog/not-fed: the chain is stale, and an armed device is not fed.
enum NotFed {
  private static let file = "not-fed"

  static func isNoted(in state: borrowing StateFolder) throws(Failure) -> Bool {
    try state.status(of: file) != nil
  }

  /// Notes it, or that it is over.
  static func note(_ isNotFed: Bool, in state: borrowing StateFolder) throws(Failure) {
    if isNotFed { try state.replace(file, "") } else { try state.remove(file) }
  }
}
