import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import CrashSafe

/// unshare(2), which Glibc's module does not show.
@_silgen_name("unshare") private func unshare(_ flags: Int32) -> Int32

/// Other users, other limits, other file systems.
@Suite struct OthersTests {
  /// Runs a command, and returns what it printed.
  private func run(_ words: String...) -> String { run(words) }

  private func run(_ words: [String]) -> String { TestSupport.run(words).output }

  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `another user can read nothing, and is told why`() throws {
    try withScratch { folder in
      chmod(folder, 0o755)
      let store = try KeyValueStore(at: "\(folder)/store", fileSystem: .unchecked)
      try store.set("key", to: bytes("secret"))
      try Counter("count", in: folder, fileSystem: .unchecked).increment()
      func asNobody(_ words: String...) -> String {
        run(OthersTests.nobody + [Exerciser.path, "power", folder] + words)
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

  private static let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]

  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `what root sets in somebody's store and counter, that one can read and change`() throws {
    try withScratch { folder in
      chown(folder, 65534, 65534)
      func asNobody(_ words: String...) -> String {
        run(OthersTests.nobody + [Exerciser.path, "power", folder] + words)
      }
      let long = String(repeating: "A long key. ", count: 8)
      _ = asNobody("set", "key", "old")
      for key in ["key", "new", long] {
        #expect(run(Exerciser.path, "power", folder, "set", key, "root's") == "")
        #expect(asNobody("get", key) == "root's\n")
        #expect(asNobody("update", key, "mine") == "")
      }
      #expect(run(Exerciser.path, "power", folder, "increment") == "1\n")
      #expect(asNobody("increment") == "2\n")
      // A directory that was made for it, and that nobody but root has opened yet.
      mkdir("\(folder)/master", 0o700)
      chown("\(folder)/master", 65534, 65534)
      #expect(run(Exerciser.path, "power", folder, "cache-set", "key", "root's") == "")
      try FileManager.default.removeItem(atPath: "\(folder)/store")
      try FileManager.default.moveItem(atPath: "\(folder)/master", toPath: "\(folder)/store")
      #expect(asNobody("get", "key") == "root's\n")
      #expect(asNobody("set", "key", "mine") == "")
    }
  }

  /// As /dev/shm is one, and the kernel lets nobody make a file there that another user has made (fs.protected_regular).
  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `several users share a mark where everybody may make files`() throws {
    try withScratch { folder in
      chmod(folder, 0o1777)
      let change = [Exerciser.path, "power", folder, "cache-set", "key", "new"]
      #expect(run(OthersTests.nobody + change) == "")
      #expect(run(change) == "")
    }
  }

  /// As the root of a container is, whose users are not all of the box's.
  @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
  func `a root that may give nothing away keeps what it makes`() throws {
    try withScratch { folder in
      chown(folder, 65534, 65534)
      chmod(folder, 0o777)
      let may = ["unshare", "--user", "--map-root-user"]
      let withoutRights = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]
      for root in [may, withoutRights] {
        func asRoot(_ words: String...) -> String {
          run(root + [Exerciser.path, "power", folder] + words)
        }
        #expect(asRoot("set", "key", "mine") == "")
        #expect(asRoot("get", "key") == "mine\n")
        #expect(asRoot("increment") == "1\n")
        for name in ["store", "count"] {
          try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
      }
    }
  }

  @Test(.enabled(if: geteuid() == 0, "root may enter any directory"))
  func `a umask for files keeps nobody out of its own directories`() throws {
    try withScratch { folder in
      chmod(folder, 0o777)
      let script = "umask 0177; exec \"$@\""
      #expect(
        run(
          OthersTests.nobody + ["sh", "-c", script, "sh", Exerciser.path, "power", folder]
            + ["set", String(repeating: "long ", count: 40), "value"]) == "")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root may mount"))
  func `a store on a disk that became read-only is opened to be read`() throws {
    try withScratch { folder in
      try #require(mount("tmpfs", folder, "tmpfs", 0, "size=256k") == 0)
      defer { umount2(folder, Int32(MNT_DETACH)) }
      let path = "\(folder)/store"
      try KeyValueStore(at: path).set("key", to: bytes("value"))
      // What a writer that was killed left.
      try write("", to: "\(path)/drafts/0123456789abcdef-0")
      try #require(mount("tmpfs", folder, "tmpfs", UInt(MS_REMOUNT | MS_RDONLY), "") == 0)
      let store = try KeyValueStore(at: path)
      #expect(try store.value(of: "key") == bytes("value"))
      #expect(reason { () throws(StorageError) in try store.set("key", to: []) } == .system(EROFS))
    }
  }

  @Test func `a relative directory stays the same one, wherever the process goes`() throws {
    try withScratch { folder in
      let isElsewhere = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        // This thread gets a directory of its own: others of this process look for theirs.
        #expect(unshare(0x200 /* CLONE_FS */) == 0 && chdir(folder) == 0)
        do {
          let counter = try Counter("count", in: "here", durability: .process)
          var cache = try Cache(of: 0, .inMemory, mark: "mark", in: "here")
          #expect(try counter.increment() == 1)
          #expect(chdir("/") == 0)
          #expect(try counter.increment() == 2)
          try cache.rebuild { $0 = 1 }
        } catch { Issue.record(error) }
        isElsewhere.signal()
      }
      isElsewhere.wait()
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

  @Test func `whoever keeps something on FAT is told that a power failure may take it`() throws {
    try withScratch { path in
      let folder = try Folder(path: path)
      for kind: UInt64 in [0x4D44, 0x2011_BAB0] {
        let danger = try #require(try FileSystemCheck.danger(folder, kind))
        #expect("\(danger)".contains("Use ext4, xfs or btrfs"))
      }
      #expect(try FileSystemCheck.danger(folder, 0x5846_5342).map { "\($0)" } == nil, "xfs")
    }
  }

  private static let hasFUSE =
    geteuid() == 0 && access("/dev/fuse", R_OK) == 0 && has("bindfs")

  private static func device(of path: String) -> dev_t? {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_dev : nil
  }

  @Test(.enabled(if: hasFUSE, "needs root, /dev/fuse and bindfs"))
  func `whatever keeps something refuses a file system of FUSE`() throws {
    try withScratch { folder in
      let (disk, mounted) = ("\(folder)/disk", "\(folder)/mounted")
      #expect(mkdir(disk, 0o755) == 0 && mkdir(mounted, 0o755) == 0)
      let server = Process(["bindfs", "-f", disk, mounted])
      try server.run()
      defer {
        umount2(mounted, Int32(MNT_DETACH))
        server.end()
      }
      func isMounted() -> Bool { OthersTests.device(of: mounted) != OthersTests.device(of: disk) }
      for _ in 0..<1000 where !isMounted() { usleep(10_000) }
      try #require(isMounted())
      let refused = StorageError.Reason.networkFileSystem
      #expect(
        reason { () throws(StorageError) in _ = try KeyValueStore(at: "\(mounted)/store") }
          == refused)
      #expect(
        reason { () throws(StorageError) in _ = try Counter("count", in: mounted) } == refused)
      #expect(
        reason { () throws(StorageError) in
          _ = try Cache(of: 0, .inMemory, mark: "mark", in: mounted)
        } == refused)
      _ = try Cache(of: 0, .inMemory, mark: "mark", in: mounted, fileSystem: .unchecked)
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
