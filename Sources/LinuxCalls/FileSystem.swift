import CLinuxCalls

/// The file system that a file is on (statfs(2)).
public struct FileSystem: Sendable {
  /// Which kind it is, as linux/magic.h numbers them.
  public let kind: UInt64
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

}

extension FileSystem {
  /// Looks at the one that holds `path`; links are followed.
  public init(of path: String) throws(SystemError) {
    var status = statfs()
    _ = try check(path) { statfs($0, &status) }
    let kind = UInt64(truncatingIfNeeded: status.f_type) & 0xFFFF_FFFF
    let size = UInt64(truncatingIfNeeded: status.f_bsize)
    let room = UInt64(status.f_bavail).multipliedReportingOverflow(by: size).partialValue
    self.init(
      kind: kind, isInMemory: kind == FileSystem.tmpfs || kind == FileSystem.ramfs,
      isReadOnly: UInt64(truncatingIfNeeded: status.f_flags) & FileSystem.readOnly != 0,
      room: status.f_blocks == 0 ? nil : room,
      filesLeft: status.f_files == 0 ? nil : UInt64(status.f_ffree))
  }
}

extension FileSystem {
  /// Where a file is, as /proc/self/mountinfo tells it (proc_pid_mountinfo(5)).
  public struct Place: Sendable {
    /// Whether what is written there is there after a reboot. Not in memory, and not in an overlay whose upper
    /// directory is in memory, or cannot be seen.
    public let lasts: Bool

    /// Looks at the place of `path`, or of the closest directory above it that exists.
    public init(of path: String) throws(SystemError) {
      let file = try Folder(path: "/proc/self").openToRead("mountinfo")
      // A read gives a page of it at the most.
      let mounts = MountEntry.all(in: try file.readOn(atMost: 4 << 20))
      let device = try Place.device(of: path)
      guard let mount = mounts.last(where: { $0.number == device }) else {
        lasts = true
        return
      }
      lasts = Place.lasts(mount, among: mounts)
    }

    private static func lasts(_ mount: MountEntry, among mounts: [MountEntry]) -> Bool {
      if isInMemory(mount) { return false }
      guard mount.type.elementsEqual("overlay".utf8), let upper = mount.upper else { return true }
      var best: MountEntry?
      for other in mounts where other.number != mount.number && holds(other.point, upper) {
        if best.map({ $0.point.count <= other.point.count }) ?? true { best = other }
      }
      return best.map { !isInMemory($0) } ?? false
    }

    private static func isInMemory(_ mount: MountEntry) -> Bool {
      ["tmpfs", "ramfs", "rootfs"].contains { mount.type.elementsEqual($0.utf8) }
    }

    private static func holds(_ point: [UInt8], _ path: [UInt8]) -> Bool {
      if point == [.slash] { return true }
      return path.starts(with: point) && (path.count == point.count || path[point.count] == .slash)
    }

    private static func device(of path: String) throws(SystemError) -> [UInt8] {
      var path = Array(path.utf8)
      while true {
        let text = path.isEmpty ? "/" : path.text
        do throws(SystemError) {
          let status = try FileStatus.following(text)
          let number = dev_t(status.device)
          return Array("\(clinux_major(number)):\(clinux_minor(number))".utf8)
        } catch {
          guard error == .noSuchFile, let slash = path.lastIndex(of: .slash) else { throw error }
          path = Array(path[..<slash])
        }
      }
    }
  }
}

/// A line of /proc/self/mountinfo (proc_pid_mountinfo(5)).
struct MountEntry {
  /// "8:1", of the device.
  let number: [UInt8]
  /// Which directory of the file system is mounted.
  let root: [UInt8]
  /// Where.
  let point: [UInt8]
  /// Which kind of file system it is.
  let type: [UInt8]
  /// The upper directory of an overlay.
  let upper: [UInt8]?

  /// All lines of the table that can be understood.
  static func all(in table: [UInt8]) -> [MountEntry] {
    table.lines.compactMap { MountEntry($0) }
  }

  private init?(_ line: [UInt8]) {
    // ID, parent, device, root, mount point, options, optional fields, "-", type, source, options.
    let fields = line.pieces(between: .space)
    guard let dash = fields.firstIndex(of: [UInt8(ascii: "-")]), dash >= 6, dash + 1 < fields.count
    else { return nil }
    number = fields[2]
    root = fields[3]
    point = fields[4]
    type = fields[dash + 1]
    let key = Array("upperdir=".utf8)
    let options = dash + 3 < fields.count ? fields[dash + 3] : []
    let upper = options.pieces(between: UInt8(ascii: ",")).first { $0.starts(with: key) }
    self.upper = upper.map { Array($0.dropFirst(key.count)) }
  }
}
