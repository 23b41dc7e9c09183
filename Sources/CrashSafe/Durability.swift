/// What an operation that returned has survived already.
public enum Durability: Equatable, Sendable {
  /// It survives the end of the process, by `kill -9` too: the kernel has it. Nothing is fsynced, so nothing
  /// waits for a disk. After a power failure what was written last may be missing, and on file systems
  /// that do not order contents before names a value may be found empty or cut off. Right for a tmpfs, which
  /// a power failure clears anyway, and for what can be made again.
  case process
  /// It survives a power failure and a crash of the kernel: contents are fsynced before their name is
  /// changed, and the folder after that, before the operation returns. As far as the disk keeps its
  /// promises: one that confirms a flush and loses it loses this too.
  case power
}
