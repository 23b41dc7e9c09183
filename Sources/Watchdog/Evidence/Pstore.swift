import LinuxCalls

/// What the kernel of the boot before left in pstore (Documentation/admin-guide/ramoops.rst): its last words, and ours.
enum Pstore {
  /// What it is of.
  static let subject = "pstore"
  /// That it was looked at in this boot.
  private static let marker = "pstore-read"
  /// So much of each file.
  private static let mostOfFile = 65_536

  /// Copies it to evidence, once in a boot, unless it is what was copied before: a power failure may leave the records of
  /// an earlier boot. They stay where they are, for others may want them.
  static func keep(
    in state: borrowing StateFolder, from path: String = "/sys/fs/pstore", roots: Roots
  ) throws(Failure) {
    if try state.status(of: marker) != nil { return }
    let bytes = read(path)
    let last = EvidenceStore.files(roots, of: subject).last.map { EvidenceStore.read($0, roots) }
    if !bytes.isEmpty, last ?? [] != bytes { try EvidenceStore.keep(subject, bytes, in: state) }
    try state.replace(marker, "", by: "clerk")
  }

  /// All records, the end of each, with what they are called.
  private static func read(_ path: String) -> [UInt8] {
    guard let folder = try? Folder(path: path), let names = try? folder.names() else { return [] }
    var bytes: [UInt8] = []
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard bytes.count < EvidenceStore.largest,
        let record = try? folder.openToRead(name.text).readEnd(atMost: mostOfFile), !record.isEmpty
      else { continue }
      bytes += Array("[\(printable(name))]\n".utf8) + record
      if bytes.last != .newline { bytes.append(.newline) }
    }
    return Array(bytes.prefix(EvidenceStore.largest))
  }
}
