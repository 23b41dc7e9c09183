import CLinux

/// The file system that a file is on (statfs(2)).
public struct FileSystem: Sendable {
  /// Whether it is in memory, so that a reboot clears it.
  public let isInMemory: Bool
  /// Whether nothing can be written, because it was mounted so or turned so after an error.
  public let isReadOnly: Bool
  /// How many bytes can still be written by everybody; nil where there is no limit.
  public let room: UInt64?
  /// How many files can still be made; nil where there is no limit.
  public let filesLeft: UInt64?

  // linux/magic.h
  private static let tmpfs: UInt64 = 0x0102_1994
  private static let ramfs: UInt64 = 0x8584_58F6
  // ST_RDONLY of statvfs(3).
  private static let readOnly: UInt64 = 1

  /// Looks at the one that holds `path`; links are followed.
  public init(of path: String) throws(SystemError) {
    var status = statfs()
    _ = try check(path) { statfs($0, &status) }
    let kind = UInt64(truncatingIfNeeded: status.f_type) & 0xFFFF_FFFF
    isInMemory = kind == FileSystem.tmpfs || kind == FileSystem.ramfs
    isReadOnly = UInt64(truncatingIfNeeded: status.f_flags) & FileSystem.readOnly != 0
    let size = UInt64(truncatingIfNeeded: status.f_bsize)
    room =
      status.f_blocks == 0 ? nil : UInt64(status.f_bavail).multipliedReportingOverflow(by: size).0
    filesLeft = status.f_files == 0 ? nil : UInt64(status.f_ffree)
  }
}
