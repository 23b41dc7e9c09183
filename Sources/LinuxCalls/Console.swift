import CLinuxCalls

/// The standard streams of this process.
public enum Console {
  /// Which of them.
  public enum Stream: Int32, Sendable {
    /// Standard input.
    case input = 0
    /// Standard output.
    case output = 1
    /// Standard error.
    case error = 2
  }

  /// Writes text as it is, past all buffers. What cannot be written is lost; `lost` tells of standard output.
  public static func write(_ text: String, to stream: Stream = .output) {
    do throws(SystemError) {
      try FileOutput.write(Array(text.utf8), to: stream.rawValue)
    } catch {
      if stream == .output { lose(error) }
    }
  }

  /// Notes that something was lost that was to be written to standard output. Where a reader has gone (EPIPE), or there was
  /// none (EBADF), nobody misses it.
  public static func lose(_ error: SystemError) {
    if error.number != EPIPE, error.number != EBADF { clinux_output_error().pointee = error.number }
  }

  /// What it was lost by; nil when all was written.
  public static var lost: SystemError? {
    let number = clinux_output_error().pointee
    return number == 0 ? nil : SystemError(number)
  }

  /// Whether a person may be looking (isatty(3)).
  public static func isTerminal(_ stream: Stream) -> Bool { isatty(stream.rawValue) == 1 }

  /// Reads a line that is typed, or comes from a pipe, without its end; nil when there is none. What comes after
  /// `limit` bytes of it is left unread.
  public static func readLine(atMost limit: Int = 200) -> String? {
    var line: [UInt8] = []
    while line.count < limit {
      var byte: UInt8 = 0
      guard let got = try? check({ read(STDIN_FILENO, &byte, 1) }), got == 1 else {
        return line.isEmpty ? nil : line.text
      }
      if byte == .newline { break }
      line.append(byte)
    }
    return line.text
  }

  /// How many rows the terminal has, or nil when it is none.
  public static var rows: Int? {
    let rows = clinux_terminal_rows(STDOUT_FILENO)
    return rows > 0 ? Int(rows) : nil
  }
}
