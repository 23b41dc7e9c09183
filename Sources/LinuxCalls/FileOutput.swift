import CLinuxCalls

/// Writing to a descriptor that somebody else closes.
public enum FileOutput {
  /// Writes all of `bytes`. The corresponding C function is `write`.
  ///
  /// - Returns: whether it could be written.
  public static func write(_ bytes: [UInt8], to number: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let wrote = bytes.withUnsafeBytes {
        CLinuxCalls.write(number, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if wrote < 0, clinux_errno() == EINTR { continue }
      if wrote <= 0 { return false }
      done += wrote
    }
    return true
  }
}
