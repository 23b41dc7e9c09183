import LinuxCalls

/// The right to begin attempts: at no time do two processes look for what is to be done next.
struct Turn: ~Copyable {
  private let lock: FileLock

  init(in state: borrowing StateFolder) throws(Failure) {
    lock = try state.open(.locks).lock("\(Tool.solveProblems.name)")
  }

  /// Whether it is ours now.
  borrowing func tryTo() throws(Failure) -> Bool {
    try attempt(to: "lock locks/solve-problems", lock.tryTo())
  }

  /// Waits until it is ours.
  borrowing func wait() throws(Failure) {
    try attempt(to: "lock locks/solve-problems", lock.wait())
  }
}
