import LinuxCalls
import Rules
import Watchdog

/// What is wrong with the configuration and with what runs the tools, as far as files tell it.
enum ConfigurationRules {
  /// All of them.
  static var all: [Rule<Configuration>] {
    FileRules.all + SettingRules.all + HeartRules.all + CrontabRules.all + RunningRules.all
      + ExecutableRules.all + NumberRules.all + DangerRules.all
  }
}

extension Configuration {
  /// A mistake in a file; one about solving is only worth knowing where nothing is solved.
  func wrong(
    _ file: String, _ what: String, cure: String? = nil, solving: Bool = false, fix: Fix? = nil
  ) -> Finding {
    Finding(
      solving && isMarkOnly ? .note : .warning, of: roots.path(of: file), what, cure: cure,
      fix: fix)
  }

  /// Something worth knowing about a file.
  func note(_ file: String, _ what: String, cure: String? = nil) -> Finding {
    Finding(.note, of: roots.path(of: file), what, cure: cure)
  }

  /// How a file is closed to others.
  func closing(_ file: String) -> Fix {
    Fix(act: .closeToOthers, base: roots.config, names: file.pathParts)
  }

  /// A file that others can write to.
  func open(_ file: String, solving: Bool) -> Finding {
    wrong(
      file, "others can write to it", cure: "chmod go-w \(roots.path(of: file))", solving: solving,
      fix: closing(file))
  }
}
