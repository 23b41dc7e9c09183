import Foundation
import TestSupport
import Testing

/// `watchdog-chain drill --of NAME`: the real program of a heart, and the real chain, in a world.
@Suite struct RealDrillTests {
  /// A world whose chain runs, with a program that beats, started by run-stamped.
  private func with(
    tools: [String] = ["mark-problems", "solve-problems", "check-solutions"],
    _ test: (World) async throws -> Void
  ) async throws {
    try await World.with { world in
      try world.heart("web", "2 5\n")
      // It ends at TERM all the same: this only makes the bounds larger.
      try world.write("10\n", to: "etc/grace")
      try world.makeFolder("etc/programs")
      // Its child is another process that has to be stopped with it.
      try world.script("etc/programs/web", "sleep 1000 & while :; do beat web; sleep 0.2; done")
      try world.script("etc/restart-system", ":")
      try world.write("10\n", to: "etc/chain/mark-problems")
      let chain = world.process(
        "each-second", tools.map { toolsFolder.appending(path: $0).path })
      try chain.run()
      defer {
        chain.end()
        world.run("kill-stamped")
      }
      // Each of the chain has run: without one there is no drill.
      #expect(
        await world.waits(upTo: 30) {
          world.exists("run/beats/web") && tools.allSatisfy { world.exists("run/alive/\($0)") }
        })
      world.run("run-stamped", "--background", "web")
      // Without a pause of this test: among many others that may last until the program counts as one that has settled.
      var patience = Patience(seconds: 10)
      while world.status("run/beats/web")?.st_mtim.tv_sec == 0, patience.lasts() { usleep(50_000) }
      #expect(world.status("run/beats/web")?.st_mtim.tv_sec != 0)
      try await test(world)
    }
  }

  private func drill(
    _ world: World, _ words: [String] = ["web"], typed: String
  ) throws -> Outcome {
    let process = world.process("watchdog-chain", ["drill", "--of"] + words)
    let input = Pipe()
    process.standardInput = input
    try input.fileHandleForWriting.write(contentsOf: Data(typed.utf8))
    try input.fileHandleForWriting.close()
    return process.outcome()
  }

  /// Asks for a drill until its outcome is one: on a busy machine the program may be late for a moment, and is restarted,
  /// or has a problem that nobody ends here; no drill begins then.
  private func drill(
    _ world: World, _ words: [String] = ["web"], typed: String, calm: () -> Void = {},
    until isOne: (Outcome) -> Bool
  ) throws -> Outcome {
    var patience = Patience(seconds: 30)
    while true {
      calm()
      let outcome = try drill(world, words, typed: typed)
      if isOne(outcome) || !patience.lasts() { return outcome }
      usleep(200_000)
    }
  }

  private func process(_ world: World) -> Substring? {
    world.text("run/pids/web")?.split(separator: " ").first
  }

  /// Whether the program is stopped.
  private func stopped(_ world: World) -> Bool {
    guard let pid = process(world),
      let stat = contents(of: "/proc/\(pid)/stat")
    else { return false }
    return stat.contains(") T ")
  }

  @Test(arguments: [[], ["--kill"]])
  func `a real program is broken, and the chain is measured`(words: [String]) async throws {
    try await with { world in
      let early = try drill(world, typed: "hang web\n").errors
      #expect(early.contains("it was started "), "\(early)")
      try await Task.sleep(for: .seconds(10))
      var before = process(world)
      let refused = try drill(world, typed: "yes\n", calm: { before = process(world) }) {
        $0.code != 69
      }
      #expect(refused.code == 65)
      #expect(process(world) == before, "nothing was done")
      let word = words.isEmpty ? "hang" : "kill"
      let typed = "\(word) web\n"
      let outcome = try drill(world, ["web"] + words, typed: typed) { $0.code != 69 }
      // A machine that is busy with other tests may need longer than the bounds say: then that is said.
      let isMet = outcome.output.contains("All 3 within their bounds.")
      #expect(outcome.code == (isMet ? 0 : 70), "\(outcome)")
      for sign in [
        "noticed by mark-problems", "a new process, by solve-problems", "a new process beats",
      ] {
        #expect(outcome.output.contains("\(sign) after "), "\(outcome.output)")
      }
      #expect(process(world) != before)
      #expect(world.text("data/incidents.jsonl")?.contains("a drill: \(word) web") == true)
    }
  }

  @Test func `what nobody mends goes on in the end, and the bound was missed`() async throws {
    try await with(tools: ["mark-problems"]) { world in
      try await Task.sleep(for: .seconds(10))
      func calm() {
        try? world.remove("run/problems/web")
        _ = try? world.write("", to: "run/alive/solve-problems")
      }
      let isMissed = { (outcome: Outcome) in
        outcome.errors.contains("solve-problems has not run since boot")
      }
      let lonely = try drill(
        world, typed: "", calm: { try? world.remove("run/problems/web") }, until: isMissed)
      #expect(isMissed(lonely), "\(lonely)")
      let before = process(world)
      // It is to be had now.
      #expect(try drill(world, typed: "", calm: calm) { $0.code != 69 }.code == 65)
      calm()
      let interrupted = world.process("watchdog-chain", ["drill", "--of", "web"])
      let input = Pipe()
      interrupted.standardInput = input
      interrupted.standardOutput = FileHandle.nullDevice
      interrupted.standardError = FileHandle.nullDevice
      try input.fileHandleForWriting.write(contentsOf: Data("hang web\n".utf8))
      try interrupted.run()
      #expect(await world.waits(upTo: 5) { stopped(world) })
      interrupted.terminate()
      interrupted.waitUntilExit()
      #expect(interrupted.terminationStatus == 75 && !stopped(world))

      let outcome = try drill(world, typed: "hang web\n", calm: calm) { $0.code != 69 }
      #expect(outcome.code == 70)
      #expect(outcome.output.contains("continued (SIGCONT): process "), "\(outcome.output)")
      #expect(!stopped(world))
      #expect(process(world) == before)
    }
  }

  @Test func `it is refused where it would not be a drill`() async throws {
    try await with { world in
      func refusal(_ name: String = "web") throws -> String {
        let outcome = try drill(world, [name], typed: "hang \(name)\n")
        #expect(outcome.code == 69)
        return outcome.errors
      }
      #expect(try refusal("nope").contains("no drill: there is no heart nope"))
      world.run("watchdog-chain", "hold", "1h", "web")
      #expect(try refusal().contains("web is on hold"))
      world.run("watchdog-chain", "hold", "--end", "web")
      world.run("watchdog-chain", "hold", "1h")
      #expect(try refusal().contains("on hold for another"))
      world.run("watchdog-chain", "hold", "--end")
      world.run("mark-problems", "--mark", "disk", "--detector", "df", "full")
      #expect(try refusal().contains("problem disk, for "))
      try world.remove("run/problems/disk")
      try world.put("mark\n", at: "etc/of/web/last-step")
      #expect(try refusal().contains("its last-step is mark"))
      try world.remove("etc/programs/web")
      #expect(try refusal().contains("nothing can mend it"))
      #expect(!stopped(world))
    }
  }
}
