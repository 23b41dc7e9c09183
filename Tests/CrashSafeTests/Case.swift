import CrashSafe
import Foundation
import TestSupport
import Testing

/// An operation, with what was there before it and what there may be afterwards.
struct Case: CustomTestStringConvertible, Sendable {
  /// What it is called in the tests' output.
  let testDescription: String
  /// What the exerciser does.
  let operation: [String]
  /// Makes what is there before.
  let prepare: @Sendable (String) throws -> Void
  /// Reads what the operation changes.
  let read: @Sendable (String) throws -> String
  let old: String
  let new: String
  /// What must be true always, and what the next writer has to do.
  let goesOn: @Sendable (String) throws -> Void
  /// Whether the operation was done once already, in this boot and in this folder.
  var isRepeated = false

  static let all = [
    firstIncrement, increment, firstSet, set, batch, largerBatch, update, setOfLongKey, remove,
    cacheSet, cacheRebuild,
  ]

  static let increment = Case(
    testDescription: "increment", operation: ["increment"],
    prepare: { for _ in 0..<9 { try counter($0).increment() } },
    read: { "\(try counter($0).value())" }, old: "9", new: "10", goesOn: counterGoesOn)

  /// The file says how far it is on the disk.
  static let nextIncrement = Case(
    testDescription: "the next increment", operation: ["increment"], prepare: { _ in },
    read: { "\(try counter($0).value())" }, old: "1", new: "2", goesOn: counterGoesOn,
    isRepeated: true)

  static let firstIncrement = Case(
    testDescription: "the first increment", operation: ["increment"], prepare: { _ in },
    read: { "\(try counter($0).value())" }, old: "0", new: "1", goesOn: counterGoesOn)

  private static func counter(_ folder: String) throws -> Counter {
    try Counter("count", in: folder, fileSystem: .unchecked)
  }

  @Sendable private static func counterGoesOn(_ folder: String) throws {
    let counter = try counter(folder)
    let value = try counter.value()
    #expect(try counter.increment() == value + 1)
    #expect(names(in: folder).filter { $0.contains("count") } == ["count"])
  }

  static let firstSet = Case(
    testDescription: "the first set", operation: ["set", "key", "new"], prepare: { _ in },
    read: { folder in
      guard let store = try? KeyValueStore(reading: "\(folder)/store", durability: .process) else {
        return "none"
      }
      return try text(store.value(of: "key"))
    },
    old: "none", new: "new", goesOn: storeGoesOn)

  static let set = store("set", key: "key", ["set", "key", "new"], new: "new")
  static let batch = store("set of several", key: "key", ["batch", "key", "new"], new: "new")
  static let largerBatch = store(
    "set of more", key: "key", ["batch", "key", "new", "more"], new: "new")
  static let update = store("update", key: "key", ["update", "key", "new"], new: "new")
  static let remove = store("remove", key: "key", ["remove", "key"], new: "none")
  static let setOfLongKey: Case = {
    let key = String(repeating: "A long key. ", count: 8)
    return store("set of a long key", key: key, ["set", key, "new"], new: "new")
  }()

  private static func store(
    _ name: String, key: String, _ operation: [String], new: String
  ) -> Case {
    Case(
      testDescription: name, operation: operation,
      prepare: { folder in
        let store = try KeyValueStore(at: "\(folder)/store", fileSystem: .unchecked)
        try store.set(key, to: bytes("old"))
        try store.set("other", to: bytes("untouched"))
      },
      read: { folder in
        let store = try KeyValueStore(reading: "\(folder)/store", durability: .process)
        #expect(try store.value(of: "other") == bytes("untouched"))
        return try text(store.value(of: key))
      },
      old: "old", new: new, goesOn: storeGoesOn)
  }

  @Sendable private static func storeGoesOn(_ folder: String) throws {
    let store = try KeyValueStore(at: "\(folder)/store", fileSystem: .unchecked)
    try store.set("next", to: bytes("x"))
    #expect(names(in: "\(folder)/store/drafts") == [])
    #expect(try store.allKeys().allSatisfy { try store.value(of: $0) != nil })
  }

  static func text(_ value: [UInt8]?) -> String {
    value.map { String(decoding: $0, as: UTF8.self) } ?? "none"
  }
}

/// The copy says what the master says, whenever it is believed.
extension Case {
  static let cacheSet = Case(
    testDescription: "change through a cache", operation: ["cache-set", "key", "new"],
    prepare: fillCache, read: readCache, old: "old", new: "new", goesOn: cacheGoesOn)

  static let cacheRebuild = Case(
    testDescription: "rebuilding of a cache", operation: ["cache-rebuild"],
    prepare: { folder in
      try fillCache(folder)
      var cache = try cache(folder)
      try cache.invalidate()
      try fast(folder).set("key", to: bytes("wrong"))
      // A listing looks again where something was changed just now, and so the number of calls would differ.
      for store in ["fast", "master"] {
        #expect(utimes("\(folder)/\(store)/values", [timeval(), timeval()]) == 0)
      }
    },
    read: readCache, old: "old", new: "old", goesOn: cacheGoesOn)

  private static func cache(_ folder: String) throws -> Cache<KeyValueStore> {
    try Cache(of: fast(folder), .shared, mark: "mark", in: folder)
  }

  private static func fast(_ folder: String) throws -> KeyValueStore {
    try KeyValueStore(at: "\(folder)/fast", durability: .process)
  }

  private static func master(_ folder: String) throws -> KeyValueStore {
    try KeyValueStore(at: "\(folder)/master", fileSystem: .unchecked)
  }

  @Sendable private static func fillCache(_ folder: String) throws {
    var cache = try cache(folder)
    let master = try master(folder)
    try cache.rebuild { _ in }
    for (key, value) in [("key", bytes("old")), ("other", bytes("untouched"))] {
      try cache.change {
        try master.set(key, to: value)
      } copy: {
        try $0.set(key, to: value)
      }
    }
    let isRight = cache.isRight
    #expect(isRight)
  }

  @Sendable private static func readCache(_ folder: String) throws -> String {
    let cache = try cache(folder)
    let master = try master(folder)
    for key in ["key", "other"] {
      if let found = cache.read({ try $0.value(of: key) }) {
        #expect(try found == master.value(of: key))
      }
    }
    return text(try master.value(of: "key"))
  }

  @Sendable private static func cacheGoesOn(_ folder: String) throws {
    var cache = try cache(folder)
    let master = try master(folder)
    if !cache.isRight {
      try cache.rebuild { fast in
        try fast.removeAll()
        for key in try master.allKeys() { try fast.set(key, to: master.value(of: key) ?? []) }
      }
    }
    let isRight = cache.isRight
    #expect(isRight)
    let fast = try fast(folder)
    for key in try master.allKeys() {
      #expect(try fast.value(of: key) == master.value(of: key))
    }
  }
}

/// Why something fails; nil when it succeeds.
func reason(of body: () throws(StorageError) -> Void) -> StorageError.Reason? {
  failure(of: body)?.reason
}
