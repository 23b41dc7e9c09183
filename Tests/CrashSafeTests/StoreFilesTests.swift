import Foundation
import TestSupport
import Testing

@testable import CrashSafe

/// A store in a directory of its own, and the path of that.
func withStore(
  _ body: (KeyValueStore, String) throws -> Void
) throws {
  try withScratch { folder in
    let path = "\(folder)/store"
    try body(KeyValueStore(at: path, durability: .process), path)
  }
}

/// What lies in the directory of a store: what was torn, what others put there, and who may read it.
@Suite struct StoreFilesTests {
  /// What a power failure leaves on a disk that was not flushed: nothing, a part, zeros, something else.
  @Test func `a torn value reads as absent and is no key; where power counts, it is reported`()
    throws
  {
    try withStore { store, path in
      try store.set("key", to: bytes("a value"))
      let file = "\(path)/values/kkey"
      let whole = try Data(contentsOf: URL(filePath: file))
      var torn = (0..<whole.count).map { whole.prefix($0) }
      torn.append(Data(count: whole.count))
      var flipped = whole
      flipped[2] ^= 1
      torn.append(flipped)
      let careful = try KeyValueStore(at: path, durability: .power, fileSystem: .unchecked)
      for contents in torn {
        try contents.write(to: URL(filePath: file))
        #expect(try store.value(of: "key") == nil && !store.contains("key") && store.count() == 0)
        #expect(reason { () throws(StorageError) in _ = try careful.value(of: "key") } == .damaged)
      }
      try store.set("key", to: bytes("new"))
      #expect(try careful.value(of: "key") == bytes("new"))
    }
  }

  @Test func `nobody else can read it unless asked for`() throws {
    try withScratch { folder in
      func mode(_ path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
      }
      let before = umask(0o022)
      defer { umask(before) }
      try KeyValueStore(at: "\(folder)/a", durability: .process).set("key", to: [])
      #expect(mode("\(folder)/a") == 0o700 && mode("\(folder)/a/values/kkey") == 0o600)
      let shared = try KeyValueStore(
        at: "\(folder)/b", durability: .process, permissions: 0o660)
      try shared.set("key", to: [])
      #expect(mode("\(folder)/b/values") == 0o770 && mode("\(folder)/b/lock") == 0o660)
      #expect(mode("\(folder)/b/values/kkey") == 0o660, "whatever the umask withholds")
    }
  }

  @Test func `a store of the first version is refused`() throws {
    try withScratch { folder in
      try FileManager.default.createDirectory(
        atPath: "\(folder)/keys", withIntermediateDirectories: true)
      #expect(
        reason { () throws(StorageError) in
          _ = try KeyValueStore(at: folder, durability: .process)
        } == .earlierVersion)
      #expect(
        reason { () throws(StorageError) in _ = try KeyValueStore(reading: folder) }
          == .earlierVersion)
    }
  }

  @Test func `a file that others put there is no key`() throws {
    try withStore { store, path in
      for name in ["README", ".hidden", "kUPPER", "h123", "k%61", "pshort"] {
        try "x".write(toFile: "\(path)/values/\(name)", atomically: false, encoding: .utf8)
      }
      #expect(try store.allKeys() == [])
    }
  }

  @Test func `a link that others put there leads a long key nowhere`() throws {
    try withStore { store, path in
      let key = String(repeating: "k", count: 100)
      let elsewhere = "\(path)/elsewhere"
      #expect(mkdir(elsewhere, 0o700) == 0)
      try write("theirs", to: "\(elsewhere)/\(KeyName(bytes(key)).last)")
      #expect(symlink("../elsewhere", "\(path)/values/\(KeyName(bytes(key)).folders[0])") == 0)
      #expect(
        reason { () throws(StorageError) in try store.set(key, to: bytes("ours")) }
          == .system(ENOTDIR))
      #expect(reason { () throws(StorageError) in try store.remove(key) } == .system(ENOTDIR))
      #expect(contents(of: "\(elsewhere)/\(names(in: elsewhere)[0])") == "theirs")
      #expect(names(in: "\(path)/drafts") == [])
    }
  }

  @Test(.enabled(if: getuid() == 0, "only root reads the stores of others"))
  func `a link that its owner put into a store leads root nowhere`() throws {
    try withStore { _, path in
      let key = String(repeating: "k", count: 100)
      let name = KeyName(bytes(key))
      #expect(mkdir("\(path)/elsewhere", 0o700) == 0)
      let value = bytes("a secret")
      try write(
        (value + StoredValue.end(of: value)).text, to: "\(path)/elsewhere/\(name.last)")
      #expect(symlink("../elsewhere", "\(path)/values/\(name.folders[0])") == 0)
      #expect(chown("\(path)/values", 65534, 65534) == 0)
      let store = try KeyValueStore(reading: path)
      #expect(
        reason { () throws(StorageError) in _ = try store.value(of: key) } == .system(ENOTDIR))
      #expect(
        reason { () throws(StorageError) in _ = try store.contains(key) } == .system(ENOTDIR))
      #expect(reason { () throws(StorageError) in _ = try store.allKeys() } == .system(ENOTDIR))
      #expect(rename("\(path)/values", "\(path)/moved") == 0)
      #expect(symlink("moved", "\(path)/values") == 0)
      #expect(
        reason { () throws(StorageError) in _ = try KeyValueStore(reading: path) }
          == .system(ENOTDIR))
    }
  }

  @Test func `a FIFO in the place of a value holds nobody up, and is replaced`() throws {
    try withStore { store, path in
      #expect(mkfifo("\(path)/values/kkey", 0o600) == 0)
      #expect(reason { () throws(StorageError) in _ = try store.value(of: "key") } == .damaged)
      try store.set("key", to: bytes("ours"))
      #expect(try store.value(of: "key") == bytes("ours"))
    }
  }

  @Test func `a file that is larger than any value is not read to its end`() throws {
    try withStore { _, path in
      try write("x", to: "\(path)/values/kkey")
      #expect(truncate("\(path)/values/kkey", 1 << 40) == 0)
      let store = try KeyValueStore(reading: path)
      #expect(reason { () throws(StorageError) in _ = try store.value(of: "key") } == .damaged)
    }
  }

  @Test func `a store whose directory was removed says so, and not that it has no keys`() throws {
    try withStore { store, path in
      try store.set("key", to: bytes("value"))
      #expect(rename("\(path)/values", "\(path)/elsewhere") == 0)
      #expect(try store.value(of: "key") == bytes("value"))
      try FileManager.default.removeItem(atPath: "\(path)/elsewhere")
      // As another process makes it.
      let other = try KeyValueStore(at: path, durability: .process)
      try other.set("key", to: bytes("other"))
      let reasons = [
        reason { () throws(StorageError) in _ = try store.value(of: "key") },
        reason { () throws(StorageError) in _ = try store.contains("key") },
        reason { () throws(StorageError) in _ = try store.allKeys() },
        reason { () throws(StorageError) in try store.set("key", to: []) },
        reason { () throws(StorageError) in try store.remove("key") },
      ]
      #expect(reasons == [StorageError.Reason?](repeating: .system(ENOENT), count: 5))
      #expect(try other.value(of: "key") == bytes("other"))
    }
  }
}
