// Sessions of a server: each is there whole or not at all, in every process that opens the directory.
//
// usage: crash-safe-example-key-value-store DIRECTORY

// The Tiny build of this package, which is not for programs like this one, passes it over.
#if !hasFeature(Embedded)
import CrashSafe

guard let directory = CommandLine.arguments.last, CommandLine.arguments.count == 2 else {
  fatalError("usage: crash-safe-example-key-value-store DIRECTORY")
}
do {
  let sessions = try KeyValueStore(at: directory)
  // Two flushes of the disk, and one for each further key of the same call.
  try sessions.set("alice", to: Array("signed in".utf8))
  try sessions.set(["bob": Array("signed in".utf8), "carol": Array("asked".utf8), "dave": nil])
  // No other process changes "visits" in between.
  let visits = try sessions.update("visits") { old in (old ?? []) + [UInt8(ascii: "|")] }
  let users = try sessions.allKeys().map { String(decoding: $0, as: UTF8.self) }.sorted()
  print("\(users.joined(separator: " ")), visit \(visits?.count ?? 0)")
} catch {
  print(error)
}
#endif
