import LinuxCalls
import Rules

/// /run/watchdog/spool: incidents on their way to the disk, a line each.
///
/// Each is written with a newline before it too, so that what was torn when memory ran out spoils no other line. Who
/// writes holds a shared lock meanwhile; the one that takes it renames it first, and then waits until the writers are
/// out, so nothing is added to what was taken.
enum Spool {
  static let file = "spool"
  /// The spool while a clerk is at it, or what a killed one left.
  static let taken = "spool.taken"
  /// A disk that takes nothing must not fill the memory.
  static let largest: Int64 = 4 << 20
  /// How long somebody may stand still in the middle of writing a line.
  private static let patience: Duration = .seconds(15)

  /// Adds a line, which ends with a newline.
  static func add(_ line: [UInt8], in folder: borrowing Folder) throws(SystemError) {
    // It may be taken between opening and locking it, which nobody does a hundred times.
    for _ in 0..<100 {
      let spool = try folder.openToAppend(file, mode: 0o600)
      let status = try spool.status()
      guard status.kind == .file else { throw .invalidArgument }
      guard status.size + Int64(line.count) < largest else { throw .noSpace }
      guard try spool.tryToLock(isShared: true), let named = try folder.statusIfThere(of: file),
        named.isSame(as: status)
      else { continue }
      return try spool.write([.newline] + line)
    }
    throw .wouldWait
  }

  /// What was taken out of it.
  struct Load {
    /// Whole lines, without their newlines.
    let lines: [[UInt8]]
    /// Whether another clerk had them before, and may have carried any part.
    let isLeftOver: Bool

    /// As they are to stand in the file.
    var bytes: [UInt8] { lines.flatMap { $0 + [.newline] } }
  }

  /// Takes it, unless somebody did so before and was killed; nil when there is none.
  static func take(in folder: borrowing Folder) throws(SystemError) -> Load? {
    let isLeftOver = try folder.statusIfThere(of: taken) != nil
    if !isLeftOver {
      guard let status = try folder.statusIfThere(of: file) else { return nil }
      guard status.kind == .file else { throw .invalidArgument }
      try folder.rename(file, to: taken, in: folder)
    }
    let spool = try folder.openToRead(taken)
    let deadline = Clock.monotonic + patience
    while try !spool.tryToLock(), Clock.monotonic < deadline {
      sleep(untilMonotonic: Clock.monotonic + .milliseconds(5))
    }
    return Load(lines: lines(of: try spool.readAll()), isLeftOver: isLeftOver)
  }

  /// The whole lines among what stands in a spool.
  static func lines(of bytes: [UInt8]) -> [[UInt8]] {
    bytes.lines.filter { Incident.Line($0) != nil }
  }

  /// Removes what was taken, after it was carried.
  static func drop(in folder: borrowing Folder) throws(SystemError) { try folder.remove(taken) }
}
