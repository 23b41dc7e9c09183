import LinuxCalls
import Rules

/// The chain is stale, and an armed device is not fed: see `Marker.notFed`.
enum NotFed {
  /// Has written down what tells after the reboot why it came, and counts it. Not by this process: the disk may be
  /// what is broken, and what waits for it could not feed any more when it is back.
  static func tell(_ why: String, tools: [Name], _ run: Run) {
    let isNoted = (try? run.state.set(.notFed)) != nil
    run.note(.notFed(tools: tools), why: why)
    run.callClerk()
    run.report.journal.send(run.report, patience: .zero, isStale: !isNoted)
  }

  /// Takes that back: it is fed again.
  static func tellEnd(_ why: String, _ run: Run) {
    try? run.state.clear(.notFed)
    run.note(.fedAgain, why: why)
    run.callClerk()
    run.report.journal.send(run.report, patience: .zero)
  }
}
