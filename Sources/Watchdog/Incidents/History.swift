import LinuxCalls

extension Incident {
  /// The file that logrotate made of the one before: the youngest that is not compressed.
  static let olderFile = "incidents.jsonl.1"
  /// How much of each file is read at the most, in bytes: the newest. logrotate turns them at 10 MB.
  private static let mostOfHistory = 16 << 20

  /// The last lines that were written, the newest last: enough for what happened lately. Lines that are torn are
  /// left out.
  public static func lastLines(_ roots: Roots) throws(Failure) -> [Line] {
    try lines(roots, files: [file], atMost: 65_536)
  }

  /// All lines that are there uncompressed, the newest last: those of this file and of the one before it.
  ///
  /// - Parameter isWanted: leaves out those that are not, before memory is taken for them.
  public static func history(
    _ roots: Roots, where isWanted: (Line) -> Bool = { _ in true }
  ) throws(Failure) -> [Line] {
    try lines(roots, files: [olderFile, file], atMost: mostOfHistory, where: isWanted)
  }

  /// Whether `history` reads all that was ever written: nothing was compressed or thrown away, or is too much.
  public static func isHistoryWhole(_ roots: Roots) -> Bool {
    guard let folder = try? Folder(path: roots.data) else { return true }
    for file in ["incidents.jsonl.2", "incidents.jsonl.2.gz", "incidents.jsonl.1.gz"]
    where (try? folder.status(of: file)) != nil {
      return false
    }
    return [olderFile, file].allSatisfy {
      ((try? folder.status(of: $0))?.size ?? 0) <= Int64(mostOfHistory)
    }
  }

  private static func lines(
    _ roots: Roots, files: [String], atMost limit: Int,
    where isWanted: (Line) -> Bool = { _ in true }
  ) throws(Failure) -> [Line] {
    guard let data = try roots.dataIfThere() else { return [] }
    var lines: [Line] = []
    for file in files {
      var begin = max((try data.look(at: file)?.size ?? 0) - Int64(limit), 0)
      try data.forEachLine(of: file, from: &begin) { bytes in
        if let line = Line(bytes), isWanted(line) { lines.append(line) }
      }
    }
    return lines
  }
}
