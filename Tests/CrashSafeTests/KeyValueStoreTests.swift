import Foundation
import TestSupport
import Testing

@testable import CrashSafe

@Suite struct KeyValueStoreTests {
  @Test func `what was set is there until it is removed`() throws {
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

  @Test func `keys are any bytes and never meet`() throws {
    try withStore { store, path in
      var keys = (0...255).map { [UInt8($0)] } + [[]]
      for length in [40, 41, 80, 81, 119, 160, 161, 256, 1024] {
        keys += [0x41, 0x61, 0xFF].map { [UInt8](repeating: $0, count: length) }
      }
      keys += ["..", "a/b", "a", "A", "h", "k", "ä", "a\u{308}"].map(bytes)
      for key in keys { try store.set(key, to: [0x3D] + key) }
      for key in keys { #expect(try store.value(of: key) == [0x3D] + key) }
      #expect(Set(try store.allKeys()) == Set(keys))
      for key in keys { try store.remove(key) }
      #expect(try store.allKeys() == [])
      #expect(names(in: path) == ["drafts", "lock", "values"] && names(in: "\(path)/values") == [])
    }
  }

  @Test func `what is too long is refused`() throws {
    try withStore { store, _ in
      let key = [UInt8](repeating: 1, count: KeyValueStore.largestKey + 1)
      #expect(reason { () throws(StorageError) in try store.set(key, to: []) } == .keyTooLong)
      #expect(try store.value(of: key) == nil)
      let value = [UInt8](repeating: 1, count: KeyValueStore.largestValue)
      try store.set("key", to: value)
      #expect(try store.value(of: "key") == value)
      let larger = value + [1]
      #expect(
        reason { () throws(StorageError) in try store.set("key", to: larger) } == .valueTooLarge)
    }
  }

  @Test func `a store opened for reading refuses writes`() throws {
    try withStore { store, path in
      try store.set("key", to: bytes("value"))
      let reader = try KeyValueStore(reading: path)
      #expect(reason { () throws(StorageError) in try reader.set("key", to: []) } == .readOnly)
      #expect(reason { () throws(StorageError) in try reader.remove("key") } == .readOnly)
      #expect(try reader.value(of: "key") == bytes("value"))
    }
  }

  /// A writer that is killed leaves a draft, which is named after its key's lock.
  @Test func `opening clears what a dead process left, and leaves the living alone`() throws {
    try withStore { store, path in
      let drafts = "\(path)/drafts"
      for name in ["00000000000000aa-0", "00000000000000ab-0", "README"] {
        try "half".write(toFile: "\(drafts)/\(name)", atomically: false, encoding: .utf8)
      }
      let file = open("\(path)/lock", O_RDWR)
      defer { close(file) }
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_start = 0xAB
      lock.l_len = 1
      // F_OFD_SETLK
      #expect(fcntl(file, 37, &lock) == 0)
      _ = try KeyValueStore(at: path, durability: .process)
      #expect(names(in: drafts) == ["00000000000000ab-0", "README"])
    }
  }

  @Test func `several keys are set and removed together`() throws {
    try withStore { store, _ in
      try store.set("gone", to: bytes("old"))
      try store.set(["one": bytes("1"), "two": bytes("2"), "gone": nil, "never": nil])
      #expect(try Set(store.allKeys()) == [bytes("one"), bytes("two")])
      #expect(try store.count() == 2 && store.contains("one") && !store.contains("gone"))
      // Of two changes of one key the last one counts.
      try store.set([(key: "one", value: bytes("a")), (key: "one", value: bytes("b"))])
      #expect(try store.value(of: "one") == bytes("b"))
      let many = (0..<200).map { (key: bytes("many-\($0)"), value: Optional([UInt8($0)])) }
      try store.set(many)
      #expect(try store.count() == 202)
      try store.removeAll()
      #expect(try store.count() == 0)
    }
  }

  /// One more than the number in a value.
  private static func next(_ old: [UInt8]?) -> [UInt8]? {
    let number = old.flatMap { UInt64(String(decoding: $0, as: UTF8.self)) } ?? 0
    return bytes("\(number + 1)")
  }

  @Test func `an update is one step among threads`() throws {
    try withStore { (store, _) throws in
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        for _ in 0..<50 { _ = try? store.update("number", Self.next) }
      }
      #expect(try store.value(of: "number") == bytes("400"))
      #expect(try store.update("number") { _ in nil } == nil)
      #expect(try !store.contains("number"))
    }
  }

  @Test func `an update that throws changes nothing, and says why`() throws {
    struct Failed: Error {}
    try withStore { store, _ in
      try store.set("key", to: bytes("old"))
      do throws(StorageOr<Failed>) {
        try store.update("key") { (_) throws(Failed) in throw Failed() }
        Issue.record("it returned")
      } catch {
        guard case .caller = error else {
          Issue.record("\(error)")
          return
        }
      }
      #expect(try store.value(of: "key") == bytes("old"))
      #expect(throws: StorageOr<any Error>.self) {
        try store.forEachKey { _ in throw Failed() }
      }
    }
  }

  @Test func `the holder of a key is waited for and then reported, and other keys go on`() throws {
    try withStore { store, path in
      let other = try KeyValueStore(
        at: path, durability: .process, patience: .milliseconds(30))
      try store.update("key") { _ in
        #expect(reason { () throws(StorageError) in try other.set("key", to: []) } == .held)
        #expect(reason { () throws(StorageError) in try other.set("another", to: []) } == nil)
        #expect(reason { () throws(StorageError) in _ = try other.value(of: "key") } == nil)
        return bytes("mine")
      }
      #expect(try other.value(of: "key") == bytes("mine"))
    }
  }

  @Test func `text and typed values can be stored too`() throws {
    struct Session: Codable, Equatable { var user: String, visits: Int }
    try withStore { store, _ in
      try store.set("data", to: Data([1, 2, 3]))
      #expect(try store.data(of: "data") == Data([1, 2, 3]))
      try store.set("alice", encoding: Session(user: "alice", visits: 1))
      try store.update("alice", coding: Session.self) { old in
        old.map { Session(user: $0.user, visits: $0.visits + 1) }
      }
      #expect(try store.value(of: "alice", decoding: Session.self)?.visits == 2)
      #expect(try store.value(of: "bob", decoding: Session.self) == nil)
    }
  }

  @Test func `a key that is overwritten meanwhile is iterated over once`() throws {
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
  /// The directory of the long key goes with it.
  @Test func `a long key that is removed meanwhile disturbs no iteration`() throws {
    try withStore { store, _ in
      try store.set("key", to: [])
      let long = String(repeating: "long ", count: 40)
      let bad = Numbers()
      DispatchQueue.concurrentPerform(iterations: 2) { worker in
        for _ in 0..<1000 {
          do {
            if worker == 0 {
              try store.set(long, to: [])
              try store.remove(long)
            } else if try !store.allKeys().contains(bytes("key")) {
              bad.add(1)
            }
          } catch { bad.add(2) }
        }
      }
      #expect(bad.all == [])
    }
  }

  @Test func `readers among writers see only whole values`() throws {
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
  func `a full disk is reported, and the old value stays`() throws {
    try withScratch { folder in
      try #require(mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0)
      defer { umount2(folder, Int32(MNT_DETACH)) }
      let store = try KeyValueStore(at: "\(folder)/store", fileSystem: .unchecked)
      try store.set("key", to: bytes("old"))
      let large = [UInt8](repeating: 1, count: 2 << 20)
      let error = reason { () throws(StorageError) in try store.set("key", to: large) }
      #expect(error == .system(ENOSPC))
      #expect(try store.value(of: "key") == bytes("old"))
      #expect(names(in: "\(folder)/store/drafts") == [])
      try store.set("key", to: bytes("new"))
      #expect(try store.value(of: "key") == bytes("new"))
    }
  }
}
