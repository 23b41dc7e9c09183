import Linux

/// /var/lib/watchdog: what survives a reboot. It is opened only by who has something to note, for the disk
/// may hang, and a box that is well must not wait for it each second.
public struct DataFolder: ~Copyable {
  /// Where it is.
  public let path: String
  private let folder: Folder

  /// Opens the folder, which is made when it is missing.
  public init(_ roots: Roots) throws(Failure) {
    let folder = try attempt(to: "open \(roots.data)") { () throws(SystemError) in
      try Folder.openOrMake(roots.data)
    }
    try StateFolder.checkIsSafe(folder, path: roots.data)
    path = roots.data
    self.folder = folder
  }

  /// Opens the folder to look at it; nil when it is missing.
  public static func toLookAt(_ roots: Roots) throws(Failure) -> DataFolder? {
    do throws(SystemError) {
      return DataFolder(try Folder(path: roots.data), path: roots.data)
    } catch {
      if error == .noSuchFile { return nil }
      throw Failure.unable(to: "open \(roots.data)", error)
    }
  }

  private init(_ folder: consuming Folder, path: String) {
    self.path = path
    self.folder = folder
  }

  /// What a file holds; nil when there is none.
  public borrowing func read(_ name: String, atMost limit: Int) throws(Failure) -> [UInt8]? {
    try attempt(to: "read \(path)/\(name)") { () throws(SystemError) in
      try folder.readFile(name, atMost: limit)
    }
  }

  /// The last bytes of a file, as many as `limit`; none when there is no file.
  borrowing func readEnd(of name: String, atMost limit: Int) throws(Failure) -> [UInt8] {
    try attempt(to: "read \(path)/\(name)") { () throws(SystemError) in
      guard try folder.statusIfThere(of: name)?.kind == .file else { return [] }
      return try folder.openToRead(name).readEnd(atMost: limit)
    }
  }

  /// Each line of a file that ends, without ever holding all of it; none when there is no file.
  borrowing func forEachLine(of name: String, _ body: ([UInt8]) -> Void) throws(Failure) {
    try attempt(to: "read \(path)/\(name)") { () throws(SystemError) in
      guard try folder.statusIfThere(of: name)?.kind == .file else { return }
      let file = try folder.openToRead(name)
      var buffer = [UInt8](repeating: 0, count: 65_536)
      var line: [UInt8] = []
      while true {
        let count = try file.readAll(into: &buffer, atMost: buffer.count)
        var pieces = buffer[..<count].split(separator: 0x0A, omittingEmptySubsequences: false)
        let last = pieces.removeLast()
        for piece in pieces {
          body(line + piece)
          line = []
        }
        // What never ends is no line, and must not fill the memory.
        line = line.count < buffer.count ? line + last : []
        if count < buffer.count { return }
      }
    }
  }

  /// Replaces a file: after a crash at any instant there is the old one or the new one, and after this
  /// returned the new one.
  public borrowing func replace(_ name: String, _ text: String) throws(Failure) {
    try attempt(to: "write \(path)/\(name)") { () throws(SystemError) in
      try folder.replaceDurably(name, Array(text.utf8))
    }
  }

  /// As `replace`, but the disk has it only when the kernel wrote it there by itself, within half a minute: for what a
  /// box can do without, on a disk that may be slow.
  borrowing func replaceSoon(_ name: String, _ text: String) throws(Failure) {
    try attempt(to: "write \(path)/\(name)") { () throws(SystemError) in
      try folder.replace(name, Array(text.utf8), durably: false)
    }
  }

  /// Removes a file, if it is there.
  public borrowing func remove(_ name: String) throws(Failure) {
    try attempt(to: "remove \(path)/\(name)") { () throws(SystemError) in
      guard try folder.statusIfThere(of: name) != nil else { return }
      try folder.remove(name)
    }
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
      let file = try folder.openToAppend(name, mode: 0o644)
      if done < lines.count {
        let isWhole = done > 0 ? true : try folder.openToRead(name).endsInNewline()
        try file.write((isWhole ? [] : [0x0A]) + lines[done...])
      }
      if isUrgent { try file.synchronize() }
    }
  }

  /// How many of these bytes stand at the end of the file already. Where logrotate began a new one meanwhile, all of
  /// them may stand at the end of the one before.
  private borrowing func part(of lines: [UInt8], in name: String) throws(Failure) -> Int {
    let end = try readEnd(of: name, atMost: lines.count)
    if let count = DataFolder.overlap(end, lines) { return count }
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
