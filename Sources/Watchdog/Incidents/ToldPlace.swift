import LinuxCalls

/// /var/lib/watchdog/told: how far incidents were told.
extension FilePlace {
  private static let file = "told"

  /// Where to go on, after these lines were told.
  struct Batch {
    let lines: [[UInt8]]
    let end: FilePlace
  }

  /// Nil where nothing was told yet. What says nothing that can be understood is a place that no file has: what was written
  /// since its date is told then, be it once more.
  static func read(in data: borrowing Folder) throws(Failure) -> FilePlace? {
    guard try data.look(at: file) != nil else { return nil }
    return FilePlace(try data.read(file, atMost: 64)?.firstLine ?? []) ?? .nowhere
  }

  func keep(in data: borrowing Folder) throws(Failure) {
    try data.keep(FilePlace.file, "\(text)\n")
  }

  /// The end of what there is now.
  static func end(of data: borrowing Folder) throws(Failure) -> FilePlace {
    let status = try data.look(at: Incident.file)
    guard let status, status.kind == .file else { return .beginning }
    let file = try attempt(to: "read \(Incident.file)", data.openToRead(Incident.file))
    return try attempt(to: "read \(Incident.file)", FilePlace(status.size, in: file))
  }

  /// What comes after this place; nil when there is nothing.
  func next(in data: borrowing Folder) throws(Failure) -> Batch? {
    let files = try FilePlace.files(in: data)
    return try attempt(to: "read \(data.path)/\(Incident.file)") { () throws(SystemError) in
      for index in files.indices where try isIn(files[index], data) {
        if let batch = try FilePlace.batch(files[index], from: offset, data) { return batch }
        return try FilePlace.first(files[(index + 1)...], data)
      }
      // The file is gone: those that were written since are new.
      let told = try data.statusIfThere(of: FilePlace.file)?.modified ?? .zero
      var since: [String] = []
      for name in files where try data.status(of: name).modified >= told { since.append(name) }
      return try FilePlace.first(since[...], data)
    }
  }

  private static func first(
    _ files: ArraySlice<String>, _ data: borrowing Folder
  ) throws(SystemError) -> Batch? {
    for name in files {
      if let batch = try batch(name, from: 0, data) { return batch }
    }
    return nil
  }

  /// The whole lines from a place of a file on; nil when there is none.
  private static func batch(
    _ name: String, from offset: Int64, _ data: borrowing Folder
  ) throws(SystemError) -> Batch? {
    let file = try data.openToRead(name)
    let bytes = try file.bytes(atMost: Tell.most, from: offset)
    let end = bytes.lastIndex(of: .newline).map { $0 + 1 }
    // What is longer than all that is told at once is no line of ours; what has no end yet gets it.
    guard let end = end ?? (bytes.count == Tell.most ? bytes.count : nil) else { return nil }
    let lines = bytes[..<end].lines.filter { Incident.Line($0) != nil }
    return Batch(lines: lines, end: try FilePlace(offset + Int64(end), in: file))
  }

  /// The files that logrotate has left uncompressed, the oldest first: NAME-DATE or NAME.3, NAME.2, NAME.1, and NAME.
  private static func files(in data: borrowing Folder) throws(Failure) -> [String] {
    let stem = Array(Incident.file.utf8)
    let names = try attempt(to: "read \(data.path)", data.again().names())
    var files: [(order: Int, name: String)] = []
    for name in names where name.starts(with: stem) {
      let rest = Array(name.dropFirst(stem.count))
      if rest.isEmpty {
        files.append((Int.max, name.text))
      } else if let number = UInt64(digits: Array(rest.dropFirst())) {
        // A date is larger than any count, and the older one the smaller.
        let order =
          rest.first == .dot ? 1_000_000_000 - Int(clamping: number) : Int(clamping: number)
        files.append((order, name.text))
      }
    }
    return files.sorted { $0.order < $1.order }.map { $0.name }
  }
}
