import LinuxCalls
import Rules
import Watchdog

/// What is wrong with the configuration and with what runs the tools, as far as files tell it.
enum ConfigurationRules {
  /// All of them.
  static var all: [Rule<Configuration>] {
    [
      Rule("folders", FileRules.folders), Rule("names", FileRules.names),
      Rule("rights", FileRules.rights), Rule("values", SettingRules.values),
      Rule("unread", SettingRules.unread),
      Rule("of", SettingRules.own), Rule("limits", HeartRules.limits),
      Rule("two lines", HeartRules.lines), Rule("users", HeartRules.users),
      Rule("owners", HeartRules.owners),
      Rule("hearts", HeartRules.none), Rule("links", HeartRules.links),
      Rule("starts", HeartRules.starts), Rule("margins", HeartRules.margins),
      Rule("crontab", CrontabRules.files),
      Rule("syntax", CrontabRules.syntax), Rule("percent", CrontabRules.percent),
      Rule("programs", CrontabRules.programs),
      Rule("boot", CrontabRules.boot), Rule("accepts", CrontabRules.accepts),
      Rule("beats", CrontabRules.beats),
      Rule("services", RunningRules.services), Rule("runs", RunningRules.runs),
      Rule("runs once", RunningRules.once), Rule("runs links", RunningRules.links),
      Rule("executables", ExecutableRules.all), Rule("attempts", NumberRules.attempts),
      Rule("restart time", NumberRules.restartTime), Rule("windows", NumberRules.windows),
      Rule("reach", NumberRules.reaches), Rule("timeout", NumberRules.timeout),
      Rule("no device", NumberRules.device),
      Rule("daemons", DangerRules.daemons), Rule("sudo", DangerRules.sudo),
      Rule("password", DangerRules.password),
    ]
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
    let parts = file.utf8.split(separator: .slash).map {
      $0.text
    }
    return Fix(act: .closeToOthers, base: roots.config, names: parts)
  }

  /// A file that others can write to.
  func open(_ file: String, solving: Bool) -> Finding {
    wrong(
      file, "others can write to it", cure: "chmod go-w \(roots.path(of: file))", solving: solving,
      fix: closing(file))
  }
}
