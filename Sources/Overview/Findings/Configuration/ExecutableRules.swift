import LinuxCalls
import Watchdog

/// programs/, solutions/ and restart-system: what is run as root.
enum ExecutableRules {
  static let all: [Rule<Configuration>] = [Rule("executables", executables)]

  @Findings private static func executables(_ all: Configuration) -> [Finding] {
    // Only boxes with check-solutions in their chain, or in what runs the tools, restart anything.
    let restarts = all.running.runs(.checkSolutions) || all.isLinked(.checkSolutions)
    for one in all.executables where one.name != nil || restarts {
      if let mistake = one.mistake {
        all.wrong(
          one.file, mistake, solving: true, fix: one.isOpenToOthers ? all.closing(one.file) : nil)
      } else if one.hasNoInterpreter {
        all.note(
          one.file, "it has no interpreter line, so sh runs it", cure: "begin it with #!/bin/sh")
      }
      if let name = one.name, !one.isAside, !all.isMarkOnly, !all.has("hearts", name) {
        heartless(one.file, name, all)
      }
    }
    if restarts, !all.executables.contains(where: { $0.name == nil }) {
      all.wrong(
        "restart-system", "it is missing: where it should be run, the box is rebooted instead",
        cure: "etc/install --restore puts it back", solving: true)
    }
    let unseen = all.executables.filter { $0.isUnseen }.count
    if unseen > 0 {
      all.note("", "\(unseen) executables cannot be examined by this user, only by root")
    }
  }

  private static func heartless(_ file: String, _ name: Name, _ all: Configuration) -> Finding {
    all.note(
      file,
      file.utf8.starts(with: "programs/".utf8)
        ? "it has no heart: it is started at boot, but nothing notices when it hangs or exits"
        : "it has no heart: it is run only when something else marks the problem \(name.text)")
  }
}
