import CrashSafe
import Foundation
import TestSupport
import Testing

/// What others can do while one is stopped (SIGSTOP) in the middle of an operation, and what it does when it goes on.
@Suite(.enabled(if: Exerciser.obstacle == nil, Exerciser.comment)) struct StoppedTests {
  private static let cases: [Case] = [
    .increment, .firstIncrement, .update, .batch, .setOfLongKey, .remove, .cacheSet,
  ]

  @Test(arguments: cases)
  func `stopped at any call, it holds others up for a while, and goes on`(one: Case) throws {
    var wasHeld = false
    for call in try calls(of: one) {
      try withScratch { folder in
        try one.prepare(folder)
        let exerciser = Exerciser(
          folder: folder, durability: "power", operation: one.operation)
        let stopped = try exerciser.stop(at: call)
        defer { stopped.end() }
        let found = try one.read(folder)
        #expect(found == one.old || found == one.new, "\(call)")
        // Where that waited for ever this test would not end.
        let why = whyNot(one, folder)
        #expect(why == nil || why == .held, "\(call): \(why.map { "\($0)" } ?? "")")
        wasHeld = wasHeld || why == .held
        #expect(stopped.goesOn() == 0, "\(call)")
        try one.goesOn(folder)
      }
    }
    #expect(wasHeld, "it was never stopped where others have to wait")
  }

  private func calls(of one: Case) throws -> [Exerciser.Call] {
    try withScratch { folder in
      try one.prepare(folder)
      let exerciser = Exerciser(folder: folder, durability: "power", operation: one.operation)
      return try exerciser.calls().filter { $0.name != "close" }
    }
  }

  /// Changes the same thing; returns why that was not possible.
  private func whyNot(_ one: Case, _ folder: String) -> StorageError.Reason? {
    let patience = Duration.milliseconds(30)
    return reason { () throws(StorageError) in
      switch one.operation[0] {
      case "increment":
        try Counter("count", in: folder, patience: patience, fileSystem: .unchecked).increment()
      case "cache-set":
        var cache = try Cache(
          of: 0, .shared, mark: "mark", in: folder, patience: patience, fileSystem: .unchecked)
        try cache.invalidate()
      default:
        let store = try KeyValueStore(
          at: "\(folder)/store", patience: patience, fileSystem: .unchecked)
        try store.set(one.operation[1], to: bytes("between"))
      }
    }
  }
}

extension Exerciser {
  /// One that is stopped.
  struct Stopped {
    fileprivate let strace: Process
    fileprivate let process: pid_t

    /// Lets it go on; returns with what it exited.
    func goesOn() -> Int32 {
      kill(process, SIGCONT)
      strace.waitUntilExit()
      return strace.terminationStatus
    }

    /// Ends it, wherever it is.
    func end() {
      if strace.isRunning { kill(process, SIGKILL) }
      strace.end()
    }
  }

  /// Runs it, until it is stopped at the given call.
  func stop(at call: Call) throws -> Stopped {
    let log = "\(folder).strace"
    defer { unlink(log) }
    let inject = "inject=\(call.name):signal=STOP:when=\(call.number)"
    let strace = Process(
      ["strace", "-f", "-o", log, "-e", "trace=\(call.name)", "-e", inject, Exerciser.path]
        + [durability, folder] + operation)
    strace.standardOutput = FileHandle.nullDevice
    try strace.run()
    while strace.isRunning {
      let lines = (contents(of: log) ?? "").split(separator: "\n")
      if let line = lines.first(where: { $0.contains("--- stopped by SIGSTOP") }) {
        let process = try #require(line.split(separator: " ").first.flatMap { pid_t($0) })
        return Stopped(strace: strace, process: process)
      }
      usleep(1000)
    }
    throw CocoaError(.featureUnsupported)
  }
}
