import LinuxCalls

/// Small values that were read before. Whether one is still what its file holds is seen by a look at the file
/// (fstatat(2)), which takes a quarter of the time that opening, reading and closing it takes.
///
/// A file is the same when its number, its size and its dates are: a new value is a new file, which was given its name
/// at another time, and who writes into a file changes its date. Nobody can set that date (`FileStatus.changed`). It is
/// as fine as the file system has it: so a file that changed shortly before it was read is not remembered. Nor is one
/// whose date is whole seconds, as all are on ext3, on vfat and on an ext4 with small inodes: where the clock is set
/// back, two files of one number (it is used again) may get the same.
final class ReadValues: Sendable {
  /// At most so many values are kept, of at most so many bytes each: 2 MB.
  private static let most = 512
  private static let largest = 4096
  /// Since when a file must not have changed.
  private static let settled: Duration = .seconds(3)

  private let slots = Slots<Entry>(ReadValues.most)

  deinit { slots.free() }

  /// It belongs to whoever has taken it out of its place.
  private final class Entry {
    /// The checksum of the name that it is of.
    var name: UInt64 = 0
    /// Nil when the value was read once only: most are, and would only cost.
    var kept: (value: [UInt8], file: FileStatus)?
  }

  /// The value in a file, when it is remembered and the file is the same. So it is whatever its name is.
  func value(at name: KeyName, in folder: borrowing Folder) -> [UInt8]? {
    let slot = ReadValues.slot(name)
    guard let entry = slots.take(slot) else { return nil }
    defer { slots.put(slot, entry) }
    guard entry.name == name.checksum, let kept = entry.kept,
      let file = try? folder.status(of: name.path), file == kept.file
    else { return nil }
    return kept.value
  }

  /// Remembers what was read from a file, from the second time on.
  ///
  /// - Parameters:
  ///   - file: from which it was read, before this is called.
  ///   - now: CLOCK_REALTIME.
  func note(
    _ value: [UInt8], at name: KeyName, from file: borrowing Descriptor,
    now: @autoclosure () -> Duration = Clock.realtime
  ) {
    guard value.count <= ReadValues.largest else { return }
    let slot = ReadValues.slot(name)
    let entry = slots.take(slot) ?? Entry()
    defer { slots.put(slot, entry) }
    guard entry.name == name.checksum else {
      (entry.name, entry.kept) = (name.checksum, nil)
      return
    }
    guard let status = try? file.status(), now() - status.changed > ReadValues.settled,
      status.changed.nanoseconds % 1_000_000_000 != 0
    else { return }
    entry.kept = (value, status)
  }

  private static func slot(_ name: KeyName) -> Int { Int(name.checksum % UInt64(most)) }
}
