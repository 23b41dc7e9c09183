import LinuxCalls

/// What is known of the last run of restart-system. Dates are CLOCK_REALTIME.
///
/// It outlives the tool that runs it, so it is remembered: /run/watchdog/restart-system holds its process, and is dated with
/// its start.
public enum LastRestart: Equatable, Sendable {
  /// There was none since boot.
  case none
  /// It is over.
  case over(begun: Duration)
  /// It runs still.
  case runs(ProcessIdentity, begun: Duration)

  /// By which it is known: its date; nil when there was none.
  public var identity: Duration? { self == .none ? nil : begun }

  /// Whether it runs still.
  public var isRunning: Bool {
    if case .runs = self { return true }
    return false
  }

  /// When it was begun; 1970 when there was none.
  public var begun: Duration {
    switch self {
    case .none: .zero
    case .over(let begun), .runs(_, let begun): begun
    }
  }

  static let file = "restart-system"

  /// What is known of the last run. A note that cannot be read counts for a run that is over.
  public static func read(in state: borrowing StateFolder) throws(Failure) -> LastRestart {
    try attempt(to: "read \(state.path)/\(file)", read(in: state.folder))
  }

  private static func read(in folder: borrowing Folder) throws(SystemError) -> LastRestart {
    guard let status = try folder.statusIfThere(of: file) else { return .none }
    guard let bytes = try folder.readFile(file, atMost: 64),
      let process = ProcessIdentity(parsing: bytes), try !ProcessTable().isGone(process)
    else { return .over(begun: status.modified) }
    return .runs(process, begun: status.modified)
  }
}
