// usage: crash-safe-exerciser process|power FOLDER increment | set KEY VALUE | remove KEY | get KEY |
//                             cache-set KEY VALUE | cache-rebuild
//
// Does one operation of CrashSafe in FOLDER, to be killed in the middle of it. Ends with 0 when the operation
// returned, with 1 when it threw. The look at /begin tells whoever traces it where the operation begins.

import CrashSafe
import Linux

func run(_ words: [String], in folder: String, _ durability: Durability) throws(StorageError) {
  let command = words[0]
  let key = Array((words.count > 1 ? words[1] : "").utf8)
  let value = Array((words.count > 2 ? words[2] : "").utf8)
  _ = try? Folder(path: "/begin")
  if command.utf8.elementsEqual("increment".utf8) {
    let number = try Counter("count", in: folder, durability: durability).increment()
    print("\(number)")
  } else if command.utf8.elementsEqual("set".utf8) {
    try KeyValueStore(at: "\(folder)/store", durability: durability).set(key, to: value)
  } else if command.utf8.elementsEqual("remove".utf8) {
    try KeyValueStore(at: "\(folder)/store", durability: durability).remove(key)
  } else if command.utf8.elementsEqual("get".utf8) {
    let found = try KeyValueStore(reading: "\(folder)/store").value(of: key)
    print(String(decoding: found ?? [], as: UTF8.self))
  } else {
    try runCache(command, key, value, in: folder, durability)
  }
}

func runCache(
  _ command: String, _ key: [UInt8], _ value: [UInt8], in folder: String, _ durability: Durability
) throws(StorageError) {
  let master = try KeyValueStore(at: "\(folder)/master", durability: durability)
  let fast = try KeyValueStore(at: "\(folder)/fast", durability: durability)
  do throws(Cache<KeyValueStore, KeyValueStore>.Failure) {
    var cache = try Cache(of: master, in: fast, mark: "mark", of: folder, durability: durability)
    if command.utf8.elementsEqual("cache-set".utf8) {
      try cache.set(key, to: value)
    } else {
      try cache.rebuild()
    }
  } catch {
    switch error {
    case .fast(let error), .master(let error), .mark(let error): throw error
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
  print(error.message)
  ThisProcess.exit(1)
}
