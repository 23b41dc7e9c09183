import CLinuxCalls

/// The system's log. The corresponding C functions are `openlog` and `syslog`.
public enum SystemLog {
  /// How bad it is.
  public enum Level: Equatable, Sendable {
    /// Something could not be done.
    case error
    /// Something is wrong, and was passed over.
    case warning
    /// Something worth knowing happened.
    case notice
  }

  /// Writes one line, as `tool[pid]: text` and of the facility "daemon".
  public static func write(_ level: Level, tool: StaticString, _ text: String) {
    let priority =
      switch level {
      case .error: LOG_ERR
      case .warning: LOG_WARNING
      case .notice: LOG_NOTICE
      }
    openlog(tool.cString, LOG_PID, LOG_DAEMON)
    clinux_syslog(Int32(priority), text)
    closelog()
  }
}

extension StaticString {
  /// The text as C wants it: a StaticString ends in a zero byte.
  var cString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
