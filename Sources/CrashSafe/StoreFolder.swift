import Linux

extension Folder {
  /// Opens the folder of a path, which is made when it is missing; those above it must be there.
  ///
  /// - Parameter durably: whether its own name is on the disk when this returns. Whoever made it may have
  ///   been killed before he saw to that, so it is not enough to do it when we make it.
  static func openOrMake(_ path: String, durably: Bool) throws(SystemError) -> Folder {
    let folder = try openOrMake(path)
    if durably {
      do throws(SystemError) {
        try Folder(path: "\(path)/..").synchronize()
      } catch {
        // Who may not read the folder above has been given this one by somebody else, long ago.
        if error != .accessDenied { throw error }
      }
    }
    return folder
  }

  /// Opens the folder `name` in this one, which is made when it is missing.
  borrowing func openOrMakeFolder(_ name: String) throws(SystemError) -> Folder {
    do throws(SystemError) {
      return try folder(name)
    } catch {
      if error != .noSuchFile { throw error }
    }
    do throws(SystemError) {
      try makeFolder(name)
    } catch {
      // Another process was quicker.
      if error != .fileExists { throw error }
    }
    return try folder(name)
  }
}
