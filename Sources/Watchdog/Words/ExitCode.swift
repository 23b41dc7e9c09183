import LinuxCalls

/// How a tool ends, in the numbers of sysexits.h.
public enum ExitCode: Int32, Sendable {
  /// Everything was done.
  case success = 0
  /// The command line was wrong (EX_USAGE).
  case usage = 64
  /// What was handed over makes no sense (EX_DATAERR).
  case badData = 65
  /// A file that was needed is missing (EX_NOINPUT).
  case noInput = 66
  /// Something that the work needs is not there or is somebody else's (EX_UNAVAILABLE).
  case unavailable = 69
  /// What was promised did not happen (EX_SOFTWARE).
  case software = 70
  /// The kernel refused, for want of processes, memory or descriptors (EX_OSERR).
  case systemError = 71
  /// A file could not be made (EX_CANTCREAT).
  case cannotCreate = 73
  /// Reading or writing failed (EX_IOERR).
  case inputOutput = 74
  /// It may work later (EX_TEMPFAIL).
  case tryLater = 75
  /// Permissions are missing, or are dangerous as they are (EX_NOPERM).
  case notPermitted = 77
  /// The configuration is wrong (EX_CONFIG).
  case configuration = 78

  /// All that sysexits.h has (EX__BASE to EX__MAX).
  static let sysexits: ClosedRange<Int32> = 64...78

  init(_ error: SystemError) {
    switch error {
    case .noSuchFile: self = .noInput
    case .accessDenied, .notPermitted: self = .notPermitted
    case .inputOutput: self = .inputOutput
    case .noSpace, .overQuota, .readOnly: self = .cannotCreate
    case .noSuchDevice, .busy: self = .unavailable
    case .wouldWait: self = .tryLater
    default: self = .systemError
    }
  }
}
