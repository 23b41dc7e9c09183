import CLinuxCalls
import TestSupport
import Testing

@testable import LinuxCalls

@Suite struct FolderTests {
  @Test func `a status is of the entry itself, not of what it leads to`() throws {
    try withScratch { path, folder in
      try write("text", to: "\(path)/file")
      try #require(symlink("file", "\(path)/link") == 0)
      try #require(mkfifo("\(path)/fifo", 0o600) == 0)
      try folder.makeFolder("sub")
      let kinds = try ["file", "link", "fifo", "sub"].map { try folder.status(of: $0).kind }
      #expect(kinds == [.file, .symbolicLink, .fifo, .folder])
      let followed = try folder.followedStatus(of: "link")
      #expect(followed.kind == .file)
      #expect(followed.size == 4)
      let missing = try folder.statusIfThere(of: "missing")
      #expect(missing == nil)
      #expect(failure { () throws(SystemError) in try folder.status(of: "missing") } == .noSuchFile)
    }
  }

  @Test func `a device has a number`() throws {
    let status = try Folder(path: "/dev").status(of: "null")
    #expect(status.kind == .characterDevice)
    #expect(status.node == DeviceNumber(major: 1, minor: 3))
  }

  static let permissions: [(UInt32, others: Bool, sticky: Bool)] = [
    (0o755, false, false), (0o775, true, false), (0o757, true, false), (0o700, false, false),
    (0o1777, true, true), (0o1755, false, true),
  ]

  @Test(arguments: permissions)
  func `permissions say who else may write`(mode: UInt32, others: Bool, sticky: Bool) throws {
    try withScratch { path, folder in
      try #require(chmod(path, mode) == 0)
      let status = try folder.status()
      #expect(status.permissions == mode)
      #expect(status.isWritableByOthers == others)
      #expect(status.isSticky == sticky)
    }
  }

  @Test func `a file is read up to its bound`() throws {
    try withScratch { path, folder in
      try write("0123456789", to: "\(path)/file")
      let texts = try [3, 10, 11].map { try folder.readFile("file", atMost: $0) }
      #expect(texts == ["012", "0123456789", "0123456789"].map { Array($0.utf8) })
    }
  }

  @Test func `what is not a file is not read`() throws {
    try withScratch { path, folder in
      try write("text", to: "\(path)/file")
      try #require(symlink("file", "\(path)/link") == 0)
      try #require(mkfifo("\(path)/fifo", 0o600) == 0)
      try folder.makeFolder("sub")
      for name in ["missing", "link", "fifo", "sub"] {
        let bytes = try folder.readFile(name, atMost: 10)
        #expect(bytes == nil, "\(name)")
      }
    }
  }

  @Test func `opening to read neither waits nor follows`() throws {
    try withScratch { path, folder in
      try write("text", to: "\(path)/file")
      try #require(symlink("file", "\(path)/link") == 0)
      try #require(mkfifo("\(path)/fifo", 0o600) == 0)
      // Nobody writes into it.
      #expect(failure { () throws(SystemError) in try folder.openToRead("fifo") } == nil)
      #expect(failure { () throws(SystemError) in try folder.openToRead("link") } == .symbolicLink)
    }
  }

  @Test func `a directory in a directory is not reached through a link`() throws {
    try withScratch { path, folder in
      try folder.makeFolder("sub")
      try #require(symlink("sub", "\(path)/link") == 0)
      try write("", to: "\(path)/file")
      #expect(failure { () throws(SystemError) in try folder.folder("sub") } == nil)
      for name in ["link", "file"] {
        #expect(failure { () throws(SystemError) in try folder.folder(name) } == .notAFolder)
      }
      #expect(failure { () throws(SystemError) in try folder.makeFolder("sub") } == .fileExists)
    }
  }

  @Test func `an existing file is neither created nor linked over, but can be renamed over`() throws
  {
    try withScratch { path, folder in
      try write("old", to: "\(path)/old")
      try write("new", to: "\(path)/new")
      #expect(failure { () throws(SystemError) in try folder.create("old") } == .fileExists)
      #expect(
        failure { () throws(SystemError) in try folder.link("new", to: "old", in: folder) }
          == .fileExists)
      #expect(contents(of: "\(path)/old") == "old")
      try folder.rename("new", to: "old", in: folder)
      #expect(contents(of: "\(path)/old") == "new")
      #expect(contents(of: "\(path)/new") == nil)
      try folder.remove("old")
      #expect(contents(of: "\(path)/old") == nil)
    }
  }

  @Test func `a file is not created through a link`() throws {
    try withScratch { path, folder in
      try #require(symlink("victim", "\(path)/link") == 0)
      #expect(failure { () throws(SystemError) in try folder.create("link") } == .fileExists)
      #expect(contents(of: "\(path)/victim") == nil)
    }
  }

  @Test func `a touch dates a file with the present, and of a link not the target`() throws {
    try withScratch { path, folder in
      let file = try folder.create("file")
      try file.date(.seconds(5))
      try #require(symlink("file", "\(path)/link") == 0)
      try folder.touch("link")
      let untouched = try folder.status(of: "file").modified
      #expect(untouched == .seconds(5))
      // The kernel dates files by a clock that may be some milliseconds behind.
      let before = Clock.realtime - .seconds(1)
      try folder.touch("file")
      let touched = try folder.status(of: "file").modified
      #expect(touched >= before)
      #expect(
        failure { () throws(SystemError) in try folder.touch("missing") } == .noSuchFile)
    }
  }

  @Test func `a link says what it points to`() throws {
    try withScratch { path, folder in
      let target = String(repeating: "a/", count: 1000)
      try #require(symlink(target, "\(path)/link") == 0)
      let read = try folder.linkTarget(of: "link")
      #expect(read == Array(target.utf8))
    }
  }

  @Test func `a tree is removed with everything in it, but not through links`() throws {
    try withScratch { path, folder in
      try write("stays", to: "\(path)/outside")
      try folder.makeFolder("tree")
      try #require(mkdir("\(path)/tree/deep", 0o755) == 0)
      try #require(symlink("../../outside", "\(path)/tree/deep/link") == 0)
      try #require(symlink("..", "\(path)/tree/up") == 0)
      for number in 0..<50 { try write("", to: "\(path)/tree/deep/\(number)") }
      try folder.removeTree("tree")
      let gone = try folder.statusIfThere(of: "tree")
      #expect(gone == nil)
      #expect(contents(of: "\(path)/outside") == "stays")
    }
  }

  @Test func `a tree is removed whatever its names are made of`() throws {
    try withScratch { path, folder in
      try folder.makeFolder("tree")
      let bytes = cPath([0xFF], in: "\(path)/tree")
      close(clinux_openat(AT_FDCWD, bytes, O_WRONLY | O_CREAT, 0o644))
      defer { unlink(bytes) }
      let failure = failure { () throws(SystemError) in try folder.removeTree("tree") }
      #expect(failure == nil)
    }
  }
}

/// The path of an entry whose name need not be text, as C wants it.
private func cPath(_ name: [UInt8], in folder: String) -> [CChar] {
  (Array("\(folder)/".utf8) + name + [0]).map { CChar(bitPattern: $0) }
}

@Suite struct FolderEntriesTests {
  @Test func `each entry is shown once however many there are`() throws {
    try withScratch { path, folder in
      // Several times what the kernel hands over at once.
      let names = (0..<1000).map { "\($0)-\(String(repeating: "n", count: 100))" }
      for name in names { try write("", to: "\(path)/\(name)") }
      // A second time from the start, too.
      for _ in 0..<2 {
        var seen: [String] = []
        try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
          seen.append(String(decoding: entry.bytes, as: UTF8.self))
        }
        #expect(seen.sorted() == names.sorted())
      }
    }
  }

  @Test func `an entry has its kind and any bytes for a name`() throws {
    try withScratch { path, folder in
      let name: [UInt8] = [0xFF, 0x0A, 0x2E]
      let bytes = cPath(name, in: path)
      close(clinux_openat(AT_FDCWD, bytes, O_WRONLY | O_CREAT, 0o644))
      defer { unlink(bytes) }
      try folder.makeFolder("sub")
      var names: Set<[UInt8]> = []
      var kinds: [[UInt8]: FileStatus.Kind] = [:]
      try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        names.insert(Array(entry.bytes))
        kinds[Array(entry.bytes)] = entry.kind
      }
      #expect(names == [name, Array("sub".utf8)])
      // Some file systems do not say of any.
      #expect(kinds.isEmpty || kinds == [name: .file, Array("sub".utf8): .folder])
    }
  }

  @Test func `what the body throws ends it and arrives as it is`() throws {
    try withScratch { path, folder in
      for number in 0..<10 { try write("", to: "\(path)/\(number)") }
      var count = 0
      let failure = failure { () throws(SystemError) in
        try folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
          count += 1
          if count == 3 { throw SystemError.overQuota }
        }
      }
      #expect(failure == .overQuota)
      #expect(count == 3)
    }
  }
}
