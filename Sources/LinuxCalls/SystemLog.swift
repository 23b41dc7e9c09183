import CLinuxCalls

/// The system's log, at /dev/log. The corresponding C function is `syslog`, which may wait for ever.
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
    // Without a time: each log has its own way to write it, and dates what has none.
    let line = "<\(LOG_DAEMON | priority)>\(tool)[\(ThisProcess.pid)]: \(text)"
    Array(line.utf8).withUnsafeBytes { clinux_log($0.baseAddress, $0.count) }
  }
}

extension StaticString {
  /// The text as C wants it: a StaticString ends in a zero byte.
  var cString: UnsafePointer<CChar> {
    UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
