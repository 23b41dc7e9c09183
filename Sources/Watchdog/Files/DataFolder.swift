import LinuxCalls

// /var/lib/watchdog: what survives a reboot. It is opened only when there is something to note, for the disk
// may hang, and a box that is well must not wait for it each second.

extension Roots {
  /// Opens the folder, which is made when it is missing.
  func openData() throws(Failure) -> Folder {
    let folder = try attempt(to: "open \(data)", Folder.openOrMake(data))
    try folder.checkIsSafe()
    return folder
  }

  /// Opens the folder to look at it; nil when it is missing.
  func dataIfThere() throws(Failure) -> Folder? { try Folder.ifThere(data) }
}

extension Folder {
  /// The last bytes of a file, as many as `limit`; none when there is no file.
  borrowing func readEnd(of name: String, atMost limit: Int) throws(Failure) -> [UInt8] {
    guard try look(at: name)?.kind == .file else { return [] }
    return try attempt(to: "read \(path)/\(name)", openToRead(name).readEnd(atMost: limit))
  }

  /// Each line of a file that ends, without ever holding all of it; none when there is no file.
  ///
  /// - Parameter offset: where in the file the first of them begins; then where the next one will.
  public borrowing func forEachLine(
    of name: String, from offset: inout Int64, _ body: ([UInt8]) -> Void
  ) throws(Failure) {
    guard try look(at: name)?.kind == .file else { return }
    try attempt(to: "read \(path)/\(name)") { () throws(SystemError) in
      let file = try openToRead(name)
      let most = 65_536
      var line: [UInt8] = []
      var place = offset
      while true {
        let bytes = try file.bytes(atMost: most, from: place)
        if bytes.isEmpty { return }
        var begin = 0
        while let end = bytes[begin...].firstIndex(of: .newline) {
          body(line + bytes[begin..<end])
          line = []
          begin = end + 1
          offset = place + Int64(begin)
        }
        // What never ends is no line, and must not fill the memory.
        line = line.count < most ? line + bytes[begin...] : []
        place += Int64(bytes.count)
      }
    }
  }

  /// Replaces a file: after a crash at any instant there is the old one or the new one.
  ///
  /// - Parameter soon: the disk has the new one only when the kernel wrote it there by itself, within half a minute, for
  ///   what a box can do without, on a disk that may be slow; else after this returned.
  borrowing func keep(_ name: String, _ text: String, soon: Bool = false) throws(Failure) {
    try attempt(
      to: "write \(path)/\(name)", replace(name, Array(text.utf8), durably: !soon))
  }

  /// Writes whole lines at the end of a file, in one call, so that lines of several writers do not mix. A last line that
  /// is torn, because the power failed or the disk was full, is ended first.
  ///
  /// - Parameters:
  ///   - isUrgent: waits until they are on the disk.
  ///   - mayHavePart: somebody was to write the same before, and may have written any part of it: only the rest is
  ///     written then.
  borrowing func append(
    _ lines: [UInt8], to name: String, isUrgent: Bool, mayHavePart: Bool = false
  ) throws(Failure) {
    let done = mayHavePart ? try part(of: lines, in: name) : 0
    try attempt(to: "write \(path)/\(name)") { () throws(SystemError) in
      let file = try openToAppend(name, mode: 0o644)
      if done < lines.count {
        let isWhole = done > 0 ? true : try openToRead(name).endsInNewline()
        try file.write((isWhole ? [] : [.newline]) + lines[done...])
      }
      if isUrgent { try file.synchronize() }
    }
  }

  /// How many of these bytes stand at the end of the file already. Where logrotate began a new one meanwhile, all of
  /// them may stand at the end of the one before.
  private borrowing func part(of lines: [UInt8], in name: String) throws(Failure) -> Int {
    let end = try readEnd(of: name, atMost: lines.count)
    if let count = Folder.overlap(end, lines) { return count }
    return try readEnd(of: "\(name).1", atMost: lines.count) == lines ? lines.count : 0
  }

  /// The length of the longest beginning of `bytes` that `end` ends with; nil for none.
  static func overlap(_ end: [UInt8], _ bytes: [UInt8]) -> Int? {
    guard !end.isEmpty, !bytes.isEmpty else { return nil }
    return (1...min(end.count, bytes.count)).reversed().first { count in
      end[end.count - count] == bytes[0] && end.suffix(count).elementsEqual(bytes.prefix(count))
    }
  }
}
