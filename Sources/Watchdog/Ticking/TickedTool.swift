import LinuxCalls
import Rules

/// One of the tools that each-second runs: at most one process of it at any time.
final class TickedTool {
  /// The last part of its path.
  let name: String
  /// What is executed.
  let path: String
  private var child: Child?
  private var deadline: Duration = .zero
  /// Whether the process that still runs was killed.
  private(set) var isKilled = false
  /// How the process ended that was started last; nil while it runs.
  private(set) var end: Child.End?

  /// A tool by its path, or by its name: then the one beside this executable is meant, else the one in PATH.
  init(_ word: String) {
    path = TickedTool.find(word)
    name = word.lastPathPart
  }

  private static func find(_ word: String) -> String {
    guard !word.utf8.contains(.slash), let folder = ThisProcess.executableFolder,
      let beside = try? Folder(path: folder), (try? beside.status(of: word)) != nil
    else { return word }
    return "\(folder)/\(word)"
  }

  /// Whether a process of it runs, or has ended and cannot be collected yet.
  func isStillRunning() -> Bool {
    wait(untilMonotonic: .zero)
    return child != nil
  }

  /// Starts it. Not to be called while it is running still.
  ///
  /// - Parameter limit: how long it may run.
  func start(limit: Duration) throws(SystemError) {
    child = try Child([path], apart: .group)
    deadline = Clock.monotonic + limit
    isKilled = false
    end = nil
  }

  /// Waits for its end, but no longer than until CLOCK_MONOTONIC shows `time`.
  func wait(untilMonotonic time: Duration) {
    guard let end = child?.wait(untilMonotonic: time) else { return }
    self.end = end
    child = nil
  }

  /// Kills it, with all that it started in its group, when it has exceeded its limit. One that cannot be
  /// killed, because it waits in the kernel, goes on being waited for: another one would join it there.
  ///
  /// - Returns: whether it was killed just now.
  func killIfLate() -> Bool {
    guard isStillRunning(), !isKilled, Clock.monotonic >= deadline else { return false }
    child?.killGroup()
    isKilled = true
    return true
  }
}
