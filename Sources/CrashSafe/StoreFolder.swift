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

extension Folder {
  /// All names in it, each once, also those that are replaced meanwhile.
  borrowing func allNames() throws(SystemError) -> [[UInt8]] {
    var names: [[UInt8]] = []
    var vainReadings = 0
    for _ in 0..<Folder.mostReadings {
      let before = try status().modified
      let begin = Moment.now().realtime
      let known = names.count
      try forEachEntry(onSystemError: { $0 }) { (entry) throws(SystemError) in
        names.append(Array(entry.bytes))
      }
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
