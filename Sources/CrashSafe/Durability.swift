/// What an operation that returned has survived already.
public enum Durability: Equatable, Sendable {
  /// It survives the end of the process, by `kill -9` too: the kernel has it. Nothing waits for a disk. After a
  /// power failure what was written last may be missing; what is torn reads as absent and never as garbage.
  /// Right for a tmpfs, which a power failure clears anyway, and for what can be made again.
  case process
  /// It survives a power failure and a crash of the kernel: contents are flushed before their name is changed,
  /// and the directory after that, before the operation returns. As far as the disk keeps its promises: one that
  /// confirms a flush and loses it loses this too.
  case power
}

/// Whether the file system is looked at before anything is kept on it.
public enum FileSystemCheck: Equatable, Sendable {
  /// Network file systems and FUSE are refused: their locks and renames are not those of a local disk. For
  /// `.power` on ext4 without a journal, or on FAT, a line on standard error says what to do.
  case checked
  /// Any is taken, and nothing is said: you know better.
  case unchecked
}
