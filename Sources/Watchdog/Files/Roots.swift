import LinuxCalls
import Rules

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

  static let usualState = "/run/watchdog"

  /// These folders.
  public init(config: String, state: String, data: String, logs: String) {
    self.config = config
    self.state = state
    self.data = data
    self.logs = logs
  }

  /// Whether this is the box's own chain, and not a private world beside it.
  public var isOfBox: Bool { state.isEqual(to: Roots.usualState) }

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
    try Roots.open("\(config)/\(name)")
  }

  /// Opens a directory that every installation has.
  static func open(_ path: String) throws(Failure) -> Folder {
    do throws(SystemError) { return try Folder(path: path) } catch {
      let isMissing = error == .noSuchFile
      throw Failure.unable(
        to: "open \(path)", error,
        cure: isMissing
          ? "install watchdog-chain on this box, or name its configuration with --config DIR" : nil)
    }
  }

  /// Who can mend a problem of this name. What must not be run is found out when it is run.
  public func means(for name: Name) -> Means {
    if has("solutions", name) { return .solution }
    return has("programs", name) ? .program : .none
  }

  /// Whether a directory of the configuration has something of this name, as far as that can be seen.
  public func has(_ folder: StaticString, _ name: Name) -> Bool { has("\(folder)/\(name.text)") }

  /// Whether the configuration has something there, as far as that can be seen.
  public func has(_ path: String) -> Bool { (try? FileStatus.at("\(config)/\(path)")) != nil }
}
