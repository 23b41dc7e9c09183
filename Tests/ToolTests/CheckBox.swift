import Foundation
import TestSupport
import Testing

/// A box in a world, of which `check` finds nothing to say: everything that etc/install puts there, one program with
/// a heart, and a watchdog device that is /dev/null with what sysfs would tell of it.
extension World {
  static let crontab = "box/etc/cron.d/watchdog-chain"

  static func withBox(_ body: (World) async throws -> Void) async throws {
    try await World.with { world in
      // What others may write to must not depend on who runs the tests.
      chmod(world.root.path, 0o755)
      for folder in [
        "etc/programs", "etc/solutions", "box/etc/cron.d", "box/usr/local/bin", "box/sys",
      ] {
        try world.makeFolder(folder)
      }
      try world.heart("web", "30 120\n")
      try world.script("etc/programs/web", "exec sleep 1000")
      try world.script("etc/restart-system", ":")
      try world.link("mark-problems")
      try world.link("check-solutions")
      try world.write("/dev/null\n", to: "etc/device")
      for tool in CommandLineTests.tools + ["solve-problems", "watchdog-chain"] {
        try world.script("box/usr/local/bin/\(tool)", ":")
      }
      try world.write(try shipped("watchdog-chain"), to: crontab)
      try world.device(timeout: 75)
      try await body(world)
    }
  }

  /// A file of the folder cron.
  static func shipped(_ name: String) throws -> String {
    try String(contentsOf: checkout.appending(path: "cron/\(name)"), encoding: .utf8)
  }

  func link(_ tool: String, _ limit: String = "10\n") throws {
    try write(limit, to: "etc/chain/\(tool)")
  }

  /// What sysfs says of /dev/null (1:3).
  func device(timeout: Int, state: String = "active") throws {
    try makeFolder("box/sys/class/watchdog/watchdog0")
    for (name, text) in [
      "dev": "1:3", "identity": "Software Watchdog", "state": state, "timeout": "\(timeout)",
      "nowayout": "0",
    ] {
      try write("\(text)\n", to: "box/sys/class/watchdog/watchdog0/\(name)")
    }
  }

  /// Changes the text of a file.
  func edit(_ path: String, _ old: String, _ new: String) throws {
    let before = try #require(text(path))
    let after = before.replacingOccurrences(of: old, with: new)
    #expect(before != after, "\(path) has no \(old)")
    try write(after, to: path)
  }

  func mode(of path: String) -> mode_t { (status(path)?.st_mode ?? 0) & 0o7777 }

  func check(_ arguments: String...) -> Outcome {
    run("watchdog-chain", ["check", "--root", root.appending(path: "box").path] + arguments)
  }

  /// The lines of mistakes and notes.
  static func mistakes(_ outcome: Outcome) -> [String] {
    outcome.output.split(separator: "\n").map(String.init).filter {
      $0.hasPrefix("/") && !$0.hasSuffix(" mistake") && !$0.hasSuffix(" mistakes")
    }
  }

  static func notes(_ outcome: Outcome) -> [String] {
    outcome.output.split(separator: "\n").map(String.init).filter { $0.hasPrefix("note: ") }
  }
}
