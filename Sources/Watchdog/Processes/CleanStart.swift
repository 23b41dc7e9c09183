import LinuxCalls

/// How programs and solutions begin, whatever starts them: nothing of an administrator's shell, or of a
/// supervisor, is handed on that was not asked for.
public enum CleanStart {
  /// The variables that are kept. Those whose names begin with LC_ are too, and with WATCHDOG_.
  static let kept: [StaticString] = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "TZ",
  ]

  /// Begins so, in the root directory.
  public static func begin() {
    clear()
    try? ThisProcess.go(to: "/")
  }

  /// Takes out of the environment of this process what is not kept. New files can be read by all, and written by their owner
  /// (umask 022), as those of a program that cron started.
  static func clear() {
    ThisProcess.withholdFromNewFiles(0o022)
    ThisProcess.clearEnvironment { name in
      kept.contains { name.elementsEqual("\($0)".utf8) } || name.starts(with: "LC_".utf8)
        || name.starts(with: "WATCHDOG_".utf8)
    }
    // Programs are not to be found in whatever folder somebody was in.
    let path = ThisProcess.environment("PATH") ?? ""
    let folders = path.utf8.split(separator: UInt8(ascii: ":")).filter { $0.first == .slash }
    ThisProcess.setEnvironment(
      "PATH",
      folders.isEmpty
        ? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        : folders.map { $0.text }.joined(separator: ":"))
  }
}
