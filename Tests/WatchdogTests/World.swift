@preconcurrency import CLinux
import Linux
import Synchronization
import Testing

@testable import Watchdog

/// A box of its own for one test: the three roots in a new temporary folder, which is removed afterwards.
struct World: Sendable {
  let path: String
  let roots: Roots

  var config: String { roots.config }
  var state: String { roots.state }

  /// Makes a world, lets `body` use it, and clears it away.
  static func with<Value: ~Copyable>(_ body: (World) throws -> Value) throws -> Value {
    let folder = try TemporaryFolder(named: "watchdog-test", stays: false)
    defer { withExtendedLifetime(folder) {} }
    // realpath, because a /tmp that is a symbolic link would be one more link in the tests of Trust.
    let place = try #require(realpath(folder.path, nil))
    defer { free(place) }
    let path = String(cString: place)
    let roots = Roots(
      config: "\(path)/etc", state: "\(path)/run", data: "\(path)/var", logs: "\(path)/log")
    let world = World(path: path, roots: roots)
    try world.makeFolder("etc")
    return try body(world)
  }

  /// The names in a folder, in no order; empty when it cannot be read.
  static func entries(of path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// The names in a folder of this world, in order.
  func names(in folder: String) -> [String] { World.entries(of: "\(path)/\(folder)").sorted() }
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
  /// Makes a folder, and those above it that are missing, with exactly these permissions.
  @discardableResult
  func makeFolder(_ name: String, mode: UInt32 = 0o755) throws -> String {
    var walked = path
    for part in name.split(separator: "/") {
      walked += "/\(part)"
      try #require(mkdir(walked, 0o755) == 0 || clinux_errno() == EEXIST, "mkdir \(walked)")
    }
    try setPermissions(name, mode)
    return walked
  }

  /// Writes a file of exactly these bytes, owner and permissions; dates it where that is asked for.
  @discardableResult
  func write(
    _ name: String, _ bytes: some Sequence<UInt8>, mode: UInt32 = 0o644, dated: Duration? = nil
  ) throws -> String {
    let place = "\(path)/\(name)"
    let file = clinux_openat(AT_FDCWD, place, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(file >= 0, "open \(place)")
    defer { close(file) }
    let bytes = Array(bytes)
    try #require(CLinux.write(file, bytes, bytes.count) == bytes.count)
    try setPermissions(name, mode)
    if let dated { try date(name, dated) }
    return place
  }

  /// Writes a file of text.
  @discardableResult
  func write(
    _ name: String, _ text: String, mode: UInt32 = 0o644, dated: Duration? = nil
  ) throws -> String {
    try write(name, text.utf8, mode: mode, dated: dated)
  }

  /// What a file holds, or nil when it cannot be read.
  func text(_ name: String) -> String? {
    let file = clinux_openat(AT_FDCWD, "\(path)/\(name)", O_RDONLY, 0)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let got = read(file, &buffer, buffer.count)
    return got < 0 ? nil : String(decoding: buffer[..<got], as: UTF8.self)
  }

  func date(_ name: String, _ time: Duration) throws {
    let parts = time.components
    let time = timespec(
      tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    try #require(utimensat(AT_FDCWD, "\(path)/\(name)", [time, time], 0) == 0)
  }

  func setPermissions(_ name: String, _ mode: UInt32) throws {
    try #require(chmod("\(path)/\(name)", mode) == 0)
  }

  /// Gives a file away, which only root can.
  func give(_ name: String, to user: UInt32) throws {
    try #require(lchown("\(path)/\(name)", user, gid_t.max) == 0)
  }

  @discardableResult
  func link(_ name: String, to target: String) throws -> String {
    try #require(symlink(target, "\(path)/\(name)") == 0)
    return "\(path)/\(name)"
  }

  func makePipe(_ name: String) throws { try #require(mkfifo("\(path)/\(name)", 0o644) == 0) }

  func delete(_ name: String) throws { try #require(unlink("\(path)/\(name)") == 0) }

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

// MARK: Failures

/// What `body` fails with; nil when it succeeds. (The macro `#expect(throws:)` cannot look into values that
/// cannot be copied, and most of what fails here is a method of one.)
func failure<Value: ~Copyable>(of body: () throws(Failure) -> Value) -> Failure? {
  do throws(Failure) {
    _ = try body()
    return nil
  } catch {
    return error
  }
}

/// The sentence of the mistake that `body` makes; nil when it makes none.
func mistake<Value>(of body: () throws(Mistake) -> Value) -> String? {
  do throws(Mistake) {
    _ = try body()
    return nil
  } catch {
    return error.sentence
  }
}
