import CLinuxCalls

/// Writing to a descriptor that somebody else closes.
public enum FileOutput {
  /// Writes all of `bytes`. The corresponding C function is `write`.
  public static func write(_ bytes: [UInt8], to number: Int32) throws(SystemError) {
    var done = 0
    while done < bytes.count {
      let wrote = try check {
        bytes.withUnsafeBytes {
          CLinuxCalls.write(number, $0.baseAddress?.advanced(by: done), $0.count - done)
        }
      }
      if wrote == 0 { throw .inputOutput }
      done += wrote
    }
  }
}
