import CrashSafe
import Foundation
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

  static let all = [increment, firstSet, set, setOfLongKey, remove, cacheSet, cacheRebuild]

  static let increment = Case(
    testDescription: "increment", operation: ["increment"],
    prepare: { for _ in 0..<9 { try Counter("count", in: $0).increment() } },
    read: { "\(try Counter("count", in: $0).value())" }, old: "9", new: "10",
    goesOn: { folder in
      let counter = try Counter("count", in: folder)
      let value = try counter.value()
      #expect(try counter.increment() == value + 1)
      #expect(names(in: folder) == [".count.lock", "count"])
    })

  static let firstSet = Case(
    testDescription: "the first set", operation: ["set", "key", "new"], prepare: { _ in },
    read: { folder in
      guard let store = try? KeyValueStore(reading: "\(folder)/store") else { return "none" }
      return try text(store.value(of: "key"))
    },
    old: "none", new: "new", goesOn: storeGoesOn)

  static let set = store("set", key: "key", ["set", "key", "new"], new: "new")
  static let remove = store("remove", key: "key", ["remove", "key"], new: "none")
  static let setOfLongKey: Case = {
    let key = String(repeating: "A long key. ", count: 80)
    return store("set of a long key", key: key, ["set", key, "new"], new: "new")
  }()

  private static func store(
    _ name: String, key: String, _ operation: [String], new: String
  ) -> Case {
    Case(
      testDescription: name, operation: operation,
      prepare: { folder in
        let store = try KeyValueStore(at: "\(folder)/store")
        try store.set(key, to: bytes("old"))
        try store.set("other", to: bytes("untouched"))
      },
      read: { folder in
        let store = try KeyValueStore(reading: "\(folder)/store")
        #expect(try store.value(of: "other") == bytes("untouched"))
        return try text(store.value(of: key))
      },
      old: "old", new: new, goesOn: storeGoesOn)
  }

  @Sendable private static func storeGoesOn(_ folder: String) throws {
    let store = try KeyValueStore(at: "\(folder)/store")
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
  typealias Stores = Cache<KeyValueStore, KeyValueStore>

  static func cache(_ folder: String) throws -> Stores {
    try Cache(
      of: KeyValueStore(at: "\(folder)/master"), in: KeyValueStore(at: "\(folder)/fast"),
      mark: "mark", of: folder, durability: .power)
  }

  static let cacheSet = Case(
    testDescription: "set in a cache", operation: ["cache-set", "key", "new"],
    prepare: fillCache, read: readCache, old: "old", new: "new", goesOn: cacheGoesOn)

  static let cacheRebuild = Case(
    testDescription: "rebuilding of a cache", operation: ["cache-rebuild"],
    prepare: { folder in
      try fillCache(folder)
      var cache = try cache(folder)
      try cache.invalidate()
      try KeyValueStore(at: "\(folder)/fast").set("key", to: bytes("wrong"))
    },
    read: readCache, old: "old", new: "old", goesOn: cacheGoesOn)

  @Sendable private static func fillCache(_ folder: String) throws {
    var cache = try cache(folder)
    try cache.rebuild()
    try cache.set(bytes("key"), to: bytes("old"))
    try cache.set(bytes("other"), to: bytes("untouched"))
  }

  @Sendable private static func readCache(_ folder: String) throws -> String {
    var cache = try cache(folder)
    let master = try KeyValueStore(at: "\(folder)/master").value(of: "key")
    #expect(try cache.value(of: bytes("key")) == master)
    #expect(try cache.value(of: bytes("other")) == bytes("untouched"))
    return text(master)
  }

  @Sendable private static func cacheGoesOn(_ folder: String) throws {
    var cache = try cache(folder)
    if try !cache.isConsistent() { try cache.rebuild() }
    #expect(try cache.isConsistent())
    let fast = try KeyValueStore(at: "\(folder)/fast")
    let master = try KeyValueStore(at: "\(folder)/master")
    for key in try master.allKeys() {
      #expect(try fast.value(of: key) == master.value(of: key))
    }
  }
}
