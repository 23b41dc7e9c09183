import CLinuxCalls

/// A folder of one's own that goes when its owner does.
public struct TemporaryFolder: ~Copyable {
  /// Where it is.
  public let path: String
  private let stays: Bool

  /// Makes one in TMPDIR, or in /tmp where that is empty or not set, that nobody else can look into. The
  /// corresponding C function is `mkdtemp`.
  ///
  /// - Parameters:
  ///   - name: what its name starts with.
  ///   - stays: whether it is left behind to be looked at.
  public init(named name: String, stays: Bool) throws(SystemError) {
    var template = Array("\(TemporaryFolder.parent())/\(name).XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError.last }
    path = template.dropLast().map { UInt8(bitPattern: $0) }.text
    self.stays = stays
  }

  /// Where temporary folders are made: an absolute path, for they are looked for from elsewhere too.
  ///
  /// - Parameter wish: what TMPDIR says; nil where it is not set.
  public static func parent(_ wish: String? = ThisProcess.environment("TMPDIR")) -> String {
    guard let wish, !wish.utf8.isEmpty else { return "/tmp" }
    return ThisProcess.absolute(wish)
  }

  deinit {
    if !stays { try? Folder(path: "/").removeTree(path) }
  }
}

extension Folder {
  /// Removes `name` with everything in it; symbolic links are removed and not followed.
  public borrowing func removeTree(_ name: String) throws(SystemError) {
    guard try status(of: name).kind == .folder else { return try remove(name) }
    try self.folder(name).removeContents()
    try removeFolder(name)
  }

  private borrowing func removeContents() throws(SystemError) {
    // Removing while reading may skip entries on some file systems: hence again until there is none.
    var isEmpty = false
    while !isEmpty {
      isEmpty = true
      try forEachEntry { entry throws(SystemError) in
        isEmpty = false
        // A name need not be text, so it is handed on as it is; the kernel's entry ends in a zero byte.
        let name = entry.bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        guard let name, unlinkat(descriptor.number, name, 0) != 0 else { return }
        guard SystemError.last == .isAFolder || SystemError.last == .notPermitted else {
          throw SystemError.last
        }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let number = try check { clinux_openat(descriptor.number, name, flags, 0) }
        try Folder(Descriptor(owning: number), path: path).removeContents()
        _ = try check { unlinkat(descriptor.number, name, AT_REMOVEDIR) }
      }
    }
  }
}
