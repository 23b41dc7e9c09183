import Foundation
import TestSupport
import Testing

/// Whoever tells what is being done about a problem says the same: solve-problems and check-solutions, which do it, and
/// status and nagios, which people read. The worlds are generated: their state files are written by a seed.
@Suite struct AgreementTests {
  /// Repeatable numbers (SplitMix64).
  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  /// Writes a world, a piece at a time. No time in it lies at a limit, so it does not matter that one tool looks some
  /// milliseconds after another.
  private struct Generator {
    let world: World
    let clock: FakeClock
    var dice: Seeded
    /// What check-solutions remembers of the problems.
    private var memories: [String] = []
    private var restart: Double?

    init(_ world: World, _ clock: FakeClock, seed: UInt64) {
      self.world = world
      self.clock = clock
      dice = Seeded(state: seed)
    }

    private mutating func one(in number: Int) -> Bool {
      Int.random(in: 0..<number, using: &dice) == 0
    }

    /// A time between whole and half seconds.
    private mutating func seconds(_ range: ClosedRange<Int>) -> Double {
      Double(Int.random(in: range, using: &dice)) + 0.3
    }

    private func field(_ seconds: Double) -> String { String(format: "%.9f", seconds) }

    mutating func make() throws {
      for folder in [
        "run/problems", "run/beats", "run/alive", "run/vigils", "run/attempts", "run/holds",
        "run/pids", "run/starts", "run/known", "run/locks", "run/drafts", "etc/programs",
        "etc/solutions",
      ] { try world.makeFolder(folder) }
      for tool in ["solve-problems", "check-solutions"] {
        try world.makeFolder("run/complaints/\(tool)")
      }
      try world.script("etc/restart-system", ":")
      try world.write("/dev/null\n", to: "etc/device")
      for tool in ["mark-problems", "solve-problems", "check-solutions"] {
        try world.write("", to: "run/alive/\(tool)")
        world.date("run/alive/\(tool)", clock.realtime - 0.5)
        try world.write("10\n", to: "etc/chain/\(tool)")
      }
      try makeBox()
      for name in ["a", "b", "c", "d"] { try makeProblem(name) }
      let vigil = [
        clock.monotonic - 1, clock.realtime - clock.monotonic, clock.monotonic - 100, 0,
      ].map { field($0) }.joined(separator: " ")
      try world.write("\(vigil)\n\(memories.joined())", to: "run/vigils/check-solutions")
      try world.write("\(vigil)\n", to: "run/vigils/solve-problems")
      try world.write("\(vigil)\n", to: "run/vigils/mark-problems")
    }

    private mutating func makeBox() throws {
      if one(in: 2) { try world.write("stand-in x\n", to: "run/armed-device") }
      if one(in: 6) { try world.write("it did not help\n1.000000000\n", to: "run/stood-down") }
      if one(in: 6) {
        let now = Int(clock.monotonic)
        try world.write("\(now - 20) \(now + 500)\nnew disk\n", to: "run/hold")
      }
      try world.write("this 0.000000000\n", to: "run/boot")
      let reboots = Int.random(in: 0...6, using: &dice)
      let lines = (0..<reboots).map { "\(100 + $0).000000000 ladder boot\($0)\n" }
      try world.write("this 5000.000000000 0.000000000\n\(lines.joined())", to: "run/reboots")
      try world.write("none\n", to: "run/counted")
      if one(in: 2) {
        try world.write("1 1\n", to: "run/restart-system")
        restart = clock.realtime - seconds(20...60)
        world.date("run/restart-system", restart ?? 0)
      }
    }

    private mutating func makeProblem(_ name: String) throws {
      let isHeart = !one(in: 3)
      if isHeart { try world.heart(name, "5 \(10 + Int.random(in: 0...30, using: &dice))\n") }
      if !one(in: 3) { try world.program(name) }
      if one(in: 4) { try world.solution(name) }
      if one(in: 3) {
        let step = ["mark", "solve", "restart", "reboot"].randomElement(using: &dice) ?? ""
        try world.setting(name, "last-step", step)
      }
      if one(in: 8) {
        let now = Int(clock.monotonic)
        try world.write("\(now - 5) \(now + 300)\nof one\n", to: "run/holds/\(name)")
      }
      if isHeart {
        try world.write("", to: "run/beats/\(name)")
        world.date(
          "run/beats/\(name)",
          one(in: 3) ? 0 : clock.realtime - (one(in: 3) ? 1.3 : seconds(6...300)))
      }
      if one(in: 5) { return }
      let noticed = clock.realtime - seconds(3...200)
      let detector = isHeart && !one(in: 4) ? "mark-problems" : "somebody"
      try world.write("\(detector)\nill\nbeat -\n", to: "run/problems/\(name)")
      world.date("run/problems/\(name)", noticed)
      if !one(in: 3) { try makeAttempt(name) }
      try remember(name)
    }

    private mutating func makeAttempt(_ name: String) throws {
      let phase = ["tried", "failed", "proven", "solving"].randomElement(using: &dice) ?? ""
      let time = clock.monotonic - seconds(1...90)
      let waited = phase == "tried" ? seconds(0...20) : 0
      let followed = restart.flatMap { one(in: 2) ? field(of: $0) : nil } ?? "-"
      try world.write(
        "0 0 \(Int.random(in: 1...8, using: &dice)) \(phase) \(field(time)) \(field(waited)) - "
          + "\(followed)\n", to: "run/attempts/\(name)")
    }

    /// A date as the file system has kept it.
    private func field(of date: Double) -> String {
      let whole = date.rounded(.down)
      return String(format: "%.0f.%09d", whole, Int((date - whole) * 1e9))
    }

    private mutating func remember(_ name: String) throws {
      guard let status = world.status("run/problems/\(name)") else { return }
      let noticed = "\(status.st_mtim.tv_sec).\(String(format: "%09d", status.st_mtim.tv_nsec))"
      let rung = world.status("run/restart-system").map {
        "\($0.st_mtim.tv_sec).\(String(format: "%09d", $0.st_mtim.tv_nsec))"
      }
      let time = field(one(in: 2) ? seconds(31...90) : seconds(0...27))
      memories.append("\(name) \(noticed) \(time) 4 9 0.000000000 \(rung ?? "-")\n")
      guard one(in: 2) else { return }
      let restarts = (0..<Int.random(in: 1...4, using: &dice)).map {
        "\(field(clock.monotonic - 40 - Double($0) * 50)) \(name) \(noticed) 1\n"
      }
      let before = world.text("run/restarts") ?? "this\n"
      try world.write(before + restarts.joined(), to: "run/restarts")
    }
  }

  /// Without the times, by which tools that look one after the other differ.
  private func timeless(_ words: some StringProtocol) -> String {
    String(words).replacing(/[0-9]+(\.[0-9]+)? s\b/, with: "N s")
  }

  /// What check-solutions would say that it does for a rung that status names.
  private func deed(_ rung: String) -> String {
    switch rung {
    case "restart-system": "would run "
    case "a reboot": "would have the watchdog device reboot the box: "
    case "standing down": "would stand down: "
    default: "would do nothing more: "
    }
  }

  @Test(arguments: Array(1...40) as [UInt64])
  func `everything that reports a problem says the same`(seed: UInt64) async throws {
    try await World.with { world in
      let clock = FakeClock(monotonic: 10_000)
      var generator = Generator(world, clock, seed: seed)
      try generator.make()
      // A lock is a file that may have to be made.
      func state() -> [String] { world.snapshot("run").filter { !$0.hasPrefix("locks") } }
      let before = state()
      let solve = world.run("solve-problems", "--dry-run", at: clock)
      let check = world.run("check-solutions", "--dry-run", at: clock)
      let status = world.run("watchdog-chain", "status", "--json", at: clock)
      let nagios = world.run("watchdog-chain", "nagios", at: clock)
      #expect(state() == before, "they only look")
      #expect(
        solve.code == 0 && check.code == 0 && status.code == 0, "\(solve.errors)\(check.errors)")
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
      let problems = try #require(json["problems"] as? [[String: Any]])

      // The plan, as solve-problems has it.
      var plans: [String: String] = [:]
      for line in solve.output.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        plans[String(parts[0])] = timeless(parts[1].dropFirst())
      }
      #expect(Set(plans.keys) == Set(world.names(in: "run/problems")))
      #expect(problems.count == plans.count)
      var due: [(name: String, rung: String)] = []
      for problem in problems {
        let name = try #require(problem["name"] as? String)
        let next = try #require(problem["next"] as? [String: Any])
        let why = timeless(try #require(next["why"] as? String))
        let plan = plans[name] ?? "none"
        #expect(why == plan || why.hasPrefix("\(plan); "), "\(name): \(why), not \(plan)")
        #expect(nagios.output.contains("problem \(name), for "), "\(nagios.output)")
        #expect(
          timeless(nagios.output).contains(": ill: \(why)"), "\(name): \(why) in \(nagios.output)")
        if let rest = problem["ladder-in"] as? NSNumber, rest.doubleValue == 0,
          let rung = problem["ladder"] as? String, next["what"] as? String != "waits"
        {
          due.append((name, rung))
        }
      }

      // The rung, as check-solutions has it: that of the problem that is unsolved for the longest time.
      let told = check.output.split(separator: "\n").filter { !$0.hasPrefix("would remove ") }
      let rungs = told.filter { !$0.hasPrefix("would end standing down") }
      if world.exists("run/hold") || due.isEmpty {
        #expect(rungs.isEmpty, "\(check.output)")
      } else {
        let first = try #require(rungs.first, "\(due)")
        let agrees = due.contains { one in
          first.hasPrefix(deed(one.rung)) && first.contains("problem \(one.name) is unsolved")
        }
        #expect(agrees, "\(first), and status: \(due)")
      }
    }
  }
}
