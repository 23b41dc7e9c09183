import LinuxCalls

/// Where a tool's words for people go: stderr, and the system's log too when no terminal shows stderr,
/// as under cron.
public struct Report: Sendable {
  /// The name that each line starts with.
  public let tool: StaticString
  /// What was noted and is to be carried to the disk.
  public let journal = Journal()
  private let logs: Bool

  /// The report of the tool of this name.
  public init(tool: StaticString) {
    self.tool = tool
    logs = !Console.isTerminal(.error)
  }

  /// Says one line.
  public func say(_ level: SystemLog.Level, _ sentence: String) {
    Console.write("\(tool): \(sentence)\n", to: .error)
    if logs { SystemLog.write(level, tool: tool, sentence) }
  }
}
