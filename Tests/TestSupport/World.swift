import Foundation
import Testing

/// A world of its own for one test: a temporary folder, in which the configuration is etc, the state run, the data data
/// and the logs logs.
package final class World: Sendable {
  package let root: URL

  package var path: String { root.path }
  package var config: URL { root.appending(path: "etc") }
  package var state: URL { root.appending(path: "run") }

  /// What every box has.
  package static let usual = ["etc/hearts", "etc/chain", "data"]

  /// Makes a world with these folders, lets `body` use it, and clears it away.
  package static func with<Value>(
    _ folders: [String] = usual, isolation: isolated (any Actor)? = #isolation,
    _ body: (World) async throws -> Value
  ) async throws -> Value {
    let world = try World(folders)
    defer { world.clear() }
    return try await body(world)
  }

  package init(_ folders: [String] = usual) throws {
    // Without symbolic links on the way: they would be one more where links are what is tested.
    root = FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
      .appending(path: "watchdog-test-\(UUID().uuidString.prefix(8))")
    try #require(mkdir(path, 0o755) == 0, "mkdir \(path)")
    for folder in folders { try makeFolder(folder) }
  }

  package func clear() { try? FileManager.default.removeItem(at: root) }
}

// MARK: Files

extension World {
  /// The path of something in it.
  package func path(of name: String) -> String { root.appending(path: name).path }

  /// Makes a folder, and those above it that are missing, with exactly these permissions.
  @discardableResult
  package func makeFolder(_ name: String, mode: mode_t = 0o755) throws -> String {
    var walked = path
    for part in name.split(separator: "/") {
      walked += "/\(part)"
      try #require(mkdir(walked, 0o755) == 0 || errno == EEXIST, "mkdir \(walked)")
    }
    setPermissions(name, mode)
    return walked
  }

  /// Writes a file of exactly these bytes and permissions; dates it where that is asked for.
  @discardableResult
  package func write(
    _ bytes: some Sequence<UInt8>, to name: String, mode: mode_t = 0o644, dated: Duration? = nil
  ) throws -> String {
    try TestSupport.write(bytes, to: path(of: name))
    setPermissions(name, mode)
    if let dated { date(name, dated) }
    return path(of: name)
  }

  /// Writes a file of text.
  @discardableResult
  package func write(
    _ text: String, to name: String, mode: mode_t = 0o644, dated: Duration? = nil
  ) throws -> String {
    try write(text.utf8, to: name, mode: mode, dated: dated)
  }

  /// Writes a file of text into a folder that is made when it is missing, such as etc/of/web/grace.
  package func put(_ text: String, at name: String) throws {
    try makeFolder((name as NSString).deletingLastPathComponent)
    try write(text, to: name)
  }

  /// What a file holds; nil when it cannot be read.
  package func text(_ name: String) -> String? { contents(of: path(of: name)) }

  /// The names in a folder, in order; none when it cannot be read.
  package func names(in folder: String) -> [String] { TestSupport.names(in: path(of: folder)) }

  /// Whether there is anything of that name, be it a link that leads nowhere.
  package func exists(_ name: String) -> Bool {
    (try? FileManager.default.attributesOfItem(atPath: path(of: name))) != nil
  }

  /// Dates a file, not what a link leads to, with seconds since 1970.
  package func date(_ name: String, _ time: Double) {
    date(
      name,
      .nanoseconds(Int64(time.rounded(.down)) * 1_000_000_000)
        + .seconds(time - time.rounded(.down)))
  }

  package func date(_ name: String, _ time: Duration) {
    let parts = time.components
    let value = timespec(
      tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
    utimensat(AT_FDCWD, path(of: name), [value, value], AT_SYMLINK_NOFOLLOW)
  }

  package func setPermissions(_ name: String, _ mode: mode_t) { chmod(path(of: name), mode) }

  /// Makes a link that says where it leads, instead of what had that name.
  package func symbolicLink(_ name: String, to target: String) throws {
    try? remove(name)
    try FileManager.default.createSymbolicLink(
      atPath: path(of: name), withDestinationPath: target)
  }

  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(of: name))
  }

  /// Waits until something is so; false when it is not within `seconds` of a machine that has nothing else to do.
  package func waits(
    upTo seconds: Double, isolation: isolated (any Actor)? = #isolation, for condition: () -> Bool
  ) async -> Bool {
    var patience = Patience(seconds: seconds)
    while patience.lasts() {
      if condition() { return true }
      try? await Task.sleep(for: .milliseconds(20))
    }
    return condition()
  }
}
