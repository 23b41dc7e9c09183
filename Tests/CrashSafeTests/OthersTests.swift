import Foundation
import TestSupport
import Testing

@testable import CrashSafe

/// Other users, other limits, other file systems.
@Suite struct OthersTests {
  /// Runs a command, and returns what it printed.
  private func run(_ words: String...) -> String { run(words) }

  private func run(_ words: [String]) -> String { TestSupport.run(words).output }

  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `another user can read nothing, and is told why`() throws {
    try withScratch { folder in
      chmod(folder, 0o755)
      let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
      let store = try KeyValueStore(at: "\(folder)/store", fileSystem: .unchecked)
      try store.set("key", to: bytes("secret"))
      try Counter("count", in: folder, fileSystem: .unchecked).increment()
      func asNobody(_ words: String...) -> String {
        run(nobody + [Exerciser.path, "power", folder] + words)
      }
      #expect(
        asNobody("get", "key") == "unable to open \(folder)/store/values: Permission denied\n")
      #expect(
        asNobody("set", "key").hasPrefix("unable to open \(folder)/store"))
      #expect(
        asNobody("increment") == "unable to open \(folder)/count: Permission denied\n")
      // What is to be read by all is, and no more than that.
      let open = try KeyValueStore(
        at: "\(folder)/open", durability: .process, permissions: 0o644)
      try open.set("key", to: bytes("public"))
      chmod("\(folder)/store", 0o700)
      try FileManager.default.moveItem(atPath: "\(folder)/store", toPath: "\(folder)/hidden")
      try FileManager.default.moveItem(atPath: "\(folder)/open", toPath: "\(folder)/store")
      #expect(asNobody("get", "key") == "public\n")
      #expect(asNobody("set", "key").contains("Permission denied"))
      #expect(try open.value(of: "key") == bytes("public"))
    }
  }

  @Test func `running out of descriptors is reported as that`() throws {
    try withScratch { (folder) throws in
      let path = Exerciser.path
      #expect(run(path, "power", folder, "increment") == "1\n")
      let output = run("prlimit", "--nofile=4", path, "power", folder, "increment")
      #expect(output == "unable to open \(folder): Too many open files\n")
    }
  }

  @Test func `network file systems are known`() {
    for kind: UInt64 in [0x6969, 0xFE53_4D42, 0xFF53_4D42, 0x0102_1997, 0x6573_5546] {
      #expect(FileSystemCheck.isRemote(kind))
    }
    // ext4, xfs, btrfs, tmpfs, overlayfs
    for kind: UInt64 in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
      #expect(!FileSystemCheck.isRemote(kind))
    }
  }

  @Test func `where the file of the locks was removed, all go on with the next one`() throws {
    try withScratch { folder in
      func store() throws -> KeyValueStore {
        try KeyValueStore(
          at: "\(folder)/store", durability: .process, patience: .milliseconds(30))
      }
      let (one, other) = try (store(), store())
      for each in [one, other] { try each.set("key", to: []) }
      unlink("\(folder)/store/lock")
      try other.set("another", to: [])
      try one.update("key") { _ in
        #expect(reason { () throws(StorageError) in try other.set("key", to: []) } == .held)
        return []
      }
    }
  }

  /// The kernel gives a file back as soon as it is closed: a hundred openings leave nothing open.
  @Test func `nothing stays open`() throws {
    try withScratch { folder in
      func count() -> Int { names(in: "/proc/self/fd").count }
      let before = count()
      for _ in 0..<100 {
        let store = try KeyValueStore(at: "\(folder)/store", durability: .process)
        try store.set(["a": [1], "b": nil])
        _ = try store.allKeys()
        _ = try Counter("count", in: folder, durability: .process).increment()
        var cache = try Cache(of: 0, .shared, mark: "mark", in: folder)
        try cache.rebuild { _ in }
      }
      #expect(count() < before + 50)
    }
  }
}
