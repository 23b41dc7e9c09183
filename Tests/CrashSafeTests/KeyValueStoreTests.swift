import CrashSafe
import Foundation
import Testing

@Suite struct KeyValueStoreTests {
  private func withStore(
    _ body: (KeyValueStore, String) throws -> Void
  ) throws {
    try withScratch { folder in
      let path = "\(folder)/store"
      try body(KeyValueStore(at: path, durability: .process), path)
    }
  }

  @Test func whatWasSetIsThereUntilItIsRemoved() throws {
    try withStore { store, path in
      #expect(try store.value(of: "key") == nil)
      try store.set("key", to: bytes("one"))
      try store.set("key", to: bytes("two"))
      try store.set("empty", to: [])
      #expect(try store.value(of: "key") == bytes("two"))
      #expect(try KeyValueStore(reading: path).value(of: "empty") == [])
      try store.remove("key")
      try store.remove("key")
      #expect(try store.value(of: "key") == nil)
      #expect(try store.allKeys() == [bytes("empty")])
      try store.removeAll()
      #expect(try store.allKeys() == [])
    }
  }

  @Test func keysAreAnyBytesAndDoNotMeet() throws {
    try withStore { store, _ in
      var keys = (0...255).map { [UInt8($0)] } + [[]]
      for length in [40, 41, 119, 120, 121, 256, 1024] {
        keys += [0x41, 0x61, 0xFF].map { [UInt8](repeating: $0, count: length) }
      }
      keys += ["..", "a/b", "a", "A", "h", "k", "ä", "a\u{308}"].map(bytes)
      for key in keys { try store.set(key, to: [0x3D] + key) }
      for key in keys { #expect(try store.value(of: key) == [0x3D] + key) }
      #expect(Set(try store.allKeys()) == Set(keys))
      for key in keys { try store.remove(key) }
      #expect(try store.allKeys() == [])
    }
  }

  @Test func whatIsTooLongIsRefused() throws {
    try withStore { store, _ in
      let key = [UInt8](repeating: 1, count: KeyValueStore.largestKey + 1)
      #expect(failure { () throws(StorageError) in try store.set(key, to: []) } == .keyTooLong)
      #expect(try store.value(of: key) == nil)
      let value = [UInt8](repeating: 1, count: KeyValueStore.largestValue)
      try store.set("key", to: value)
      #expect(try store.value(of: "key") == value)
      let larger = value + [1]
      #expect(
        failure { () throws(StorageError) in try store.set("key", to: larger) } == .valueTooLarge)
    }
  }

  @Test func whoOpenedItToReadMustNotWrite() throws {
    try withStore { store, path in
      try store.set("key", to: bytes("value"))
      let reader = try KeyValueStore(reading: path)
      #expect(failure { () throws(StorageError) in try reader.set("key", to: []) } == .readOnly)
      #expect(failure { () throws(StorageError) in try reader.remove("key") } == .readOnly)
      #expect(try reader.value(of: "key") == bytes("value"))
    }
  }

  @Test func theNextWriterClearsWhatADeadOneLeft() throws {
    try withStore { store, path in
      try "half".write(toFile: "\(path)/drafts/dead", atomically: false, encoding: .utf8)
      try store.set("key", to: [])
      #expect(names(in: "\(path)/drafts") == [])
    }
  }

  @Test func whatALivingWriterIsWritingIsLeftAlone() throws {
    try withStore { store, path in
      let file = open("\(path)/drafts/living", O_WRONLY | O_CREAT, 0o644)
      defer { close(file) }
      #expect(flock(file, LOCK_EX) == 0)
      try store.set("key", to: [])
      #expect(names(in: "\(path)/drafts") == ["living"])
    }
  }

  @Test func whatOthersPutThereIsNoKey() throws {
    try withStore { store, path in
      for name in ["README", ".hidden", "kUPPER", "h123"] {
        try "x".write(toFile: "\(path)/keys/\(name)", atomically: false, encoding: .utf8)
      }
      #expect(try store.allKeys() == [])
    }
  }

  @Test func aKeyThatIsOverwrittenMeanwhileIsInTheIterationOnce() throws {
    try withStore { store, path in
      let all = (0..<3000).map { bytes("key-\($0)") }
      for key in all { try store.set(key, to: []) }
      let bad = Numbers()
      DispatchQueue.concurrentPerform(iterations: 2) { worker in
        for round in 0..<10 {
          if worker == 0 {
            for key in all.shuffled().prefix(100) {
              do { try store.set(key, to: [UInt8(round)]) } catch { bad.add(1) }
            }
          } else {
            let found = (try? store.allKeys()) ?? []
            if found.count != all.count || Set(found) != Set(all) { bad.add(UInt64(found.count)) }
          }
        }
      }
      #expect(bad.all == [])
    }
  }

  /// Each writer sets values of one byte, repeated: a mixture of two, or a part of one, would be seen.
  @Test func readersAmongWritersSeeOnlyWholeValues() throws {
    try withStore { store, path in
      try store.set("key", to: [UInt8](repeating: 0, count: 70_000))
      let bad = Numbers()
      DispatchQueue.concurrentPerform(iterations: 4) { worker in
        guard let mine = try? KeyValueStore(at: path, durability: .process) else {
          return bad.add(1)
        }
        for round in 0..<150 {
          if worker < 2 {
            let value = [UInt8](repeating: UInt8(worker * 100 + round % 100), count: 70_000)
            do { try mine.set("key", to: value) } catch { bad.add(2) }
          } else {
            let value = ((try? mine.value(of: "key")) ?? nil) ?? []
            if value.count != 70_000 || Set(value).count != 1 { bad.add(3) }
          }
        }
      }
      #expect(bad.all == [])
      #expect(names(in: "\(path)/drafts") == [])
    }
  }

  /// A file system of one megabyte: what fits stays, what does not is told, and nothing is left behind.
  @Test(.enabled(if: geteuid() == 0, "only root may mount"))
  func aFullDiskIsToldAndTheOldValueStays() throws {
    try withScratch { folder in
      try #require(mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0)
      defer { umount2(folder, Int32(MNT_DETACH)) }
      let store = try KeyValueStore(at: "\(folder)/store")
      try store.set("key", to: bytes("old"))
      let large = [UInt8](repeating: 1, count: 2 << 20)
      let error = failure { () throws(StorageError) in try store.set("key", to: large) }
      #expect(error == .system(ENOSPC))
      #expect(try store.value(of: "key") == bytes("old"))
      #expect(names(in: "\(folder)/store/drafts") == [])
      try store.set("key", to: bytes("new"))
      #expect(try store.value(of: "key") == bytes("new"))
    }
  }
}
