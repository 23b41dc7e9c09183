import Foundation
import Testing

/// What was built together with the test bundle lies beside it.
package let builtFolder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

/// Where the executables under test are: those of the ordinary build, or of the folder that WATCHDOG_TOOLS names: the
/// same tests run on both builds.
package let toolsFolder =
  ProcessInfo.processInfo.environment["WATCHDOG_TOOLS"].map { URL(filePath: $0) } ?? builtFolder

/// What a run printed and how it ended.
package struct Outcome: Sendable {
  /// The exit code, or 128 and the number of the signal.
  package let code: Int32
  package let output: String
  package let errors: String

  package init(code: Int32, output: String, errors: String) {
    self.code = code
    self.output = output
    self.errors = errors
  }
}

/// Runs a command, which may be one of PATH, to its end.
@discardableResult
package func run(_ command: [String]) -> Outcome { Process(command).outcome() }

/// Whether PATH has a command.
package func has(_ tool: String) -> Bool {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
  return path.split(separator: ":").contains { access("\($0)/\(tool)", X_OK) == 0 }
}

extension Process {
  /// A process of a command, which may be one of PATH, that is not started yet.
  package convenience init(_ command: [String]) {
    self.init()
    executableURL = URL(filePath: "/usr/bin/env")
    arguments = command
  }

  /// Runs it to its end.
  package func outcome() -> Outcome {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { for end in ["out", "err"] { unlink("\(path).\(end)") } }
    standardOutput = Process.file("\(path).out")
    standardError = Process.file("\(path).err")
    do {
      try run()
    } catch {
      Issue.record("unable to run \(executableURL?.path ?? ""): \(error)")
      return Outcome(code: -1, output: "", errors: "")
    }
    waitUntilExit()
    return Outcome(
      code: terminationReason == .exit ? terminationStatus : 128 + terminationStatus,
      output: contents(of: "\(path).out") ?? "", errors: contents(of: "\(path).err") ?? "")
  }

  /// An open file: unlike a pipe it holds nobody up when a process that outlives its parent keeps it.
  private static func file(_ path: String) -> FileHandle {
    FileHandle(
      fileDescriptor: open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644),
      closeOnDealloc: true)
  }

  /// Ends it and waits for that.
  package func end() {
    guard isRunning else { return }
    kill(processIdentifier, SIGKILL)
    waitUntilExit()
  }
}
