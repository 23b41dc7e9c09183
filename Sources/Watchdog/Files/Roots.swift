import LinuxCalls

/// The folders that everything is in. Tests, and people without root, move them.
public struct Roots: Sendable {
  /// Set by the administrator and only read by the tools.
  public let config: String
  /// What a reboot clears.
  public let state: String
  /// What survives a reboot.
  public let data: String
  /// What the programs say: WATCHDOG_LOGS, else /var/log/watchdog.
  public let logs: String

  private static let usualState = "/run/watchdog"

  /// These folders.
  public init(config: String, state: String, data: String, logs: String) {
    self.config = config
    self.state = state
    self.data = data
    self.logs = logs
  }

  /// Whether this is the box's own chain, and not a private world beside it.
  public var isOfBox: Bool { state.isEqual(to: Roots.usualState) }

  /// Where the options say, else where the environment says, else where the design says.
  public init(_ arguments: Arguments) {
    func root(_ option: StaticString?, _ variable: StaticString, _ usual: String) -> String {
      let option = option.flatMap { arguments.value(of: $0) }
      let given = option ?? ThisProcess.environment(variable) ?? ""
      if given.utf8.isEmpty { return usual }
      // What is started from here may be in another folder.
      return ThisProcess.absolute(given)
    }
    config = root("config", "WATCHDOG_CONFIG", "/etc/watchdog")
    state = root("state", "WATCHDOG_STATE", Roots.usualState)
    data = root("data", "WATCHDOG_DATA", "/var/lib/watchdog")
    logs = root(nil, "WATCHDOG_LOGS", "/var/log/watchdog")
  }

  /// Where the program of a heart writes to, unless told otherwise.
  public func log(of heart: Name) -> String { "\(logs)/\(heart.text).log" }

  /// Says to the programs that are started from here where the folders are.
  public func export() {
    ThisProcess.setEnvironment("WATCHDOG_CONFIG", config)
    ThisProcess.setEnvironment("WATCHDOG_STATE", state)
    ThisProcess.setEnvironment("WATCHDOG_DATA", data)
    ThisProcess.setEnvironment("WATCHDOG_LOGS", logs)
  }

  /// Opens one of the administrator's folders, for example "hearts".
  public func configFolder(_ name: StaticString) throws(Failure) -> Folder {
    try attempt(to: "open \(config)/\(name)", Folder(path: "\(config)/\(name)"))
  }
}
