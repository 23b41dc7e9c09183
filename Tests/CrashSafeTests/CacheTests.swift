import CrashSafe
import Foundation
import TestSupport
import Testing

/// A table that all who have it share, that fails when it is told to, and that counts questions.
final class Table {
  struct Broken: Error {}

  var values: [String: String] = [:]
  var isBroken = false
  var questions = 0

  func value(of key: String) throws(Broken) -> String? {
    if isBroken { throw Broken() }
    questions += 1
    return values[key]
  }

  func set(_ key: String, to value: String?) throws(Broken) {
    if isBroken { throw Broken() }
    values[key] = value
  }
}

/// `#expect` copies what it is given, and a cache cannot be copied.
private func expect(
  _ condition: Bool, _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(condition, comment, sourceLocation: sourceLocation)
}

@Suite struct CacheTests {
  typealias InMemory = Cache<[String: String]>
  private let master = Table()
  private let fast = Table()

  private func inMemory(_ folder: String) throws -> InMemory {
    try Cache(of: [:], .inMemory, mark: "mark", in: folder)
  }

  private func shared(_ folder: String) throws -> Cache<Table> {
    try Cache(of: fast, .shared, mark: "mark", in: folder)
  }

  private func value(_ key: String, _ cache: borrowing InMemory) -> String? {
    if let found = cache.read({ $0[key] }) { return found }
    return try? master.value(of: key)
  }

  private func set(_ key: String, _ value: String?, _ cache: inout InMemory) throws {
    try cache.change {
      try master.set(key, to: value)
    } copy: {
      $0[key] = value
    }
  }

  private func set(_ key: String, _ value: String?, _ cache: inout Cache<Table>) throws {
    try cache.change {
      try master.set(key, to: value)
    } copy: {
      try $0.set(key, to: value)
    }
  }

  @Test func `a new cache is not believed until it was built`() throws {
    try withScratch { folder in
      master.values = ["key": "right"]
      fast.values = ["key": "wrong"]
      var cache = try shared(folder)
      expect(!cache.isRight && cache.read({ try $0.value(of: "key") }) == nil)
      try cache.rebuild { $0.values = master.values }
      expect(cache.isRight && cache.read({ try $0.value(of: "key") }) == "right")
    }
  }

  @Test func `a cache that is right does not ask the master`() throws {
    try withScratch { folder in
      var cache = try inMemory(folder)
      try cache.rebuild { $0 = master.values }
      try set("key", "value", &cache)
      expect(value("key", cache) == "value")
      expect(value("other", cache) == nil, "what it does not hold is nowhere")
      expect(master.questions == 0)
      try set("key", nil, &cache)
      expect(value("key", cache) == nil && cache.isRight && master.questions == 0)
    }
  }

  /// After a restart there is an empty copy and a mark that says that all is well.
  @Test func `a copy in memory is known to be empty after a restart`() throws {
    try withScratch { folder in
      var before = try inMemory(folder)
      try before.rebuild { $0 = master.values }
      try set("key", "value", &before)
      let after = try inMemory(folder)
      expect(before.isRight && !after.isRight)
      expect(value("key", after) == "value")
    }
  }

  @Test func `a copy in memory is old once another process has changed the master`() throws {
    try withScratch { folder in
      var one = try inMemory(folder)
      var other = try inMemory(folder)
      try one.rebuild { $0 = master.values }
      try set("key", "one", &one)
      try other.rebuild { $0 = master.values }
      expect(!one.isRight, "a rebuilding is a change too")
      try one.rebuild { $0 = master.values }
      try set("key", "other", &other)
      expect(!one.isRight && value("key", one) == "other")
      // A change of one's own does not make the rest of it right.
      try set("next", "one", &one)
      expect(!one.isRight && !other.isRight)
    }
  }

  @Test func `a fast copy that fails is bypassed`() throws {
    try withScratch { folder in
      var cache = try shared(folder)
      try cache.rebuild { $0.values = master.values }
      try set("key", "old", &cache)
      fast.isBroken = true
      try set("key", "new", &cache)
      expect(master.values["key"] == "new" && !cache.isRight)
      expect(cache.read({ try $0.value(of: "key") }) == nil)
      fast.isBroken = false
      try set("other", "x", &cache)
      expect(!cache.isRight, "another change does not make the rest believed")
      try cache.rebuild { $0.values = master.values }
      fast.isBroken = true
      expect(cache.isRight && cache.read({ try $0.value(of: "key") }) == nil)
    }
  }

  @Test func `after a change of the master failed, the master is asked`() throws {
    try withScratch { folder in
      var cache = try shared(folder)
      try cache.rebuild { $0.values = master.values }
      master.isBroken = true
      #expect(throws: StorageOr<any Error>.self) { try set("key", "new", &cache) }
      expect(!cache.isRight)
    }
  }

  @Test func `a rebuilding that fails leaves the cache unbelieved`() throws {
    struct Failed: Error {}
    try withScratch { folder in
      var cache = try inMemory(folder)
      try cache.rebuild { $0 = master.values }
      #expect(throws: StorageOr<any Error>.self) { try cache.rebuild { _ in throw Failed() } }
      expect(!cache.isRight)
    }
  }

  /// It began before, and says at its end that all is well: stale for ever, once.
  @Test func `a rebuilding that began before an invalidation does not make the cache right`() throws
  {
    try withScratch { folder in
      var one = try shared(folder)
      try one.rebuild { $0.values = master.values }
      let other = Thread {
        var other = try? Cache(of: 0, .shared, mark: "mark", in: folder)
        try? other?.invalidate()
      }
      try one.change {
        other.start()
        usleep(100_000)
      } copy: { _ in
      }
      while !other.isFinished { usleep(1000) }
      expect(!one.isRight)
    }
  }

  @Test func `another writer is waited for, and then reported`() throws {
    try withScratch { folder in
      var one = try shared(folder)
      var other = try Cache(
        of: fast, .shared, mark: "mark", in: folder, patience: .milliseconds(30))
      try one.rebuild { _ in
        do throws(StorageOr<Never>) {
          try other.change {
          } copy: { _ in
          }
          Issue.record("two were at it")
        } catch {
          guard case .storage(let error) = error else { return }
          expect(error.reason == .held)
        }
      }
      expect(one.isRight && other.isRight)
    }
  }

  @Test func `a mark of another boot does not count for a shared copy`() throws {
    try withScratch { folder in
      var cache = try shared(folder)
      try cache.rebuild { $0.values = master.values }
      expect(cache.isRight)
      let path = "\(folder)/mark"
      let line = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")[0]
      try "\(line)\nanother boot\n".write(toFile: path, atomically: false, encoding: .utf8)
      expect(!cache.isRight)
    }
  }

  @Test func `a mark that was moved away is not believed`() throws {
    try withScratch { folder in
      var one = try inMemory("\(folder)/run")
      try one.rebuild { $0 = ["key": "old"] }
      expect(one.isRight)
      #expect(rename("\(folder)/run", "\(folder)/elsewhere") == 0)
      expect(!one.isRight)
      var other = try inMemory("\(folder)/run")
      try other.rebuild { $0 = ["key": "new"] }
      expect(!one.isRight && other.isRight)
      try one.rebuild { $0 = ["key": "new"] }
      expect(one.isRight)
    }
  }

  @Test func `a mark that was removed is not mistaken for the next one`() throws {
    try withScratch { folder in
      var one = try inMemory(folder)
      try one.rebuild { $0 = ["key": "old"] }
      unlink("\(folder)/mark")
      expect(!one.isRight)
      var other = try inMemory(folder)
      try other.rebuild { $0 = ["key": "new"] }
      expect(!one.isRight && other.isRight)
    }
  }
}
