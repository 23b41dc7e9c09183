import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import CrashSafe

@Suite struct ReadValuesTests {
  private let memory = ReadValues()

  private let name = KeyName(bytes("value"))

  /// Reads a file, as a store does.
  private func read(_ folder: borrowing Folder, later: Duration = .seconds(10)) throws -> [UInt8] {
    let file = try folder.openToRead(name.path)
    let value = try file.readAll()
    memory.note(value, at: name, from: file, now: Clock.realtime + later)
    return value
  }

  private func withFile(_ body: (borrowing Folder, _ path: String) throws -> Void) throws {
    try withScratch { path in
      let folder = try Folder(path: path)
      try write("one", to: "\(path)/\(name.path)")
      try body(folder, "\(path)/\(name.path)")
    }
  }

  @Test func `what was read twice is remembered`() throws {
    try withFile { folder, _ in
      _ = try read(folder)
      #expect(memory.value(at: name, in: folder) == nil)
      _ = try read(folder)
      #expect(memory.value(at: name, in: folder) == bytes("one"))
      #expect(memory.value(at: name, in: folder) == bytes("one"))
      #expect(memory.value(at: KeyName(bytes("other")), in: folder) == nil)
    }
  }

  @Test func `another file of the same name and size is another value`() throws {
    try withFile { folder, path in
      for _ in 0..<2 { _ = try read(folder) }
      try write("two", to: "\(path).new")
      #expect(rename("\(path).new", path) == 0)
      #expect(memory.value(at: name, in: folder) == nil)
      for _ in 0..<2 { _ = try read(folder) }
      #expect(memory.value(at: name, in: folder) == bytes("two"))
      unlink(path)
      #expect(memory.value(at: name, in: folder) == nil)
    }
  }

  @Test func `a file that somebody writes into is another value, also with its old date`() throws {
    try withFile { folder, path in
      for _ in 0..<2 { _ = try read(folder) }
      let before = try folder.status(of: name.path)
      while try folder.status(of: name.path).changed == before.changed {
        let file = try folder.open(name.path, .readWrite)
        try file.write(bytes("two"), at: 0)
        let (seconds, parts) = before.modified.components
        let old = timespec(tv_sec: Int(seconds), tv_nsec: Int(parts / 1_000_000_000))
        #expect(utimensat(AT_FDCWD, path, [old, old], 0) == 0)
      }
      #expect(memory.value(at: name, in: folder) == nil)
    }
  }

  @Test func `what changed a moment ago is not remembered, for its date could not tell`() throws {
    try withFile { folder, _ in
      for _ in 0..<3 { _ = try read(folder, later: Duration.seconds(2)) }
      #expect(memory.value(at: name, in: folder) == nil)
      _ = try read(folder, later: Duration.seconds(-100))
      #expect(memory.value(at: name, in: folder) == nil)
    }
  }

  private static let canMount = geteuid() == 0 && has("mkfs.ext4")

  @Test(.enabled(if: canMount, "needs root and mkfs.ext4"))
  func `where dates are whole seconds, which a clock set back repeats, nothing is remembered`()
    throws
  {
    try withScratch { path in
      let script = "truncate -s 4M disk; mkfs.ext4 -q -I 128 disk; mkdir it; mount -o loop disk it"
      try #require(run(["sh", "-ec", "cd \(path); \(script)"]).code == 0)
      defer { umount2("\(path)/it", Int32(MNT_DETACH)) }
      let folder = try Folder(path: "\(path)/it")
      try write("one", to: "\(path)/it/\(name.path)")
      for _ in 0..<3 { _ = try read(folder) }
      #expect(memory.value(at: name, in: folder) == nil)
    }
  }

  @Test func `a large value is not kept`() throws {
    try withFile { folder, path in
      try write(String(repeating: "x", count: 5000), to: path)
      for _ in 0..<2 { _ = try read(folder) }
      #expect(memory.value(at: name, in: folder) == nil)
    }
  }

  @Test func `a store asks its memory, and notes what it reads`() throws {
    try withScratch { path in
      let store = try KeyValueStore(at: path, durability: .process)
      try store.set("key", to: bytes("one"))
      #expect(try store.value(of: "key") == bytes("one"))
      // The store noted it once, and so this second time it is kept: a value by which that can be told.
      let name = KeyName(bytes("key"))
      let file = try store.values.openToRead(name.path)
      store.readValues.note(
        bytes("kept"), at: name, from: file, now: Clock.realtime + .seconds(10))
      #expect(try store.value(of: "key") == bytes("kept"))
      try store.set("key", to: bytes("two"))
      #expect(try store.value(of: "key") == bytes("two"))
    }
  }
}
