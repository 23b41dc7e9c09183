import LinuxCalls

extension Folder {
  /// Opens the folder of a path, which is made when it is missing; those above it must be there.
  ///
  /// - Parameters:
  ///   - mode: the permissions of one that is made here.
  ///   - durably: whether its own name is on the disk when this returns. The process that made it may have been killed
  ///     before seeing to that, so it is not enough to do it when we make it.
  static func openOrMake(
    _ path: String, mode: UInt32, durably: Bool
  ) throws(SystemError) -> Folder {
    let folder = try openOrMake(path, mode: mode)
    // A user that may not read the folder above was given this one by another, long ago.
    if durably { try unless(.accessDenied, Folder(path: "\(path)/..").synchronize()) }
    return folder
  }
}

/// The permissions of a folder whose files have these: a user that may read a file may also reach it.
func folderMode(_ permissions: UInt32) -> UInt32 {
  permissions | 0o700 | (permissions & 0o044) >> 2
}

extension Folder {
  /// Opens a file to read and to write, which is made when it is missing.
  ///
  /// First without making it: in a directory where everybody may write, as in /dev/shm, the kernel lets nobody open
  /// another user's file so, not even root (fs.protected_regular in proc_sys_fs(5)).
  borrowing func openOrMakeFile(
    _ name: String, _ permissions: UInt32
  ) throws(SystemError) -> Descriptor {
    while true {
      let there = try unless(.noSuchFile, open(name, [.readWrite, .noFollow, .nonBlocking]))
      if let there { return there }
      // Somebody else may be quicker.
      if let made = try unless(.fileExists, create(name, mode: permissions)) {
        try settle(made, permissions)
        return made
      }
    }
  }

  /// Gives a file that was just made in this directory the permissions that the umask withheld. What root has made in
  /// another user's directory becomes that user's: an administrator who sets one key must not lock the server out of it.
  borrowing func settle(
    _ file: borrowing Descriptor, _ permissions: UInt32
  ) throws(SystemError) {
    try toHeir { owner throws(SystemError) in try file.give(to: owner) }
    if permissions & 0o077 != 0 { try file.permit(permissions) }
  }

  /// Opens a directory in this one, which is made when it is missing, for those that may use files of these permissions.
  borrowing func openOrMakeFolder(
    _ name: String, _ permissions: UInt32
  ) throws(SystemError) -> Folder {
    if let there = try unless(.noSuchFile, folder(name)) { return there }
    let made = try makeFolder(name, mode: folderMode(permissions))
    try toHeir { owner throws(SystemError) in try made.give(to: owner) }
    return made
  }

  /// Gives what root has just made here to the owner of this directory. The root of a container may not, where it lacks
  /// the right (CAP_CHOWN) or has no such user: it is a user like others then, whose files are its own.
  private borrowing func toHeir(
    _ give: (UInt32) throws(SystemError) -> Void
  ) throws(SystemError) {
    guard ThisProcess.user == 0 else { return }
    let owner = try status().owner
    if owner != 0 { try unless(.notPermitted, unless(.invalidArgument, give(owner))) }
  }
}

extension Folder {
  /// All names in it, each once, also those that are replaced meanwhile.
  ///
  /// Some file systems (tmpfs, btrfs) pass over a name that is replaced while they are asked for all. Where
  /// others write meanwhile, the folder is therefore read until two readings in a row find nothing new: a name
  /// that is only replaced would have to be passed over in each of them.
  borrowing func allNames() throws(SystemError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var vainReadings = 0
    for _ in 0..<Folder.mostReadings {
      let before = try status().modified
      let begin = Clock.realtime
      let known = names.count
      names += try self.names()
      names = Folder.sortedOnce(names)
      // Nobody touched it, and not so short a time ago that its date could not tell.
      let after = try status().modified
      if before == after, begin - after > .milliseconds(50) { break }
      vainReadings = names.count == known ? vainReadings + 1 : 0
      if vainReadings == 2 { break }
    }
    return names
  }

  /// Where names are made faster than they are read, somebody has to stop.
  private static let mostReadings = 20

  private static func sortedOnce(_ names: [[UInt8]]) -> [[UInt8]] {
    var once: [[UInt8]] = []
    for name in names.sorted(by: { $0.lexicographicallyPrecedes($1) }) where once.last != name {
      once.append(name)
    }
    return once
  }
}
