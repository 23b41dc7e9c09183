import LinuxCalls

/// Where evidence is kept: /run/watchdog/evidence, which no disk can hold up, until a clerk has carried it to
/// /var/lib/watchdog/evidence. A file is NAME-TIME: "web-20261126T091200Z".
public enum EvidenceStore {
  /// The directory's name, in both places.
  public static let folder = "evidence"
  /// The largest file, in bytes.
  static let largest = 262_144
  /// So many are kept of each name.
  static let mostOfName = 5
  /// So many wait in memory for a disk that does not answer.
  private static let mostWaiting = 20

  /// A file that is there.
  public struct File: Equatable, Sendable {
    /// Its name.
    public let name: String
    /// What it is of: a heart or problem, `box` or `pstore`.
    public let subject: String

    /// Reads the name of a file; nil when it is none of evidence.
    public init?(_ bytes: [UInt8]) {
      guard bytes.count > 17, bytes.first != .dot, bytes.last == UInt8(ascii: "Z"),
        bytes[bytes.count - 17] == UInt8(ascii: "-"), bytes[bytes.count - 8] == UInt8(ascii: "T"),
        let subject = Name(bytes.dropLast(17))
      else { return nil }
      self.subject = subject.text
      name = bytes.text
    }

    /// When it was kept, as the clock then was: "20261126T091200Z".
    public var time: String { Array(name.utf8.suffix(16)).text }

    /// The same in the form of RFC 3339, to the second.
    public var date: String {
      let t = Array(time.utf8)
      func part(_ from: Int, _ to: Int) -> String { Array(t[from..<to]).text }
      return
        "\(part(0, 4))-\(part(4, 6))-\(part(6, 8))T\(part(9, 11)):\(part(11, 13)):\(part(13, 15))Z"
    }

    /// Whether both are the same file.
    public static func == (one: File, other: File) -> Bool { one.name.isEqual(to: other.name) }
  }

  /// "20261126T091200Z", from "2026-11-26T09:12:00.000Z".
  static func time(_ now: Duration) -> String {
    let marks = Array("-:".utf8)
    return Array(now.date.utf8.prefix(19)).filter { !marks.contains($0) }.text + "Z"
  }

  /// All files of a subject that there are, or of all subjects, the oldest first; those that wait for the disk too.
  public static func files(_ roots: Roots, of subject: String? = nil) -> [File] {
    var files: [File] = []
    for place in [roots.data, roots.state] {
      for file in all(in: "\(place)/\(folder)") where !files.contains(file) {
        if subject.map({ file.subject.isEqual(to: $0) }) ?? true { files.append(file) }
      }
    }
    return sorted(files)
  }

  private static func sorted(_ files: [File]) -> [File] {
    files.sorted { $0.time.utf8.lexicographicallyPrecedes($1.time.utf8) }
  }

  private static func all(in path: String) -> [File] {
    let names = (try? Folder(path: path).names(of: .file)) ?? []
    return names.compactMap { File($0) }
  }

  /// What a file holds; nothing when it cannot be read.
  public static func read(_ file: File, _ roots: Roots) -> [UInt8] {
    for place in [roots.data, roots.state] {
      if let folder = try? Folder(path: "\(place)/\(folder)"),
        let bytes = try? folder.openToRead(file.name).readOn(atMost: largest)
      {
        return bytes
      }
    }
    return []
  }

  /// Puts evidence where it waits for the clerk: whole or not at all, readable for its owner and group only, for logs and
  /// names of files may be nobody else's business.
  static func keep(
    _ subject: String, _ bytes: [UInt8], in state: borrowing StateFolder
  ) throws(Failure) {
    let waiting = try state.open(.evidence)
    let name = "\(subject)-\(time(Clock.realtime))"
    try attempt(to: "write \(waiting.path)/\(name)") { () throws(SystemError) in
      try waiting.replace(
        name, Array(bytes.prefix(largest)), durably: false, permissions: 0o640)
    }
    prune(waiting, keeping: name, most: mostWaiting, ofEach: mostOfName)
  }

  /// Carries what waits to the disk.
  static func carry(_ roots: Roots, _ state: borrowing StateFolder) throws(Failure) {
    guard let waiting = try state.openIfThere(.evidence) else { return }
    let files = sorted(all(in: waiting.path))
    if files.isEmpty { return }
    let kept = try openKept(roots)
    for file in files {
      guard let bytes = try waiting.read(file.name, atMost: largest) else { continue }
      try attempt(to: "write \(kept.path)/\(file.name)") { () throws(SystemError) in
        try kept.replace(file.name, bytes, durably: true, permissions: 0o640)
      }
      // Carried twice is as good: it has the same name.
      try waiting.clear(file.name)
      prune(kept, keeping: file.name, most: .max, ofEach: mostOfName)
    }
  }

  static func openKept(_ roots: Roots) throws(Failure) -> Folder {
    let data = try roots.openData()
    let kept = try attempt(
      to: "open \(roots.data)/\(folder)", data.openOrMakeFolder(folder, mode: 0o755))
    try kept.checkIsSafe()
    return kept
  }

  /// Removes what is more than is kept: the oldest, but never the one that was just made, for the clock may have been
  /// set back.
  private static func prune(
    _ folder: borrowing Folder, keeping name: String, most: Int, ofEach: Int
  ) {
    let files = sorted(all(in: folder.path)).filter { !$0.name.isEqual(to: name) }
    guard let kept = File(Array(name.utf8)) else { return }
    let same = files.filter { $0.subject.isEqual(to: kept.subject) }
    var old = Array(same.prefix(max(same.count - (ofEach - 1), 0)))
    let others = files.filter { !old.contains($0) }
    if others.count >= most { old += others.prefix(others.count - most + 1) }
    for file in old { try? folder.removeIfThere(file.name) }
  }
}
