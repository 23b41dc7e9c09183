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
    for name in (names(in: roots.path(of: "hearts")) + names(in: roots.path(of: "programs"))) {
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
  }
}
