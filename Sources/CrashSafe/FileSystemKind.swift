import LinuxCalls

extension FileSystemCheck {
  /// Looks at the file system that holds `folder`.
  ///
  /// - Throws: when it breaks the promises.
  func check(
    _ folder: borrowing Folder, path: String, _ durability: Durability
  ) throws(StorageError) {
    // One that cannot be asked is none of those: they answer.
    guard self == .checked, let system = try? FileSystem(of: path) else { return }
    if FileSystemCheck.isRemote(system.kind) {
      throw StorageError(.networkFileSystem, to: "keep anything in \(path)")
    }
    if durability == .power, let danger = try? FileSystemCheck.danger(folder, system.kind) {
      Console.write("\(path) is on \(danger)\n", to: .error)
    }
  }

  /// Where a power failure may take names away that were flushed, and what to do about it; nil on others.
  static func danger(
    _ folder: borrowing Folder, _ kind: UInt64
  ) throws(SystemError) -> StaticString? {
    switch kind {
    case 0x4D44, 0x2011_BAB0:
      "FAT, which has no journal: after a power failure names may be gone. Use ext4, xfs or btrfs"
    case 0xEF53 where lacksJournal(try folder.status().device):
      """
      ext4 without a journal: after a power failure names may be gone. \
      Unmount it and run: tune2fs -O has_journal DEVICE
      """
    default: nil
    }
  }

  /// By linux/magic.h, and the numbers that are only in the sources of the file systems themselves.
  static func isRemote(_ kind: UInt64) -> Bool {
    switch kind {
    case 0x6969: true  // NFS
    case 0x517B, 0xFF53_4D42, 0xFE53_4D42: true  // SMB: smbfs, cifs, smb2
    case 0x0102_1997: true  // 9p
    case 0x6573_5546: true  // FUSE
    case 0x00C3_6400, 0x5346_414F, 0x7375_7245, 0x0BD0_0BD0: true  // Ceph, AFS, Coda, Lustre
    default: false
    }
  }

  /// ext4 names the mode of its journal among its options when it has one (fs/ext4/super.c). Where /proc does not
  /// say, it has one.
  static func lacksJournal(_ device: UInt64) -> Bool {
    // As makedev(3) puts them together.
    let major = device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000
    let minor = device & 0xFF | device >> 12 & 0xFFFF_FF00
    guard let devices = try? Folder(path: "/sys/dev/block"),
      let target = try? devices.linkTarget(of: "\(major):\(minor)"),
      let slash = target.lastIndex(of: .slash)
    else { return false }
    let name = target[(slash + 1)...].text
    guard
      let options = try? Descriptor.contents(of: "/proc/fs/ext4/\(name)/options", atMost: 4096)
    else { return false }
    return !options.split(separator: .newline).contains { $0.starts(with: "data=".utf8) }
  }
}
