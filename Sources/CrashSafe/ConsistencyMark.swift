import Linux

/// The file that says whether a copy is as its master: it is there only while it is.
struct ConsistencyMark: Sendable {
  private let folder: String
  private let name: String
  private let durability: Durability
  /// With `.process` a power failure may have undone the copy and not the mark, so it counts in its own boot
  /// only.
  private let contents: [UInt8]

  init(_ name: String, in folder: String, durability: Durability) throws(StorageError) {
    self.folder = folder
    self.name = name
    self.durability = durability
    contents = durability == .process ? Boot.identity() : Array("consistent\n".utf8)
    _ = try attempt(to: "open \(folder)") { () throws(SystemError) in
      try Folder.openOrMake(folder, durably: durability == .power)
    }
  }

  /// Whether the copy is as its master. Without /proc, which tells boots apart, it never is.
  func isSet() throws(StorageError) -> Bool {
    try attempt(to: "read \(folder)/\(name)") { () throws(SystemError) in
      let found = try Folder(path: folder).readFile(name, atMost: 64)
      return !contents.isEmpty && found == contents
    }
  }

  func set() throws(StorageError) {
    try attempt(to: "write \(folder)/\(name)") { () throws(SystemError) in
      try Folder(path: folder).replace(name, contents, durably: durability == .power)
    }
  }

  func clear() throws(StorageError) {
    try attempt(to: "remove \(folder)/\(name)") { () throws(SystemError) in
      let folder = try Folder(path: folder)
      if try folder.statusIfThere(of: name) != nil { try folder.remove(name) }
      if durability == .power { try folder.synchronize() }
    }
  }

  /// Waits until nobody else changes or rebuilds the copy.
  func lock() throws(StorageError) -> FileLock {
    try attempt(to: "lock \(folder)/.\(name).lock") { () throws(SystemError) in
      let folder = try Folder(path: folder)
      while true {
        let lock = try FileLock(".\(name).lock", in: folder)
        try lock.wait()
        if lock.isInPlace(in: folder) { return lock }
      }
    }
  }
}
