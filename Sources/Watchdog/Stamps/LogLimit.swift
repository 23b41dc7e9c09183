import LinuxCalls
import Rules

/// Keeps the logs of programs bounded without a daemon: each minute mark-problems sends a process of its own, for a disk
/// may hang, which takes the older half of each that has more than `log-limit`.
///
/// Who writes into it goes on: run-stamped opened it to append, so after the cut it writes at the new end. The newer half
/// is copied over the older one, and then the rest is cut off: one that is killed in between has lost nothing, and leaves
/// lines that stand there twice. Lines that are written between the last look and the cut are lost.
enum LogLimit {
  /// The bytes in a unit of `log-limit` and `memory`.
  static let mebibyte: Int64 = 1 << 20
  private static let ending = Array(".log".utf8)

  /// Has all logs looked at, for which nobody waits.
  static func send(_ roots: Roots) {
    // None is left when the next one comes.
    _ = try? Helper.start("watchdog-logs", atMost: 50) { _ in try? cutAll(roots) }
  }

  /// Cuts those that are too long: NAME.log of what is run here, in a folder that nobody else can write to, and only
  /// where it is an ordinary file of ours that has no other name.
  static func cutAll(_ roots: Roots) throws(Failure) {
    try Trust.check(folder: roots.logs)
    let pids = try StateFolder(roots, isDry: true).openIfThere(.pids)
    try attempt(to: "cut the logs in \(roots.logs)") { () throws(SystemError) in
      let folder = try Folder(path: roots.logs)
      if try folder.status().isWritableByOthers { return }
      for file in try folder.names() where file.suffix(ending.count).elementsEqual(ending) {
        guard let name = Name(Array(file.dropLast(ending.count))),
          roots.means(for: name) != .none || (try? pids?.status(of: name.text)) != nil
        else { continue }
        let limit = Settings.value(of: .logLimit, for: name, roots).wholeSeconds * mebibyte
        try? cut(file.text, in: folder, to: limit)
      }
    }
  }

  private static func cut(
    _ name: String, in folder: borrowing Folder, to limit: Int64
  ) throws(SystemError) {
    // Not opened when it is short: that is one call.
    guard try folder.status(of: name).isLong(limit) else { return }
    let file = try folder.open(name, [.readWrite, .noFollow, .nonBlocking])
    let status = try file.status()
    guard status.kind == .file, status.links == 1, status.isOurs else { return }
    try cut(file, to: limit)
  }

  /// Takes the older part of a file, so that half of its limit stays, from the beginning of a line on.
  static func cut(_ file: borrowing Descriptor, to limit: Int64) throws(SystemError) {
    let piece = 65_536
    let status = try file.status()
    let size = status.size
    guard size > limit else {
      // What a program reserves beyond the end fills the disk, and shows in no length.
      if status.isLong(limit) { try file.truncate(to: size) }
      return
    }
    var from = size - limit / 2
    let start = try file.bytes(atMost: piece, from: from)
    if let end = start.firstIndex(of: .newline) { from += Int64(end + 1) }
    var end: Int64 = 0
    while true {
      let bytes = try file.bytes(atMost: piece, from: from)
      if bytes.isEmpty { break }
      try file.write(bytes, at: end)
      from += Int64(bytes.count)
      end += Int64(bytes.count)
    }
    try file.truncate(to: end)
  }
}

extension FileStatus {
  /// Whether a log has more than this, or takes as much beyond its end.
  fileprivate func isLong(_ limit: Int64) -> Bool { size > limit || room - size > limit }
}
