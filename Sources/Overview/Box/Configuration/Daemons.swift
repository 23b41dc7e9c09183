import LinuxCalls
import Watchdog

/// The daemons that should not be ended: by them people come to the box, and by them the tools are started.
enum Daemons {
  private static let logins = ["sshd", "ssh", "dropbear", "getty", "agetty", "systemd-logind"]
  static let starters = ["cron", "crond", "fcron", "cronie", "supercronic"]

  /// The daemon of this kind that a name stands for, or that its program executes; nil for none.
  static func daemon(_ name: Name, program: [UInt8]?) -> String? {
    let words = [name.text] + CrontabFile.words(of: program ?? [])
    // In a script ssh is what connects to somebody else.
    return words.enumerated().first { index, word in
      (logins + starters).has(word) && (index == 0 || !word.isEqual(to: "ssh"))
    }?.element
  }
}

extension Configuration {
  /// Reads what stands for a daemon that should not be ended, and what sudo hands on.
  mutating func readDangers() {
    for name in roots.names(in: "hearts") + roots.names(in: "programs") {
      if daemons.contains(where: { $0.name == name }) { continue }
      let path = roots.path(of: "programs/\(name.text)")
      let script = try? Descriptor.contents(of: path, atMost: 65_536)
      if let daemon = Daemons.daemon(name, program: script) { daemons.append((name, daemon)) }
    }
    guard seesOutside else { return }
    let files = around.names(in: "/etc/sudoers.d").map { "/etc/sudoers.d/\($0)" }
    for file in ["/etc/sudoers"] + files {
      if around.isSaid("env_keep", in: file), around.isSaid("WATCHDOG_", in: file) {
        sudoers.append((around.path(file), "env_keep"))
      } else if around.isSaid("!env_reset", in: file) {
        sudoers.append((around.path(file), "!env_reset"))
      }
    }
    // As cron and cronie call what they ask PAM for.
    guard around.exists("/etc/pam.d/cron") || around.exists("/etc/pam.d/crond") else { return }
    daysOfRoot = Configuration.daysOfRoot(
      around.contents("/etc/shadow") ?? [], today: Clock.realtime.wholeSeconds / 86_400)
  }

  /// In how many days PAM lets root do nothing any more (shadow(5), pam_unix(8)); nil for never.
  ///
  /// - Parameters:
  ///   - shadow: what /etc/shadow holds.
  ///   - today: in days since 1970.
  static func daysOfRoot(_ shadow: [UInt8], today: Int64) -> Int64? {
    guard let line = shadow.lines.first(where: { $0.starts(with: "root:".utf8) }) else {
      return nil
    }
    let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    func number(_ index: Int) -> Int64? {
      index < fields.count ? Int64(leading: fields[index].text) : nil
    }
    let changed = number(2)
    if changed == 0 { return -1 }
    var ends: [Int64] = []
    // 99999, which is for ever by custom.
    if let changed, let time = number(4), time < 99_999 {
      ends.append(min(changed, .max / 2) + time)
    }
    if let end = number(7) { ends.append(end) }
    return ends.min().map { $0 - today }
  }
}
