import LinuxCalls
import Rules
import Watchdog

/// What is dangerous although each file of it is right.
enum DangerRules {
  /// By which people come to the box.
  private static let logins = ["sshd", "ssh", "dropbear", "getty", "agetty", "systemd-logind"]
  /// By which the tools do.
  private static let starters = ["cron", "crond", "fcron", "cronie", "supercronic"]

  /// Names whose program is what the box is mended by, or the chain run by: no ladder may end that.
  @Findings static func daemons(_ all: Configuration) -> [Finding] {
    for (name, daemon) in all.daemons where all.givenStep(for: name) != .mark {
      let own = all.roots.path(of: "of/\(name.text)")
      all.wrong(
        all.has("hearts", name) ? "hearts/\(name.text)" : "programs/\(name.text)",
        starters.has(daemon)
          ? "restarting \(daemon) ends all that it started, including the tools of the chain, and then the box is reset"
          : "restarting \(daemon) logs out whoever came to mend the box, and if it fails nobody can log in",
        cure: "let it only be marked: mkdir -p \(own) && echo mark >\(own)/last-step",
        solving: true)
    }
  }

  /// The daemon of this kind that a name stands for, or that its program executes; nil for none.
  static func daemon(_ name: Name, program: [UInt8]?) -> String? {
    let words = [name.text] + CrontabFile.words(of: program ?? [])
    // In a script ssh is what connects to somebody else.
    return words.enumerated().first { index, word in
      (logins + starters).has(word) && (index == 0 || !word.isEqual(to: "ssh"))
    }?.element
  }

  /// What lets others say where the tools' folders are.
  @Findings static func sudo(_ all: Configuration) -> [Finding] {
    for (file, word) in all.sudoers {
      Finding(
        .warning, of: file,
        "\(word) lets users who may run a tool by sudo choose its directories (WATCHDOG_CONFIG, WATCHDOG_STATE)",
        cure: "remove it, and use --config, --state and --data instead")
    }
  }
}

extension Configuration {
  /// Reads what stands for a daemon that should not be ended, and what sudo hands on.
  mutating func readDangers() {
    for name in (names(in: roots.path(of: "hearts")) + names(in: roots.path(of: "programs"))) {
      if daemons.contains(where: { $0.name == name }) { continue }
      let path = roots.path(of: "programs/\(name.text)")
      let script = try? Descriptor.contents(of: path, atMost: 65_536)
      if let daemon = DangerRules.daemon(name, program: script) { daemons.append((name, daemon)) }
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
