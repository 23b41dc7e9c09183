import Linux

/// Why something could not be stored or read.
public struct StorageError: Error, Sendable {
  /// What went wrong.
  public enum Reason: Equatable, Sendable {
    /// A system call failed, with this errno(3): 28 (ENOSPC) when the disk is full, 122 (EDQUOT) when the
    /// quota is used up, 5 (EIO) when the disk is broken.
    case system(Int32)
    /// A key has more than `KeyValueStore.largestKey` bytes.
    case keyTooLong
    /// A value has more than `KeyValueStore.largestValue` bytes.
    case valueTooLarge
    /// The file holds what nobody here wrote. It is left as it is, for a person to look at.
    case damaged
    /// The counter is at its end, 2⁶⁴ − 1.
    case overflow
    /// This one was opened to read only.
    case readOnly
  }

  /// What went wrong.
  public let reason: Reason
  /// What was being done, for example "write /var/lib/web/visits".
  public let attempt: String

  /// "unable to write /var/lib/web/visits: No space left on device"
  public var message: String {
    let why =
      switch reason {
      case .system(let number): SystemError(number).reason
      case .keyTooLong: "the key has more than \(KeyValueStore.largestKey) bytes"
      case .valueTooLarge: "the value has more than \(KeyValueStore.largestValue) bytes"
      case .damaged: "it holds what was not written by this library"
      case .overflow: "it cannot count any further"
      case .readOnly: "it was opened to read only"
      }
    return "unable to \(attempt): \(why)"
  }

  init(_ reason: Reason, to attempt: String) {
    self.reason = reason
    self.attempt = attempt
  }
}

/// Does what may fail in the kernel, and says of what it was a part.
func attempt<Value: ~Copyable>(
  to words: @autoclosure () -> String, _ body: () throws(SystemError) -> Value
) throws(StorageError) -> Value {
  do throws(SystemError) {
    return try body()
  } catch {
    throw StorageError(.system(error.number), to: words())
  }
}
