import CLinux

/// An account of this box (passwd(5)).
public struct User: Sendable {
  /// Its number.
  public let id: UInt32
  /// Its first group.
  public let group: UInt32
  /// Its name.
  public let name: String
  /// Its folder.
  public let home: String

  /// The account of this name or number; nil when there is none. The corresponding C functions are
  /// `getpwnam` and `getpwuid`.
  public init?(_ name: String) {
    var scanner = Scanner(Array(name.utf8))
    let number = scanner.number()
    let entry =
      if let number, scanner.isAtEnd, number < UInt64(UInt32.max) {
        getpwuid(uid_t(number))
      } else {
        getpwnam(name)
      }
    guard let entry else { return nil }
    id = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
    self.name = String(cString: entry.pointee.pw_name)
    home = String(cString: entry.pointee.pw_dir)
  }

  /// Makes this process one of this account, for good: its groups, its number, and HOME, USER and LOGNAME of
  /// the environment. The corresponding C functions are `initgroups`, `setgid` and `setuid`.
  public func become() throws(SystemError) {
    if id != geteuid() || group != getegid() {
      _ = try check { initgroups(name, group) }
      _ = try check { setgid(group) }
      _ = try check { setuid(id) }
    }
    ThisProcess.setEnvironment("HOME", home)
    ThisProcess.setEnvironment("USER", name)
    ThisProcess.setEnvironment("LOGNAME", name)
  }
}
