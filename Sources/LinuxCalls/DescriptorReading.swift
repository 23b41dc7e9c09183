import CLinuxCalls

// How what is in an open file comes out of it.

extension Descriptor {
  /// Reads what comes next, at most `limit` bytes, in one call: of a file, its start. The corresponding C function is
  /// `read`.
  public borrowing func readStart(atMost limit: Int) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit) { read(number, $0, limit) }
  }

  /// Reads at most `limit` bytes from a place of the file on. The corresponding C function is `pread`.
  public borrowing func bytes(
    atMost limit: Int, from offset: Int64 = 0
  ) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit) { pread(number, $0, limit, off_t(offset)) }
  }

  private borrowing func bytes(
    atMost limit: Int, _ read: (UnsafeMutableRawPointer?) -> Int
  ) throws(SystemError) -> [UInt8] {
    var failure: SystemError?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      do throws(SystemError) { count = try check { read(buffer.baseAddress) } } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Reads the last bytes of the file, at most `limit`.
  public borrowing func readEnd(atMost limit: Int) throws(SystemError) -> [UInt8] {
    try bytes(atMost: limit, from: max(status().size - Int64(limit), 0))
  }

  /// Whether the last byte of the file is a newline; an empty file is as good as one that ends in it.
  public borrowing func endsInNewline() throws(SystemError) -> Bool {
    let size = try status().size
    let last = try size == 0 ? nil : bytes(atMost: 1, from: size - 1).first
    return last ?? .newline == .newline
  }

  /// Reads on until the end of the file, into a buffer that is made larger where that is needed.
  ///
  /// - Parameter endsShort: whether less than was asked for means that the end was reached, which saves a call. It
  ///   does in an environment of /proc.
  /// - Returns: how many bytes were read; less than there are when `limit` is reached.
  public borrowing func readAll(
    into buffer: inout [UInt8], atMost limit: Int, endsShort: Bool = false
  ) throws(SystemError) -> Int {
    var done = 0
    while done < limit {
      if done == buffer.count {
        buffer += [UInt8](repeating: 0, count: max(buffer.count, 4096))
      }
      let room = buffer.count - done
      let got = try check {
        buffer.withUnsafeMutableBytes {
          read(number, $0.baseAddress?.advanced(by: done), room)
        }
      }
      done += got
      if got == 0 || endsShort && got < room { break }
    }
    return min(done, limit)
  }

  /// Reads on until the end of the file, at most `limit` bytes.
  ///
  /// - Parameter endsShort: see `readAll(into:atMost:endsShort:)`.
  public borrowing func readOn(
    atMost limit: Int, endsShort: Bool = false
  ) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    let count = try readAll(into: &bytes, atMost: limit, endsShort: endsShort)
    return Array(bytes[..<count])
  }

  /// Reads an ordinary file from its start to its end, at most `limit` bytes: a small one with a
  /// single call.
  public borrowing func readAll(atMost limit: Int = .max) throws(SystemError) -> [UInt8] {
    if let bytes = try startIfShort(1024) { return bytes }
    if let bytes = try startIfShort(16_384) { return bytes }
    var bytes = [UInt8](repeating: 0, count: min(Int(try status().size), limit))
    let count = try readAll(into: &bytes, atMost: bytes.count)
    return count == bytes.count ? bytes : Array(bytes[..<count])
  }

  /// The whole file where it is smaller than this; else nil.
  ///
  /// - Parameter room: 1024 bytes are the most that Swift has on the stack.
  private borrowing func startIfShort(_ room: Int) throws(SystemError) -> [UInt8]? {
    var bytes: [UInt8]?
    var failure: SystemError?
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
      do throws(SystemError) {
        let count = try check { pread(number, buffer.baseAddress, buffer.count, 0) }
        // Only at its end there is less than was asked for.
        if count < buffer.count { bytes = Array(UnsafeBufferPointer(rebasing: buffer[..<count])) }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// Waits until there is something to read, or until CLOCK_MONOTONIC shows `deadline`. The corresponding C function is
  /// `poll`.
  ///
  /// - Returns: whether there is.
  borrowing func waitForInput(untilMonotonic deadline: Duration) -> Bool {
    while true {
      let left = deadline - Clock.monotonic
      // Rounded up: a rest of a fraction of a millisecond must not become a loop without waiting.
      let milliseconds = left <= .zero ? 0 : left.wholeMilliseconds + 1
      var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      let answer = poll(&entry, 1, Int32(clamping: milliseconds))
      if answer > 0 { return true }
      if answer == 0, Clock.monotonic >= deadline { return false }
    }
  }

  /// Reads until nobody writes any more, or until CLOCK_MONOTONIC shows `deadline`; at most `limit` bytes.
  public borrowing func readUntilEnd(
    atMost limit: Int, untilMonotonic deadline: Duration
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit, waitForInput(untilMonotonic: deadline) {
      guard let more = try? readStart(atMost: limit - bytes.count), !more.isEmpty else { break }
      bytes += more
    }
    return bytes
  }
}
