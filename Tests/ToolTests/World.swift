import Foundation
import Testing

/// A world of its own for one test: configuration, state and data in a temporary folder, and the built
/// executables run in it as a user would run them.
///
/// The executables are those of the ordinary build, or of the folder that WATCHDOG_TOOLS names: the same tests
/// run on both builds.
final class World: Sendable {
  let root: URL

  var config: URL { root.appending(path: "etc") }
  var state: URL { root.appending(path: "run") }
  var problems: URL { state.appending(path: "problems") }

  /// Makes a world, lets `body` use it, and clears it away.
  static func with(_ body: (World) async throws -> Void) async throws {
    let world = try World()
    defer { try? FileManager.default.removeItem(at: world.root) }
    try await body(world)
  }

  private init() throws {
    root = FileManager.default.temporaryDirectory
      .appending(path: "watchdog-test-\(UUID().uuidString.prefix(8))")
    for folder in ["etc/hearts", "etc/chain", "data"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: folder), withIntermediateDirectories: true)
    }
  }

  // MARK: Files

  func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let url = root.appending(path: path)
    try Data(text.utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
  }

  func heart(_ name: String, _ text: String) throws { try write(text, to: "etc/hearts/\(name)") }

  func script(_ path: String, _ body: String) throws {
    try write("#!/bin/sh\n\(body)\n", to: path, mode: 0o755)
  }

  func text(_ path: String) -> String? {
    try? String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  func names(_ path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: path).path).sorted())
      ?? []
  }

  func exists(_ path: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: root.appending(path: path).path)) != nil
  }

  /// A file's own status; nil where there is none.
  func status(_ path: String) -> stat? {
    var status = stat()
    return lstat(root.appending(path: path).path, &status) == 0 ? status : nil
  }

  func date(_ path: String, _ time: Double) {
    let value = timespec(
      tv_sec: Int(time.rounded(.down)), tv_nsec: Int((time - time.rounded(.down)) * 1e9))
    utimensat(AT_FDCWD, root.appending(path: path).path, [value, value], AT_SYMLINK_NOFOLLOW)
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

  /// The executables under test.
  static let tools: URL = {
    if let folder = ProcessInfo.processInfo.environment["WATCHDOG_TOOLS"] {
      return URL(filePath: folder)
    }
    // The test bundle lies beside the executables that were built with it.
    return URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  }()

  /// What a run printed and how it ended.
  struct Outcome: Sendable {
    let code: Int32
    let output: String
    let errors: String
  }

  /// Where and, in a world with a clock of its own, when a program runs.
  func environment(at clock: FakeClock? = nil) -> [String: String] {
    var environment = ProcessInfo.processInfo.environment
    environment["WATCHDOG_CONFIG"] = config.path
    environment["WATCHDOG_STATE"] = state.path
    environment["WATCHDOG_DATA"] = root.appending(path: "data").path
    environment["WATCHDOG_LOGS"] = root.appending(path: "logs").path
    environment["PATH"] = "\(World.tools.path):\(environment["PATH"] ?? "/usr/bin:/bin")"
    clock?.set(in: &environment)
    return environment
  }

  /// A process of a tool, or of a program by its path, that is not started yet.
  func process(_ tool: String, _ arguments: [String] = [], at clock: FakeClock? = nil) -> Process {
    let process = Process()
    process.executableURL =
      tool.hasPrefix("/") ? URL(filePath: tool) : World.tools.appending(path: tool)
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
    let process = process(tool, arguments, at: clock)
    let name = root.appending(path: UUID().uuidString).path
    defer { for end in ["out", "err"] { unlink("\(name).\(end)") } }
    process.standardOutput = World.file("\(name).out")
    process.standardError = World.file("\(name).err")
    do {
      try process.run()
    } catch {
      Issue.record("unable to run \(tool): \(error)")
      return Outcome(code: -1, output: "", errors: "")
    }
    process.waitUntilExit()
    let code = process.terminationStatus
    return Outcome(
      code: process.terminationReason == .exit ? code : 128 + code,
      output: (try? String(contentsOfFile: "\(name).out", encoding: .utf8)) ?? "",
      errors: (try? String(contentsOfFile: "\(name).err", encoding: .utf8)) ?? "")
  }

  /// An open file: unlike a pipe it holds nobody up when a process that outlives its parent keeps it.
  private static func file(_ path: String) -> FileHandle {
    FileHandle(
      fileDescriptor: open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644),
      closeOnDealloc: true)
  }

  /// The processes of which something is so; what is dead and not collected yet does not count.
  static func living(_ condition: (Int32) -> Bool) -> [Int32] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return all.compactMap { Int32($0) }.filter { pid in
      guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
        return false
      }
      return condition(pid) && stat.split(separator: ")").last?.hasPrefix(" Z") == false
    }
  }

  /// Waits until something is so; false when it is not within `seconds`.
  func waits(upTo seconds: Double, for condition: () -> Bool) async -> Bool {
    let end = Date().addingTimeInterval(seconds)
    while Date() < end {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return condition()
  }
}

extension Process {
  /// Ends it and waits for that.
  func end() {
    guard isRunning else { return }
    kill(processIdentifier, SIGKILL)
    waitUntilExit()
  }
}
