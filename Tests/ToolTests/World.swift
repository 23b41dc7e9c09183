import Foundation
import TestSupport
import Testing

/// A world in which the built executables run as a user would run them.
extension World {
  var problems: URL { state.appending(path: "problems") }

  // MARK: Files

  func heart(_ name: String, _ text: String) throws { try write(text, to: "etc/hearts/\(name)") }

  func script(_ path: String, _ body: String) throws {
    try write("#!/bin/sh\n\(body)\n", to: path, mode: 0o755)
  }

  /// A file's own status; nil where there is none.
  func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(self.path(of: path), &status) == 0 ? status : nil
  }

  /// Every file below a folder with its date, size and contents: equal exactly when nothing was changed.
  func snapshot(_ path: String) -> [String] {
    let below = FileManager.default.subpaths(atPath: root.appending(path: path).path) ?? []
    return below.sorted().map { name in
      let status = status("\(path)/\(name)")
      let time = status.map { "\($0.st_mtim.tv_sec).\($0.st_mtim.tv_nsec) \($0.st_mode)" } ?? ""
      return "\(name) \(time) \(text("\(path)/\(name)") ?? "")"
    }
  }

  // MARK: Running

  /// Where and, in a world with a clock of its own, when a program runs.
  func environment(at clock: FakeClock? = nil) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["WATCHDOG_CONFIG"] = config.path
    environment["WATCHDOG_STATE"] = state.path
    environment["WATCHDOG_DATA"] = root.appending(path: "data").path
    environment["WATCHDOG_LOGS"] = root.appending(path: "logs").path
    environment["PATH"] = "\(toolsFolder.path):\(environment["PATH"] ?? "/usr/bin:/bin")"
    clock?.set(in: &environment)
    return environment
  }

  /// A process of a tool, or of a program by its path, that is not started yet.
  func process(_ tool: String, _ arguments: [String] = [], at clock: FakeClock? = nil) -> Process {
    let process = Process()
    process.executableURL =
      tool.hasPrefix("/") ? URL(filePath: tool) : toolsFolder.appending(path: tool)
    process.arguments = arguments
    process.environment = environment(at: clock)
    process.standardInput = FileHandle.nullDevice
    return process
  }

  /// Runs a tool to its end.
  @discardableResult
  func run(_ tool: String, _ arguments: String..., at clock: FakeClock? = nil) -> Outcome {
    run(tool, arguments, at: clock)
  }

  @discardableResult
  func run(_ tool: String, _ arguments: [String], at clock: FakeClock? = nil) -> Outcome {
    process(tool, arguments, at: clock).outcome()
  }

  /// The processes of which something is so; what is dead and not collected yet does not count.
  static func living(_ condition: (Int32) -> Bool) -> [Int32] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { Int32($0) }.filter { runs($0) && condition($0) }
  }
}
