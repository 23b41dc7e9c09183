import LinuxCalls

/// What the kernel of the boot before left in pstore (Documentation/admin-guide/ramoops.rst): its last words, and ours.
enum Pstore {
  /// What it is of.
  static let subject = "pstore"
  /// So much of each file.
  private static let mostOfFile = 65_536

  /// Copies it to evidence, once in a boot, unless it is what was copied before: a power failure may leave the records of
  /// an earlier boot. They stay where they are, for others may want them.
  ///
  /// - Parameter archive: where systemd-pstore(8) has moved it before, as it does on Debian at the begin of each boot.
  static func keep(
    in state: borrowing StateFolder, from path: String = "/sys/fs/pstore",
    archive: String = "/var/lib/systemd/pstore", roots: Roots
  ) throws(Failure) {
    if try state.has(.pstoreRead) { return }
    var bytes = read(path)
    if bytes.isEmpty { bytes = readNew(archive) }
    let last = EvidenceStore.files(roots, of: subject).last.map { EvidenceStore.read($0, roots) }
    if !bytes.isEmpty, last ?? [] != bytes { try EvidenceStore.keep(subject, bytes, in: state) }
    try state.set(.pstoreRead)
  }

  /// What was moved there in this boot, or within the hour before it, for the clock may have been set since: what is of
  /// the boot before was copied then. A folder for each time, and in that one for each record.
  private static func readNew(_ path: String) -> [UInt8] {
    let begin = Clock.realtime - Clock.monotonic - .seconds(3600)
    let times = folders(path)
    let bytes = ([path] + times + times.flatMap(folders)).flatMap { read($0, since: begin) }
    return Array(bytes.prefix(EvidenceStore.largest))
  }

  private static func folders(_ path: String) -> [String] {
    ((try? Folder(path: path).names(of: .folder)) ?? []).map { "\(path)/\($0.text)" }
  }

  /// All records, the end of each, with what they are called.
  private static func read(_ path: String, since begin: Duration = .zero) -> [UInt8] {
    guard let folder = try? Folder(path: path), let names = try? folder.names() else { return [] }
    var bytes: [UInt8] = []
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard bytes.count < EvidenceStore.largest,
        begin == .zero || (try? FileStatus.at("\(path)/\(name.text)").changed) ?? .zero >= begin,
        let record = try? folder.openToRead(name.text).readEnd(atMost: mostOfFile), !record.isEmpty
      else { continue }
      bytes += Array("[\(printable(name))]\n".utf8) + record
      if bytes.last != .newline { bytes.append(.newline) }
    }
    return Array(bytes.prefix(EvidenceStore.largest))
  }
}
