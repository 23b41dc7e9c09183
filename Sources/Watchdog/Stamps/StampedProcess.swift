import LinuxCalls

/// A process that was started for this chain, and why we believe so.
public struct StampedProcess: Sendable {
  /// Which process.
  public let identity: ProcessIdentity
  /// The program's name, as the kernel tells it.
  public let command: [UInt8]
  /// What it is doing, one letter of proc_pid_stat(5).
  public let state: UInt8
  /// Why.
  public let sign: Sign
  /// The control group of its heart, where it is in one.
  let group: ControlGroup?

  /// Whether it only says so: it is ended, and nobody waits for its end.
  var isClaim: Bool { sign == .claim }

  /// What shows that a process is ours.
  public enum Sign: Equatable, Sendable {
    /// The stamp in its environment, with the heart's key, or as root by no set-user-ID program.
    case environment
    /// It is in a control group that is named after the stamp, and that is root's.
    case controlGroup
    /// run-stamped noted it in pids/NAME.
    case note
    /// It descends from a process that is.
    case descent
    /// It was proven at an earlier look.
    case earlierLook
    /// The stamp in its environment, which anybody could have put there; or it descends from one that has it.
    case claim

    /// In words.
    public var words: String {
      switch self {
      case .environment: "has the stamp in its environment"
      case .controlGroup: "is in a control group of the stamp"
      case .note: "is noted in pids as started with the stamp"
      case .descent: "descends from one that has the stamp"
      case .earlierLook: "had the stamp a moment ago"
      case .claim: "claims the stamp, and cannot prove it"
      }
    }
  }

  /// For a message: "123 (web), state S".
  public var words: String {
    "\(identity.pid) (\(printable(command))), state \(String(decoding: [state], as: UTF8.self))"
  }

  /// For a message: five of them, and how many more.
  static func words(_ processes: [StampedProcess]) -> String {
    let names = processes.prefix(5).map { $0.words }.joined(separator: "; ")
    return processes.count > 5 ? "\(names); and \(processes.count - 5) more" : names
  }
}
