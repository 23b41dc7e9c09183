// usage: storage-benchmark process|power FOLDER counter | sets | gets | open | cache | fill COUNT
//
// Does a job COUNT times in FOLDER and prints the seconds that it took: one side of Tests/benchmark-storage.

import CrashSafe
import Linux

/// A key as the benchmark of SQLite makes it.
func key(_ number: Int) -> [UInt8] { Array("key-\(number)".utf8) }

func run(
  _ job: String, _ count: Int, in folder: String, _ durability: Durability
) throws(StorageError) {
  let value = [UInt8](repeating: 0x78, count: 100)
  let path = "\(folder)/store"
  if job.utf8.elementsEqual("counter".utf8) {
    let counter = try Counter("count", in: folder, durability: durability)
    for _ in 0..<count { try counter.increment() }
  } else if job.utf8.elementsEqual("sets".utf8) || job.utf8.elementsEqual("fill".utf8) {
    let store = try KeyValueStore(at: path, durability: durability)
    for number in 0..<count { try store.set(key(number), to: value) }
  } else if job.utf8.elementsEqual("gets".utf8) {
    let store = try KeyValueStore(reading: path)
    for number in 0..<count { _ = try store.value(of: key(number * 7 % count)) }
  } else if job.utf8.elementsEqual("open".utf8) {
    _ = try KeyValueStore(at: path, durability: durability).value(of: key(1))
  } else {
    try cache(count, value, in: folder, durability)
  }
}

func cache(
  _ count: Int, _ value: [UInt8], in folder: String, _ durability: Durability
) throws(StorageError) {
  let master = try KeyValueStore(at: "\(folder)/master", durability: durability)
  let fast = try KeyValueStore(at: "\(folder)/fast", durability: .process)
  do throws(Cache<KeyValueStore, KeyValueStore>.Failure) {
    var cache = try Cache(of: master, in: fast, mark: "mark", of: folder, durability: .process)
    try cache.rebuild()
    for number in 0..<count { try cache.set(key(number), to: value) }
  } catch {
    switch error {
    case .fast(let error), .master(let error), .mark(let error): throw error
    }
  }
}

func number(_ word: String) -> UInt64? {
  var scanner = Scanner(Array(word.utf8))
  return scanner.number()
}

let words = ThisProcess.words
guard words.count == 5, let count = number(words[4]) else {
  print("usage: storage-benchmark process|power FOLDER JOB COUNT")
  ThisProcess.exit(64)
}
do throws(StorageError) {
  let durability: Durability = words[1].utf8.elementsEqual("power".utf8) ? .power : .process
  let begin = Moment.now().monotonic
  try run(words[3], Int(clamping: count), in: words[2], durability)
  print("\((Moment.now().monotonic - begin).nanoseconds)")
} catch {
  print(error.message)
  ThisProcess.exit(1)
}
