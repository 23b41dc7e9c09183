// Users in a dictionary, which is quick, of a store that is reliable. Another process may run the same.
//
// usage: crash-safe-example-cache DIRECTORY NAME VALUE

// The Tiny build of this package, which is not for programs like this one, passes it over.
#if !hasFeature(Embedded)
import CrashSafe

let words = CommandLine.arguments
guard words.count == 4 else { fatalError("usage: crash-safe-example-cache DIRECTORY NAME VALUE") }
do {
  let master = try KeyValueStore(at: "\(words[1])/users")
  var users = try Cache(of: [[UInt8]: [UInt8]](), .inMemory, mark: "users.mark", in: words[1])
  // The copy is empty at the start, and known to be. When another process has changed the master, it is old.
  if !users.isRight {
    try users.rebuild { copy in
      for key in try master.allKeys() { copy[key] = try master.value(of: key) }
    }
  }
  let (name, value) = (Array(words[2].utf8), Array(words[3].utf8))
  try users.change {
    try master.set(name, to: value)
  } copy: {
    $0[name] = value
  }
  // What the copy does not say, the master does.
  let found = try users.read { $0[name] } ?? master.value(of: name)
  print("\(words[2]) is \(String(decoding: found ?? [], as: UTF8.self))")
} catch {
  print(error)
}
#endif
