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

  /// Writes text as it is, past all buffers. What cannot be written is lost: there is nobody to tell.
  public static func write(_ text: String, to stream: Stream = .output) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let wrote = CLinuxCalls.write(
          stream.rawValue, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if wrote < 0 && clinux_errno() != EINTR { return }
        done += max(wrote, 0)
      }
    }
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
