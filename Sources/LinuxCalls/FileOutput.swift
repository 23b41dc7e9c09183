import CLinuxCalls

/// Writing to a descriptor that somebody else closes.
public enum FileOutput {
  /// Writes all of `bytes`. The corresponding C function is `write`.
  public static func write(_ bytes: [UInt8], to number: Int32) throws(SystemError) {
    try writeAll(bytes) { CLinuxCalls.write(number, $0, $1) }
  }

  /// Calls `write` until all of `bytes` is written. A call that takes nothing, and says no reason, would be made for ever.
  static func writeAll(
    _ bytes: [UInt8], _ write: (UnsafeRawPointer?, Int) -> Int
  ) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let wrote = try check {
        bytes.withUnsafeBytes { write($0.baseAddress?.advanced(by: done), $0.count - done) }
      }
      if wrote == 0 { throw .inputOutput }
      done += wrote
    }
  }
}
