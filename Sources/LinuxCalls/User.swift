import CLinuxCalls

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
    let entry =
      if let number = UInt64(digits: Array(name.utf8)), number < UInt64(UInt32.max) {
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

  /// The number of an account of /etc/passwd, or the number itself, which need not be there; nil when it is neither. Nobody
  /// else is asked (nsswitch.conf(5)).
  public static func number(named word: [UInt8]) -> UInt32? {
    if word.first?.isDigit ?? false { return id(UInt64(digits: word)) }
    let file = try? Descriptor.contents(of: "/etc/passwd", atMost: 1 << 20)
    for line in file?.split(separator: .newline) ?? [] where line.starts(with: word) {
      let fields = line.split(
        separator: UInt8(ascii: ":"), maxSplits: 3, omittingEmptySubsequences: false)
      guard fields.count == 4, fields[0].elementsEqual(word) else { continue }
      return id(UInt64(leading: Array(fields[2])))
    }
    return nil
  }

  /// The largest number is no account's.
  private static func id(_ number: UInt64?) -> UInt32? {
    number.flatMap { $0 < UInt64(UInt32.max) ? UInt32($0) : nil }
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
