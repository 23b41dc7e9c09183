import Foundation
import TestSupport
import Testing

/// Programs, solutions and problems of a world, and what became of them.
extension World {
  /// Makes a world whose programs, and whatever else was started in it, are ended afterwards.
  static func withPrograms(_ body: (World) async throws -> Void) async throws {
    try await World.with { world in
      for folder in ["etc/programs", "etc/solutions", "run", "run/problems"] {
        try world.makeFolder(folder)
      }
      defer { world.endAll() }
      try await body(world)
    }
  }

  /// Ends everything that was started in this world, and removes its control groups.
  private func endAll() {
    run("kill-stamped")
    let mark = "WATCHDOG_STATE=\(state.path)"
    for pid in World.living({ World.environment(of: $0).contains(mark) }) { kill(pid, SIGKILL) }
    guard let mount = ControlGroups.mount else { return }
    for folder in names(in: ".") {
      guard let stamp = text("\(folder)/stamp")?.split(separator: "\n").first else { continue }
      let group = "\(mount)/watchdog-\(stamp)"
      let hearts = try? FileManager.default.contentsOfDirectory(atPath: group)
      for heart in hearts ?? [] { rmdir("\(group)/\(heart)") }
      rmdir(group)
    }
  }

  // MARK: What there is

  /// programs/NAME, which notes its number in runs.NAME and then does `body`.
  func program(_ name: String, _ body: String = "exec sleep 1000") throws {
    try script("etc/programs/\(name)", "echo $$ >>\(root.path)/runs.\(name)\n\(body)")
  }

  /// solutions/NAME, which notes its number in solutions.NAME and then does `body`.
  func solution(_ name: String, _ body: String = ":") throws {
    try script("etc/solutions/\(name)", "echo $$ >>\(root.path)/solutions.\(name)\n\(body)")
  }

  /// of/NAME/SETTING: what counts for one heart alone.
  func setting(_ name: String, _ setting: String, _ text: String) throws {
    try makeFolder("etc/of/\(name)")
    try write("\(text)\n", to: "etc/of/\(name)/\(setting)")
  }

  /// problems/NAME, noticed by somebody so many seconds ago.
  func problem(
    _ name: String, by detector: String = "somebody", age: Double = 0, at clock: FakeClock? = nil
  ) throws {
    try write("\(detector)\nsomething\n", to: "run/problems/\(name)")
    let now = clock?.realtime ?? Date().timeIntervalSince1970
    date("run/problems/\(name)", now - age)
  }

  // MARK: What became of it

  /// CLOCK_MONOTONIC, in seconds.
  static var uptime: Double {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// The numbers in a file of them.
  func numbers(_ file: String) -> [Int32] {
    (text(file) ?? "").split(separator: "\n").compactMap { Int32($0) }
  }

  /// The process that pids/NAME notes.
  func pid(of name: String) -> Int32? {
    text("run/pids/\(name)").flatMap { Int32($0.prefix { $0 != " " }) }
  }

  /// Whether pids/NAME notes a process that runs.
  func runs(_ name: String) -> Bool { pid(of: name).map { World.runs($0) } ?? false }

  static func runs(_ pid: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
      return false
    }
    return stat.split(separator: ")").last?.hasPrefix(" Z") == false
  }

  /// The environment that a process was started with.
  static func environment(of pid: Int32) -> [String] {
    let bytes = FileManager.default.contents(atPath: "/proc/\(pid)/environ") ?? Data()
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Waits until a clerk has carried what was noted: no tool waits for one for longer than it must.
  func awaitClerk() {
    var patience = Patience(seconds: 20)
    while exists("run/spool") || exists("run/spool.taken"), patience.lasts() { usleep(5000) }
  }

  /// The incidents of a heart, or of the whole box.
  func incidents(_ name: String? = nil) -> [[String: String]] {
    awaitClerk()
    return readIncidents(name)
  }

  private func readIncidents(_ name: String?) -> [[String: String]] {
    (text("data/incidents.jsonl") ?? "").split(separator: "\n").compactMap { line in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return object?.compactMapValues { $0 as? String }
    }.filter { $0["name"] == name }
  }

  /// What happened to a heart, or to the whole box, in words of one.
  func events(_ name: String? = nil) -> [String] { incidents(name).compactMap { $0["event"] } }

  /// attempts/NAME when its solver has ended: how many there were in a row, how the last one ended (`tried`, `failed` or
  /// `proven`), and when.
  func lastAttempt(_ name: String) -> (count: Int, phase: String, time: Double)? {
    let words = (text("run/attempts/\(name)") ?? "").split(whereSeparator: \.isWhitespace)
    guard words.count == 8, words[0] == "0", let count = Int(words[2]), let time = Double(words[4])
    else { return nil }
    return (count, String(words[3]), time)
  }

  /// Lets solve-problems watch a program that is being tried, a second at a time, until it is proven to work.
  ///
  /// - Returns: for how many seconds it watched; nil when the problem is not over after twenty.
  func watchUntilProven(_ name: String = "web", at clock: inout FakeClock) -> Int? {
    // The solver's clock went on while it was at work.
    if let attempt = lastAttempt(name) {
      clock.advance(max(attempt.time + 0.1 - clock.monotonic, 0))
    }
    for second in 0...20 {
      run("solve-problems", at: clock)
      if !exists("run/problems/\(name)") { return second }
      clock.advance(1)
    }
    return nil
  }
}
