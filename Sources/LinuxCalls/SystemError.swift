import CLinuxCalls

/// An error number of a system call (errno(3)).
public struct SystemError: Error, Equatable, Sendable {
  /// The value that errno had.
  public let number: Int32

  /// The error with this errno value.
  public init(_ number: Int32) { self.number = number }

  /// The error of the call that failed just now.
  static var last: SystemError { SystemError(clinux_errno()) }

  /// What strerror(3) says of it, for example "No such file or directory".
  public var reason: String { String(cString: strerror(number)) }

  /// Operation not permitted.
  public static let notPermitted = SystemError(EPERM)
  /// No such file or directory.
  public static let noSuchFile = SystemError(ENOENT)
  /// No such process.
  public static let noSuchProcess = SystemError(ESRCH)
  /// Input/output error.
  public static let inputOutput = SystemError(EIO)
  /// No such device or address; also: a FIFO that nobody reads.
  public static let noSuchDevice = SystemError(ENXIO)
  /// Permission denied.
  public static let accessDenied = SystemError(EACCES)
  /// Device or resource busy.
  public static let busy = SystemError(EBUSY)
  /// File exists.
  public static let fileExists = SystemError(EEXIST)
  /// Not a directory.
  public static let notAFolder = SystemError(ENOTDIR)
  /// Is a directory.
  public static let isAFolder = SystemError(EISDIR)
  /// Invalid argument.
  public static let invalidArgument = SystemError(EINVAL)
  /// Too many levels of symbolic links; also: the last part is one, and O_NOFOLLOW was asked for.
  public static let symbolicLink = SystemError(ELOOP)
  /// Resource temporarily unavailable: the call would have waited.
  public static let wouldWait = SystemError(EAGAIN)
  /// Cannot allocate memory.
  public static let noMemory = SystemError(ENOMEM)
  /// Too many open files in this process.
  public static let tooManyOpenFiles = SystemError(EMFILE)
  /// Too many open files in the system.
  public static let tooManyOpenFilesInSystem = SystemError(ENFILE)
  /// No space left on device.
  public static let noSpace = SystemError(ENOSPC)
  /// Function not implemented.
  public static let noSuchCall = SystemError(ENOSYS)
  /// Disk quota exceeded.
  public static let overQuota = SystemError(EDQUOT)
  /// Illegal seek: a pipe or a FIFO has no places.
  public static let illegalSeek = SystemError(ESPIPE)
  /// Read-only file system.
  public static let readOnly = SystemError(EROFS)
}

/// What a call answers; nil when it fails with this error.
@discardableResult
public func unless<Value: ~Copyable>(
  _ expected: SystemError, _ call: @autoclosure () throws(SystemError) -> Value
) throws(SystemError) -> Value? {
  do throws(SystemError) {
    return try call()
  } catch {
    if error == expected { return nil }
    throw error
  }
}

/// Makes a system call that answers -1 when it failed, again as long as a signal interrupted it.
@inline(__always)
func check<Answer: SignedInteger>(_ call: () -> Answer) throws(SystemError) -> Answer {
  while true {
    let answer = call()
    if answer != -1 { return answer }
    if clinux_errno() != EINTR { throw SystemError.last }
  }
}

/// Makes a system call about a path, as `check` does. The path is lent to the call as it is: handed over as an
/// argument it would be copied to the heap first, and most of what a tool does is opening files.
@inline(__always)
func check<Answer: SignedInteger>(
  _ path: String, _ call: (UnsafePointer<CChar>) -> Answer
) throws(SystemError) -> Answer {
  try check { path.withCString(call) }
}
