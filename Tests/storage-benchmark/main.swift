// usage: storage-benchmark process|power FOLDER JOB COUNT [WRITER]
//
// Does a job COUNT times in FOLDER: one side of Tests/benchmark-storage. It prints "ready", waits for a line, and prints
// when it began and when it ended, in nanoseconds of CLOCK_MONOTONIC. WRITER is the number of this process among several,
// each of which sets keys of its own. Jobs:
//
//   counter       increments of one counter
//   sets          sets of one key each
//   batches       sets of 16 keys each; COUNT is that of the keys
//   gets          reads, of each key once, nearly in the order in which they were set
//   scattered     the same, in no order, as those who sign in come
//   again         reads of 200 keys, again and again
//   open          the store is opened, and one key read
//   master-gets   reads of what `fill` has stored
//   cache-gets    the same reads through a cache in memory
//   fill          as sets

import CrashSafe
import LinuxCalls

/// A key as the other side makes it.
func key(_ number: Int, _ writer: String) -> [UInt8] { Array("key-\(writer)-\(number)".utf8) }

/// Several begin at once: else the first would be done before the last is there.
func start() -> Duration {
  Console.write("ready\n")
  _ = Console.readLine()
  return Clock.monotonic
}

/// - Returns: when it began.
func run(
  _ job: String, _ count: Int, in folder: String, _ durability: Durability, _ writer: String
) throws(StorageError) -> Duration {
  let value = [UInt8](repeating: 0x78, count: 100)
  func isJob(_ name: StaticString) -> Bool { job.utf8.elementsEqual("\(name)".utf8) }
  if isJob("counter") {
    let counter = try Counter("count", in: folder, durability: durability)
    let begin = start()
    for _ in 0..<count { try counter.increment() }
    return begin
  }
  let opening = isJob("open") ? start() : nil
  let store = try KeyValueStore(at: "\(folder)/store", durability: durability)
  if isJob("cache-gets") { return try cacheGets(store, count, in: folder, writer) }
  // What it costs to make a key is none of a store's.
  let isScattered = isJob("scattered")
  let isReading = isJob("gets") || isScattered || isJob("again")
  let distinct = isJob("again") ? 200 : count
  let keys = isReading ? (0..<distinct).map { key($0, writer) } : []
  let begin = opening ?? start()
  if isJob("sets") || isJob("fill") {
    for number in 0..<count { try store.set(key(number, writer), to: value) }
  } else if isJob("batches") {
    for start in stride(from: 0, to: count, by: 16) {
      try store.set((start..<(start + 16)).map { (key: key($0, writer), value: .some(value)) })
    }
  } else if isJob("open") {
    _ = try store.value(of: key(1, writer))
  } else {
    let step = isScattered ? 61_803 : 7
    for number in 0..<count { _ = try store.value(of: keys[number * step % distinct]) }
  }
  return begin
}

func cacheGets(
  _ store: KeyValueStore, _ count: Int, in folder: String, _ writer: String
) throws(StorageError) -> Duration {
  var cache = try Cache(of: [[UInt8]?](), .inMemory, mark: "mark", in: folder)
  do throws(StorageOr<StorageError>) {
    try cache.rebuild { (copy) throws(StorageError) in
      for number in 0..<count { copy.append(try store.value(of: key(number, writer))) }
    }
  } catch {
    switch error {
    case .storage(let error), .caller(let error): throw error
    }
  }
  let begin = start()
  for number in 0..<count {
    guard let found = cache.read({ $0[number * 7 % count] }), found != nil else {
      print("the cache was not right")
      ThisProcess.exit(1)
    }
  }
  return begin
}

func number(_ word: String) -> UInt64? {
  var scanner = Scanner(Array(word.utf8))
  return scanner.number()
}

let words = ThisProcess.words
guard words.count >= 5, let count = number(words[4]) else {
  print("usage: storage-benchmark process|power FOLDER JOB COUNT [WRITER]")
  ThisProcess.exit(64)
}
do throws(StorageError) {
  let durability: Durability = words[1].utf8.elementsEqual("power".utf8) ? .power : .process
  let begin = try run(
    words[3], Int(clamping: count), in: words[2], durability, words.count > 5 ? words[5] : "0")
  print("\(begin.nanoseconds) \(Clock.monotonic.nanoseconds)")
} catch {
  print(error.description)
  ThisProcess.exit(1)
}
