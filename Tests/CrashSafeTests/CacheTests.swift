import CrashSafe
import Foundation
import Testing

/// A table in memory that fails when it is told to, and that tells what was asked.
final class Table: FastStore, MasterStore {
  struct Broken: Error {}

  var values: [[UInt8]: [UInt8]] = [:]
  var isBroken = false
  var questions = 0

  func value(of key: [UInt8]) throws(Broken) -> [UInt8]? {
    questions += 1
    return values[key]
  }
  func set(_ key: [UInt8], to value: [UInt8]) throws(Broken) {
    if isBroken { throw Broken() }
    values[key] = value
  }
  func remove(_ key: [UInt8]) throws(Broken) {
    if isBroken { throw Broken() }
    values[key] = nil
  }
  func removeAll() throws(Broken) { values = [:] }
  func allKeys() throws(Broken) -> [[UInt8]] { Array(values.keys) }
}

@Suite struct CacheTests {
  private let master = Table()
  private let fast = Table()
  private let key = bytes("key")

  private func cache(_ folder: String, _ durability: Durability = .process) throws -> Cache<
    Table, Table
  > {
    try Cache(of: master, in: fast, mark: "mark", of: folder, durability: durability)
  }

  @Test(arguments: [Durability.process, .power])
  func aNewOneIsNotBelievedUntilItWasBuilt(durability: Durability) throws {
    try withScratch { folder in
      master.values = [key: bytes("right")]
      fast.values = [key: bytes("wrong")]
      var cache = try cache(folder, durability)
      #expect(try !cache.isConsistent())
      #expect(try cache.value(of: key) == bytes("right"))
      try cache.rebuild()
      #expect(try cache.isConsistent())
      #expect(fast.values == master.values)
    }
  }

  @Test func aConsistentOneDoesNotAskTheMaster() throws {
    try withScratch { folder in
      var cache = try cache(folder)
      try cache.rebuild()
      try cache.set(key, to: bytes("value"))
      #expect(try cache.value(of: key) == bytes("value"))
      #expect(master.questions == 0)
      try cache.remove(key)
      #expect(try cache.value(of: key) == nil)
      #expect(try cache.isConsistent())
    }
  }

  @Test func aChangeThatFailedHalfWayLeavesItUnbelieved() throws {
    try withScratch { folder in
      var cache = try cache(folder)
      try cache.rebuild()
      try cache.set(key, to: bytes("old"))
      fast.isBroken = true
      #expect(throws: Cache<Table, Table>.Failure.self) {
        try cache.set(key, to: bytes("new"))
      }
      fast.isBroken = false
      #expect(try !cache.isConsistent())
      #expect(try cache.value(of: key) == bytes("new"))
      // Another change does not make the rest believed.
      try cache.set(bytes("other"), to: [])
      #expect(try !cache.isConsistent())
      try cache.rebuild()
      #expect(fast.values == master.values)
    }
  }

  @Test func whileItIsBuiltWhatIsInItIsQuickAndTheRestIsRight() throws {
    try withScratch { folder in
      for number in 0..<10 { master.values[[UInt8(number)]] = [UInt8(number)] }
      var cache = try cache(folder)
      try cache.beginRebuilding()
      #expect(try !cache.rebuild(keys: 4))
      #expect(fast.values.count == 4)
      master.questions = 0
      for number in 0..<10 { #expect(try cache.value(of: [UInt8(number)]) == [UInt8(number)]) }
      #expect(master.questions == 6)
      // What is changed or removed meanwhile is not brought back.
      for number in 0..<10 {
        if number < 5 {
          try cache.remove([UInt8(number)])
        } else {
          try cache.set([UInt8(number)], to: bytes("changed"))
        }
      }
      while try !cache.rebuild(keys: 1) {}
      #expect(try cache.isConsistent())
      #expect(fast.values == master.values)
      #expect(master.values.count == 5)
    }
  }

  @Test func aChangeThatFailsWhileItIsBuiltEndsTheBuilding() throws {
    try withScratch { folder in
      master.values = [key: bytes("old")]
      var cache = try cache(folder)
      try cache.beginRebuilding()
      master.isBroken = true
      #expect(throws: Cache<Table, Table>.Failure.self) { try cache.remove(key) }
      #expect(try !cache.rebuild(keys: 10))
      #expect(try !cache.isConsistent())
    }
  }

  @Test func aMarkOfAnotherBootDoesNotCount() throws {
    try withScratch { folder in
      var one = try cache(folder)
      try one.rebuild()
      try "another boot\n".write(toFile: "\(folder)/mark", atomically: true, encoding: .utf8)
      #expect(try !one.isConsistent())
    }
  }
}
