import Foundation
import TestSupport
import Testing

/// The exerciser, which does one operation, run under strace(1).
struct Exerciser {
  /// The folder that it works in.
  let folder: String
  /// What the operation has survived when it returns: "process" or "power".
  let durability: String
  /// The operation, with its key and value.
  let operation: [String]

  /// The calls that can go wrong: those that have to do with files.
  static let calls =
    "openat,read,pread64,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlinkat,mkdir,"
    + "mkdirat,newfstatat,fstat,flock,sync_file_range,getdents64,lseek,getrandom,fcntl,close,ftruncate,linkat"

  /// The executable.
  static let path = toolsFolder.appending(path: "crash-safe-exerciser").path

  /// Runs it without strace.
  @discardableResult
  func run() -> Outcome { TestSupport.run([Exerciser.path] + words) }

  /// One of its calls: strace counts those of each name apart.
  struct Call: CustomStringConvertible {
    let name: String
    let number: Int
    var description: String { "\(name) \(number)" }
  }

  /// Runs it, while strace does something at the given call.
  func run(_ fault: String, at call: Call) -> Outcome {
    let inject = "inject=\(call.name):\(fault):when=\(call.number)"
    let command = ["strace", "-o", "/dev/null", "-e", "trace=\(call.name)", "-e", inject]
    return TestSupport.run(command + [Exerciser.path] + words)
  }

  /// Runs it and returns its calls, a line each.
  func trace(_ calls: String = Exerciser.calls, _ options: [String] = []) throws -> [Substring] {
    let log = "\(folder).strace"
    defer { unlink(log) }
    let command = ["strace", "-o", log, "-e", "trace=\(calls)", "-e", "signal=none"] + options
    let end = TestSupport.run(command + [Exerciser.path] + words)
    #expect(end.code == 0, "\(end)")
    let text = try String(contentsOfFile: log, encoding: .utf8)
    return text.split(separator: "\n").filter { !$0.hasPrefix("+++") }
  }

  /// The calls from the beginning of the operation to the end of the process.
  func calls() throws -> [Call] {
    var counts: [String: Int] = [:]
    var calls: [Call] = []
    var hasBegun = false
    for line in try trace() {
      let name = String(line.prefix { $0 != "(" })
      counts[name, default: 0] += 1
      if hasBegun { calls.append(Call(name: name, number: counts[name] ?? 0)) }
      if line.contains("\"/begin\"") { hasBegun = true }
    }
    return calls
  }

  private var words: [String] { [durability, folder] + operation }

  /// Why nothing can be traced here; nil when it can be.
  static let obstacle: String? = {
    let end = TestSupport.run([
      "strace", "-o", "/dev/null", "-e", "inject=getpid:error=EIO", "true",
    ])
    return end.code == 0 ? nil : "strace cannot trace here: \(end.errors)"
  }()

  static let comment = Comment(rawValue: obstacle ?? "strace works")
}
