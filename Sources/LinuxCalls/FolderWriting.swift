import CLinuxCalls

// How files come into a folder and leave it. The order of what is written, flushed and renamed stands here once.

extension Folder {
  /// Makes the file `name`, which must not be there yet, to be read and written by its owner and, unless said otherwise,
  /// read by all.
  public borrowing func create(
    _ name: String, mode: UInt32 = 0o644
  ) throws(SystemError) -> Descriptor {
    try open(name, [.readWrite, .create, .exclusive, .noFollow], mode: mode)
  }

  /// Opens the file `name` to read and write; it is made, empty, when it is missing.
  public borrowing func openOrCreate(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    try open(name, [.readWrite, .create, .noFollow, .nonBlocking], mode: mode)
  }

  /// Opens the file `name` to write at its end; it is made with these permissions when it is missing. A symbolic
  /// link fails, and so does a FIFO that nobody reads.
  public borrowing func openToAppend(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    let file = try openToAppendOrMake(name, mode: mode)
    // Only the opening must not wait.
    _ = try check { clinux_fcntl(file.number, F_SETFL, Int(O_APPEND)) }
    return file
  }

  private borrowing func openToAppendOrMake(
    _ name: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    // To write only: one that opens a FIFO to read as well is its reader, and waits for itself when it is full.
    let flags: OpenFlags = [.write, .append, .noFollow, .nonBlocking]
    // Not to be made, when it is there: that would wait for a frozen disk.
    if let file = try unless(.noSuchFile, open(name, flags)) { return file }
    return try open(name, flags.union(.create), mode: mode)
  }

  // MARK: Whole or not at all

  /// Makes a file whole under a name that means nothing, as which it is nobody else's: `publish` or `link` give it its
  /// own. What a killed process left of that name is thrown away.
  ///
  /// - Parameters:
  ///   - draft: the name that means nothing.
  ///   - fill: writes it. When that fails there is no draft.
  public borrowing func makeDraft(
    _ draft: String, mode: UInt32 = 0o644,
    _ fill: (borrowing Descriptor) throws(SystemError) -> Void
  ) throws(SystemError) -> Descriptor {
    let file = try createAnew(draft, mode: mode)
    try fillDraft(file, draft, fill)
    return file
  }

  private borrowing func createAnew(
    _ draft: String, mode: UInt32
  ) throws(SystemError) -> Descriptor {
    if let file = try unless(.fileExists, create(draft, mode: mode)) { return file }
    try remove(draft)
    return try create(draft, mode: mode)
  }

  /// Fills a draft of this folder; when that fails there is none.
  public borrowing func fillDraft(
    _ file: borrowing Descriptor, _ draft: String,
    _ fill: (borrowing Descriptor) throws(SystemError) -> Void
  ) throws(SystemError) {
    do throws(SystemError) { try fill(file) } catch {
      try? remove(draft)
      throw error
    }
  }

  /// Lets a draft of this folder take the place of the file `name` of another one; when that fails there is no draft.
  ///
  /// The order is what makes it safe: contents that reach the disk after their name would be found empty
  /// there when the power failed in between.
  ///
  /// - Parameters:
  ///   - file: the draft.
  ///   - durably: whether the new contents are on the disk when this returns. When it throws, they may be.
  public borrowing func publish(
    _ file: borrowing Descriptor, _ draft: String, as name: String, in target: borrowing Folder,
    durably: Bool
  ) throws(SystemError) {
    try fillDraft(file, draft) { (file) throws(SystemError) in
      if durably { try file.synchronize() }
      try rename(draft, to: name, in: target)
    }
    if durably { try target.synchronize() }
  }

  /// Replaces the file `name`, whole or not at all. It is written under a dotted name first, which must be
  /// nobody else's.
  ///
  /// - Parameters:
  ///   - durably: whether the new contents are on the disk when this returns.
  ///   - draft: the dotted name, where it is to be another one.
  ///   - permissions: those of the new file; left out, those of 0644 that the umask lets it have.
  public borrowing func replace(
    _ name: String, _ contents: [UInt8], durably: Bool, draft: String? = nil,
    permissions: UInt32? = nil
  ) throws(SystemError) {
    let draft = draft ?? ".\(name)"
    let file = try makeDraft(draft) { (file) throws(SystemError) in
      if let permissions { try file.permit(permissions) }
      try file.write(contents)
    }
    try publish(file, draft, as: name, in: self, durably: durably)
  }

  /// Writes over the file `name`, where there is no room for another one. What is larger than the room that the file has
  /// is cut off after its last whole line. A reader may see half of it.
  ///
  /// - Returns: the file.
  public borrowing func overwrite(
    _ name: String, _ contents: [UInt8]
  ) throws(SystemError) -> Descriptor {
    let file = try open(name, [.write, .noFollow, .nonBlocking])
    let wrote = try check { pwrite(file.number, contents, contents.count, 0) }
    let end =
      wrote < contents.count ? contents[..<wrote].lastIndex(of: .newline).map { $0 + 1 } : wrote
    // This dates it too, where nothing is written.
    try file.truncate(to: Int64(end ?? 0))
    return file
  }

  /// Cuts the file `name` to nothing, whatever its owner does with it meanwhile, and leaves its date.
  public borrowing func cut(_ name: String) throws(SystemError) {
    let file = try open(name, [.write, .noFollow, .nonBlocking])
    let date = try file.status().modified
    try file.truncate(to: 0)
    try file.date(date)
  }

  /// Waits until names that were made and removed in it are so on the disk. The corresponding C function is
  /// `fsync`.
  public borrowing func synchronize() throws(SystemError) { try descriptor.synchronize() }

  // MARK: Names

  /// Dates `name` with the present. Needs ownership or write permission of the file only. The
  /// corresponding C function is `utimensat` with no times.
  public borrowing func touch(_ name: String) throws(SystemError) {
    _ = try check(name) { utimensat(descriptor.number, $0, nil, AT_SYMLINK_NOFOLLOW) }
  }

  /// Removes the file `name`. The corresponding C function is `unlinkat`.
  public borrowing func remove(_ name: String) throws(SystemError) {
    _ = try check(name) { unlinkat(descriptor.number, $0, 0) }
  }

  /// Removes the file `name`, if it is there.
  public borrowing func removeIfThere(_ name: String) throws(SystemError) {
    try unless(.noSuchFile, remove(name))
  }

  /// Removes the folder `name`, which must be empty. The corresponding C function is `unlinkat` with
  /// AT_REMOVEDIR.
  public borrowing func removeFolder(_ name: String) throws(SystemError) {
    _ = try check(name) { unlinkat(descriptor.number, $0, AT_REMOVEDIR) }
  }

  /// Gives a file of this folder a second name in `other`; fails with `fileExists` rather than replace.
  /// The corresponding C function is `linkat`.
  public borrowing func link(
    _ name: String, to newName: String, in other: borrowing Folder
  ) throws(SystemError) {
    _ = try check { linkat(descriptor.number, name, other.descriptor.number, newName, 0) }
  }

  /// Moves a file of this folder to `other`, replacing what has that name there. The corresponding C
  /// function is `renameat`.
  public borrowing func rename(
    _ name: String, to newName: String, in other: borrowing Folder
  ) throws(SystemError) {
    _ = try check { renameat(descriptor.number, name, other.descriptor.number, newName) }
  }

  /// Makes a FIFO (mkfifoat(3)), to be used by its owner only.
  public borrowing func makeFIFO(_ name: String) throws(SystemError) {
    _ = try check(name) { mkfifoat(descriptor.number, $0, 0o600) }
  }

  /// Makes the symbolic link `name`. The corresponding C function is `symlinkat`.
  public borrowing func makeLink(_ name: String, to target: String) throws(SystemError) {
    _ = try check { symlinkat(target, descriptor.number, name) }
  }

  /// Makes the executable file `name` with these contents, instead of what had that name.
  public borrowing func makeExecutable(_ name: String, _ contents: String) throws(SystemError) {
    try? remove(name)
    let file = try open(name, [.write, .create, .exclusive, .noFollow], mode: 0o755)
    try file.write(Array(contents.utf8))
  }
}
