// usage: crash-safe-exerciser process|power FOLDER increment [TIMES] | set KEY VALUE | remove KEY | get KEY |
//                             batch KEY VALUE [KEY…] | update KEY VALUE | cache-set KEY VALUE | cache-rebuild |
//                             work SEED HISTORY | dump
//
// Does one operation of CrashSafe in FOLDER, to be killed in the middle of it. Ends with 0 when the operation
// returned, with 1 when it threw. The look at /begin tells whoever traces it where the operation begins. `work` does
// operations until it is killed, and writes into the file HISTORY what it begins and what has returned; `dump` prints
// what is there.

import CrashSafe
import LinuxCalls

/// Tells whoever traces it that the operation begins.
func begin() { _ = try? Folder(path: "/begin") }

func run(_ words: [String], in folder: String, _ durability: Durability) throws(StorageError) {
  let command = words[0]
  let key = Array((words.count > 1 ? words[1] : "").utf8)
  let value = Array((words.count > 2 ? words[2] : "").utf8)
  /// What is there already is opened before the operation begins; making it is a part of the first one.
  func store() throws(StorageError) -> KeyValueStore {
    let path = "\(folder)/store"
    let isThere = if case .some = try? Folder(path: path) { true } else { false }
    if !isThere { begin() }
    let store = try KeyValueStore(at: path, durability: durability, fileSystem: .unchecked)
    if isThere { begin() }
    return store
  }
  if command.utf8.elementsEqual("increment".utf8) {
    begin()
    let counter = try Counter(
      "count", in: folder, durability: durability, fileSystem: .unchecked)
    var scanner = Scanner(key)
    for _ in 0..<(scanner.number() ?? 1) { print("\(try counter.increment())") }
  } else if command.utf8.elementsEqual("set".utf8) {
    try store().set(key, to: value)
  } else if command.utf8.elementsEqual("batch".utf8) {
    let more = words.dropFirst(3).map { (key: Array($0.utf8), value: Optional(value)) }
    try store().set([(key: key, value: value), (key: Array("gone".utf8), value: nil)] + more)
  } else if command.utf8.elementsEqual("update".utf8) {
    let store = try store()
    do throws(StorageOr<Never>) {
      try store.update(key) { _ in value }
    } catch {
      if case .storage(let error) = error { throw error }
    }
  } else if command.utf8.elementsEqual("remove".utf8) {
    try store().remove(key)
  } else if command.utf8.elementsEqual("get".utf8) {
    let found = try KeyValueStore(reading: "\(folder)/store").value(of: key)
    print(String(decoding: found ?? [], as: UTF8.self))
  } else if command.utf8.elementsEqual("work".utf8) {
    var worker = try Worker(
      folder, durability, seed: words.count > 1 ? words[1] : "1",
      history: words.count > 2 ? words[2] : "/dev/stdout")
    try worker.work()
  } else if command.utf8.elementsEqual("dump".utf8) {
    try Worker(folder, durability, seed: "0", history: "/dev/null").dump()
  } else {
    try runCache(command, key, value, in: folder)
  }
}

/// A copy that others see, in files.
func runCache(
  _ command: String, _ key: [UInt8], _ value: [UInt8], in folder: String
) throws(StorageError) {
  let master = try KeyValueStore(at: "\(folder)/master", fileSystem: .unchecked)
  let fast = try KeyValueStore(
    at: "\(folder)/fast", durability: .process, fileSystem: .unchecked)
  begin()
  var cache = try Cache(of: fast, .shared, mark: "mark", in: folder)
  do throws(StorageOr<StorageError>) {
    if command.utf8.elementsEqual("cache-set".utf8) {
      try cache.change { () throws(StorageError) in
        try master.set(key, to: value)
      } copy: { (fast) throws(StorageError) in
        try fast.set(key, to: value)
      }
    } else {
      try cache.rebuild { (fast) throws(StorageError) in
        try fast.removeAll()
        for key in try master.allKeys() {
          if let value = try master.value(of: key) { try fast.set(key, to: value) }
        }
      }
    }
  } catch {
    switch error {
    case .storage(let error), .caller(let error): throw error
    }
  }
}

let words = ThisProcess.words
guard words.count >= 4 else {
  print("usage: crash-safe-exerciser process|power FOLDER COMMAND [KEY [VALUE]]")
  ThisProcess.exit(64)
}
do throws(StorageError) {
  let durability: Durability = words[1].utf8.elementsEqual("power".utf8) ? .power : .process
  try run(Array(words[3...]), in: words[2], durability)
} catch {
  print(error.description)
  ThisProcess.exit(1)
}
