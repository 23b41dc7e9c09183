import Linux

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
  /// - Parameter since: those before this date are left out, CLOCK_REALTIME.
  public static func history(_ roots: Roots, since: Duration = .zero) throws(Failure) -> [Line] {
    try lines(roots, files: [olderFile, file], atMost: mostOfHistory).filter { $0.time >= since }
  }

  /// Looks at each line of this file, the newest last, however large it is. After logrotate moved it away there
  /// is none, so what counts them begins anew.
  public static func forEachLine(_ roots: Roots, _ body: (Line) -> Void) throws(Failure) {
    try roots.dataIfThere()?.forEachLine(of: file) { Line($0).map(body) }
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
    _ roots: Roots, files: [String], atMost limit: Int
  ) throws(Failure) -> [Line] {
    guard let data = try roots.dataIfThere() else { return [] }
    var lines: [Line] = []
    for file in files {
      lines += try data.readEnd(of: file, atMost: limit).lines.compactMap { Line($0) }
    }
    return lines
  }
}
