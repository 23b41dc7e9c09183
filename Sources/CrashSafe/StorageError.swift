import LinuxCalls

/// Why something could not be stored or read. It prints as a sentence:
/// "unable to write /var/lib/web/visits: No space left on device".
public struct StorageError: Error, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: Equatable, Sendable {
    /// A system call failed, with this errno(3): 28 (ENOSPC) when the disk is full, 122 (EDQUOT) when the
    /// quota is used up, 13 (EACCES) when it belongs to somebody else, 5 (EIO) when the disk is broken.
    case system(Int32)
    /// A key has more than `KeyValueStore.largestKey` bytes.
    case keyTooLong
    /// A value has more than `KeyValueStore.largestValue` bytes.
    case valueTooLarge
    /// The name of a counter or mark is empty, too long, begins with a dot, or has a slash or a zero byte in it.
    case wrongName
    /// The file holds what nobody here wrote. It is left as it is, for a person to look at.
    case damaged
    /// The counter is at its end, 2⁶⁴ − 1.
    case overflow
    /// This one was opened to read only.
    case readOnly
    /// Another process has had it locked for as long as we were to wait, and did not go on meanwhile.
    case held
    /// The directory is on a network file system or on FUSE.
    case networkFileSystem
    /// The directory holds a store of the first version, which had no checksums.
    case earlierVersion
  }

  /// What went wrong.
  public let reason: Reason
  /// What was being done, for example "write /var/lib/web/visits".
  public let attempt: String

  /// "unable to write /var/lib/web/visits: No space left on device"
  public var description: String { "unable to \(attempt): \(reason.words)" }

  init(_ reason: Reason, to attempt: String) {
    self.reason = reason
    self.attempt = attempt
  }
}

extension StorageError.Reason {
  /// What went wrong and, where somebody can do something about it, what.
  var words: String {
    switch self {
    case .system(let number): SystemError(number).reason
    case .keyTooLong: "the key has more than \(KeyValueStore.largestKey) bytes"
    case .valueTooLarge: "the value has more than \(KeyValueStore.largestValue) bytes"
    case .wrongName: "a name has 1 to 200 bytes, no slash, and does not begin with a dot"
    case .damaged: "it holds what was not written by this library: restore it, or remove it"
    case .overflow: "it cannot count any further"
    case .readOnly: "it was opened to read only"
    case .held: "another process has it locked and does not go on: see which with fuser(1)"
    case .networkFileSystem:
      "it is on a network file system or on FUSE, which break the promises: use a local disk"
    case .earlierVersion:
      "it is a store of the first version: read it with that one, and set its keys in a new directory"
    }
  }
}

/// The failure of a call that does what its caller hands over: the storage's, or the caller's own. So it is not caught
/// by `catch let error as StorageError`.
public enum StorageOr<Failure: Error>: Error {
  /// What was handed over is not to blame.
  case storage(StorageError)
  /// What was handed over failed with this.
  case caller(Failure)
}

#if !hasFeature(Embedded)
extension StorageOr: CustomStringConvertible {
  /// What the failure itself says.
  public var description: String {
    switch self {
    case .storage(let error): error.description
    case .caller(let error): String(describing: error)
    }
  }
}
#endif

/// Does what may fail in the kernel, and says of what it was a part.
func attempt<Value: ~Copyable>(
  to words: @autoclosure () -> String, _ call: @autoclosure () throws(SystemError) -> Value
) throws(StorageError) -> Value {
  try attempt(to: words(), call)
}

/// As above, for what takes several steps.
func attempt<Value: ~Copyable>(
  to words: @autoclosure () -> String, _ body: () throws(SystemError) -> Value
) throws(StorageError) -> Value {
  do throws(SystemError) {
    return try body()
  } catch {
    // No place of a FIFO can be read: somebody has put it there.
    throw StorageError(error == .illegalSeek ? .damaged : .system(error.number), to: words())
  }
}
