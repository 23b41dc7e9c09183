import CrashSafe
import LinuxCalls

/// Does operations of all kinds, one after the other, until it is killed.
///
/// Before each it writes "TIME SEED B KIND KEY NUMBER" into the history and after it "TIME SEED A KIND KEY NUMBER", where
/// TIME is CLOCK_MONOTONIC in nanoseconds: for a `set` the number is a version that no other set has, and its
/// value is made from it; for `count` and `update` the number that was counted; for a `get` the version
/// that was found, 0 for none.
struct Worker {
  private let counter: Counter
  private let store: KeyValueStore
  private let history: History
  private let seed: [UInt8]
  private var random: UInt64

  init(
    _ folder: String, _ durability: Durability, seed: String, history: String
  ) throws(StorageError) {
    counter = try Counter("count", in: folder, durability: durability, fileSystem: .unchecked)
    store = try KeyValueStore(
      at: "\(folder)/store", durability: durability, fileSystem: .unchecked)
    self.seed = Array(seed.utf8)
    random = UInt64(truncatingIfNeeded: Clock.monotonic.nanoseconds)
    for byte in self.seed { random = random &* 31 &+ UInt64(byte) }
    self.history = History(history)
  }

  mutating func work() throws(StorageError) {
    while true {
      let key = key(next(8))
      switch next(10) {
      case 0...2: try count()
      case 3...5: try set([key])
      case 6: try set([key, self.key(next(8)), self.key(next(8))])
      case 7: try remove(key)
      case 8: try update()
      default: try get(key)
      }
    }
  }

  /// Some keys are everybody's, one of them long.
  private func key(_ number: Int) -> [UInt8] {
    number < 7
      ? Array("key-\(number)".utf8)
      : Array("a long key, of more than 160 bytes ".utf8) + [UInt8](repeating: 0x41, count: 150)
  }

  private mutating func next(_ limit: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((random >> 33) % UInt64(limit))
  }

  private func note(_ step: String, _ kind: String, _ key: [UInt8], _ number: UInt64) {
    let name = String(decoding: key.prefix(8).map { $0 == 0x20 ? 0x5F : $0 }, as: UTF8.self)
    let time = Clock.monotonic.nanoseconds
    let line =
      "\(time) \(String(decoding: seed, as: UTF8.self)) \(step) \(kind) \(name) \(number)\n"
    // One write for each line: several processes may share the file.
    history.add(Array(line.utf8))
  }

  /// Where a version comes from, no other comes from: a clock, and who reads it.
  private mutating func version() -> UInt64 {
    let time = UInt64(truncatingIfNeeded: Clock.monotonic.nanoseconds)
    return time << 4 | (UInt64(seed.last ?? 0) & 15)
  }

  /// A version, and then as many bytes as it says, which follow from it.
  static func value(_ version: UInt64) -> [UInt8] {
    let start = Array("\(version)\n".utf8)
    return start
      + (0..<Int(version >> 4 % 6000)).map { UInt8(truncatingIfNeeded: $0 ^ start.count) }
  }

  /// Prints what is there, and counts once more: all must go on.
  func dump() throws(StorageError) {
    print("count \(try counter.value())")
    for number in 0..<8 {
      let key = key(number)
      let value = try store.value(of: key)
      let name = String(decoding: key.prefix(8).map { $0 == 0x20 ? 0x5F : $0 }, as: UTF8.self)
      var scanner = Scanner(value ?? [])
      let version = scanner.number() ?? 0
      let isRight = value == nil || Worker.value(version) == value
      print("\(isRight ? "key" : "garbage") \(name) \(version)")
    }
    var scanner = Scanner(try store.value(of: "shared") ?? [])
    print("shared \(scanner.number() ?? 0)")
    let keys = try store.allKeys()
    for key in keys where try !store.contains(key) { print("phantom") }
    let before = try counter.value()
    if try counter.increment() != before + 1 { print("garbage count \(before)") }
    try store.set("after", to: [])
  }

  private func count() throws(StorageError) {
    note("B", "count", [0x2D], 0)
    note("A", "count", [0x2D], try counter.increment())
  }

  private mutating func set(_ keys: [[UInt8]]) throws(StorageError) {
    var changes: [(key: [UInt8], value: [UInt8]?)] = []
    var versions: [UInt64] = []
    for key in keys where !changes.contains(where: { $0.key == key }) {
      let version = version()
      versions.append(version)
      changes.append((key: key, value: Worker.value(version)))
    }
    for (change, version) in zip(changes, versions) { note("B", "set", change.key, version) }
    try store.set(changes)
    for (change, version) in zip(changes, versions) { note("A", "set", change.key, version) }
  }

  private func remove(_ key: [UInt8]) throws(StorageError) {
    let time = UInt64(truncatingIfNeeded: Clock.monotonic.nanoseconds)
    note("B", "remove", key, time)
    try store.remove(key)
    note("A", "remove", key, time)
  }

  private func get(_ key: [UInt8]) throws(StorageError) {
    note("B", "get", key, 0)
    let value = try store.value(of: key)
    note("A", "get", key, try version(in: value))
  }

  /// The version of a value, 0 for none; what is no value is told.
  private func version(in value: [UInt8]?) throws(StorageError) -> UInt64 {
    guard let value else { return 0 }
    var scanner = Scanner(value)
    if let version = scanner.number(), Worker.value(version) == value { return version }
    note("X", "garbage", [0x2D], UInt64(value.count))
    return 0
  }

  private func update() throws(StorageError) {
    note("B", "update", [0x2D], 0)
    var number: UInt64 = 0
    do throws(StorageOr<Never>) {
      try store.update("shared") { old in
        var scanner = Scanner(old ?? [0x30])
        number = (scanner.number() ?? 0) + 1
        return Array("\(number)".utf8)
      }
    } catch {
      if case .storage(let error) = error { throw error }
    }
    note("A", "update", [0x2D], number)
  }
}

/// The file that says what was begun, and what has returned.
private final class History {
  private let path: String

  init(_ path: String) { self.path = path }

  func add(_ line: [UInt8]) {
    let flags: OpenFlags = [.write, .append, .create]
    if let file = try? Descriptor.open(path, flags, mode: 0o644) { try? file.write(line) }
  }
}
