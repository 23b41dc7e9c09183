import Linux

/// The three folders that everything is in. Tests, and people without root, move them.
public struct Roots: Sendable {
  /// Set by the administrator and only read by the tools.
  public let config: String
  /// What a reboot clears.
  public let state: String
  /// What survives a reboot.
  public let data: String

  /// These folders.
  public init(config: String, state: String, data: String) {
    self.config = config
    self.state = state
    self.data = data
  }

  /// Where the options say, else where the environment says, else where the design says.
  public init(_ arguments: Arguments) {
    func root(_ option: StaticString, _ variable: StaticString, _ usual: String) -> String {
      let given = arguments.value(of: option) ?? ThisProcess.environment(variable) ?? ""
      if given.utf8.isEmpty { return usual }
      // What is started from here may be in another folder.
      return given.utf8.first == 0x2F ? given : "\(ThisProcess.folder)/\(given)"
    }
    config = root("config", "WATCHDOG_CONFIG", "/etc/watchdog")
    state = root("state", "WATCHDOG_STATE", "/run/watchdog")
    data = root("data", "WATCHDOG_DATA", "/var/lib/watchdog")
  }

  /// Says to the programs that are started from here where the folders are.
  public func export() {
    ThisProcess.setEnvironment("WATCHDOG_CONFIG", config)
    ThisProcess.setEnvironment("WATCHDOG_STATE", state)
    ThisProcess.setEnvironment("WATCHDOG_DATA", data)
  }

  /// Opens one of the administrator's folders, for example "hearts".
  public func configFolder(_ name: StaticString) throws(Failure) -> Folder {
    let path = "\(config)/\(name)"
    return try attempt(to: "open \(path)") { () throws(SystemError) in try Folder(path: path) }
  }
}
