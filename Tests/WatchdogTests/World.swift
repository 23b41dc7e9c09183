@preconcurrency import CLinuxCalls
import LinuxCalls
import Synchronization
import TestSupport
import Testing

@testable import Watchdog

/// The roots of a world.
extension World {
  /// Makes a world, lets `body` use it, and clears it away: nothing here waits for anybody.
  static func with<Value: ~Copyable>(_ body: (World) throws -> Value) throws -> Value {
    let world = try World(["etc"])
    defer { world.clear() }
    return try body(world)
  }

  var roots: Roots {
    Roots(config: "\(path)/etc", state: "\(path)/run", data: "\(path)/data", logs: "\(path)/logs")
  }
}

// MARK: Incidents

extension World {
  /// Is a clerk, as the end of a tool's run sends one.
  ///
  /// - Returns: what he says.
  @discardableResult
  func carry() -> String { Clerk.work(roots, "tool") }
}

// MARK: Files

extension World {
  /// Gives a file away, which only root can.
  func give(_ name: String, to user: UInt32) throws {
    try #require(lchown("\(path)/\(name)", user, gid_t.max) == 0)
  }

  func makePipe(_ name: String) throws { try #require(mkfifo("\(path)/\(name)", 0o644) == 0) }

  /// What lstat(2) says; nil when there is nothing of that name.
  func status(_ name: String) -> FileStatus? {
    try? Folder(path: path).status(of: name)
  }
}

// MARK: Command lines

private let getopt = Mutex(())

/// Lets `body` use getopt_long(3), which speaks through globals: it must begin anew for each command line,
/// and tests run at the same time.
func withGetopt<Value: Sendable, Failure: Error>(
  _ body: () throws(Failure) -> Value
) throws(Failure) -> Value {
  try getopt.withLock { _ throws(Failure) in
    optind = 0
    return try body()
  }
}

/// The command line of a tool that has two options of its own.
func arguments(_ words: [String]) throws(Failure) -> Arguments {
  let command = Command(
    name: "tool", usage: [""], summary: "",
    options: [.init("limit", value: "SECONDS", ""), .init("dry-run", "")])
  return try withGetopt { () throws(Failure) in try Arguments(["tool"] + words, for: command) }
}

// MARK: Mistakes

/// The sentence of the mistake that `body` makes; nil when it makes none.
func mistake<Value>(of body: () throws(Mistake) -> Value) -> String? {
  do throws(Mistake) {
    _ = try body()
    return nil
  } catch {
    return error.sentence
  }
}
