import LinuxCalls
import Rules
import Watchdog

/// What is dangerous although each file of it is right.
enum DangerRules {
  static let all: [Rule<Configuration>] = [
    Rule("daemons", daemons), Rule("sudo", sudo), Rule("password", password),
  ]

  /// Names whose program is what the box is mended by, or the chain run by: no ladder may end that.
  @Findings private static func daemons(_ all: Configuration) -> [Finding] {
    for (name, daemon) in all.daemons where all.givenStep(for: name) != .mark {
      let own = all.roots.path(of: "of/\(name.text)")
      all.wrong(
        all.has("hearts", name) ? "hearts/\(name.text)" : "programs/\(name.text)",
        Daemons.starters.has(daemon)
          ? "restarting \(daemon) ends all that it started, including the tools of the chain, and then the box is reset"
          : "restarting \(daemon) logs out whoever came to mend the box, and if it fails nobody can log in",
        cure: "let it only be marked: mkdir -p \(own) && echo mark >\(own)/last-step",
        solving: true)
    }
  }

  /// What lets others say where the tools' folders are.
  @Findings private static func sudo(_ all: Configuration) -> [Finding] {
    for (file, word) in all.sudoers {
      Finding(
        .warning, of: file,
        "\(word) lets users who may run a tool by sudo choose its directories (WATCHDOG_CONFIG, WATCHDOG_STATE)",
        cure: "remove it, and use --config, --state and --data instead")
    }
  }

  /// What has cron start nothing of root's, and so the box reset, again and again.
  @Findings private static func password(_ all: Configuration) -> [Finding] {
    if let days = all.daysOfRoot {
      let when = days < 0 ? "has expired" : "expires in \(days) days"
      Finding(
        .warning, of: "/etc/shadow",
        "root's password or account \(when): then PAM has cron start nothing of root's, so nothing runs the tools, and the "
          + "box is reset",
        cure: "chage -d $(date +%F) -M -1 -E -1 root")
    }
  }
}
