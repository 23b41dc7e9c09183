import CLinux

/// A folder of one's own that goes when its owner does.
public struct TemporaryFolder: ~Copyable {
  /// Where it is.
  public let path: String
  private let stays: Bool

  /// Makes one in TMPDIR, else in /tmp, that nobody else can look into. The corresponding C function is
  /// `mkdtemp`.
  ///
  /// - Parameters:
  ///   - name: what its name starts with.
  ///   - stays: whether it is left behind to be looked at.
  public init(named name: String, stays: Bool) throws(SystemError) {
    let parent = ThisProcess.environment("TMPDIR") ?? "/tmp"
    var template = Array("\(parent)/\(name).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError.last }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    self.stays = stays
  }

  deinit {
    if !stays { try? Folder(path: "/").removeTree(path) }
  }
}

extension Folder {
  /// Removes `name` with everything in it; symbolic links are removed and not followed.
  public borrowing func removeTree(_ name: String) throws(SystemError) {
    guard try status(of: name).kind == .folder else { return try remove(name) }
    let folder = try self.folder(name)
    // Removing while reading may skip entries on some file systems: hence again until there is none.
    var isEmpty = false
    while !isEmpty {
      isEmpty = true
      try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        isEmpty = false
        try folder.removeTree(String(decoding: entry.bytes, as: UTF8.self))
      }
    }
    _ = try check { unlinkat(descriptor.number, name, AT_REMOVEDIR) }
  }
}
