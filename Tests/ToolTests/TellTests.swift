import Foundation
import TestSupport
import Testing

/// `watchdog-chain tell`: each line at least once, in order.
@Suite struct TellTests {
  private static let file = "data/incidents.jsonl"

  private func line(_ why: String) -> String { #"{"event": "note", "why": "\#(why)"}"# + "\n" }

  private func add(_ world: World, _ whys: String...) throws {
    try world.write(
      (world.text(Self.file) ?? "") + whys.map { line($0) }.joined(), to: Self.file)
  }

  /// Something that writes down what it is told.
  private func listen(_ world: World, _ after: String = "") throws {
    try world.script("etc/tell", "cat >>\(world.path)/heard\n\(after)")
  }

  private func heard(_ world: World) -> String {
    (world.text("heard") ?? "").split(separator: "\n").compactMap {
      $0.firstMatch(of: /"why": "([^"]*)"/).map { String($0.1) }
    }.joined(separator: " ")
  }

  @discardableResult
  private func tell(_ world: World) -> Int32 { world.run("watchdog-chain", "tell").code }

  @Test func `without anybody to tell nothing is done`() async throws {
    try await World.with { world in
      #expect(tell(world) == 0 && !world.exists("data/told"))
    }
  }

  @Test func `what is new is told once, and not what was there before`() async throws {
    try await World.with { world in
      try add(world, "old")
      try listen(world)
      tell(world)
      try add(world, "a", "b")
      #expect(world.run("watchdog-chain", "tell", "--dry-run").output == "would tell 2 lines\n")
      tell(world)
      tell(world)
      try add(world, "c")
      tell(world)
      #expect(heard(world) == "a b c")
    }
  }

  @Test func `what was not taken comes again, with what was added`() async throws {
    try await World.with { world in
      try listen(world, "exit 7")
      tell(world)
      try add(world, "a")
      let outcome = world.run("watchdog-chain", "tell")
      #expect(outcome.code == 75 && outcome.errors.contains("ended with exit code 7"))
      // A reboot: the state is gone.
      try? world.remove("run")
      try add(world, "b")
      try listen(world)
      #expect(tell(world) == 0)
      #expect(heard(world) == "a a b")
    }
  }

  @Test(arguments: ["", "garbage\n", "4 zz\n", nil])
  func `where its place cannot be read nothing is passed over`(_ text: String?) async throws {
    try await World.with { world in
      try add(world, "old")
      try listen(world)
      tell(world)
      if let text {
        try world.write(text, to: "data/told")
      } else {
        try world.symbolicLink("data/told", to: "nowhere")
      }
      usleep(20_000)
      try add(world, "a")
      tell(world)
      try add(world, "b")
      tell(world)
      #expect(heard(world) == "old a b", "once more is better than never")
    }
  }

  @Test(arguments: ["incidents.jsonl.1", "incidents.jsonl-20261101"])
  func `a file that was moved away is told to its end first`(older: String) async throws {
    try await World.with { world in
      try add(world, "old")
      try listen(world)
      tell(world)
      try add(world, "a")
      tell(world)
      try add(world, "b")
      rename(world.path(of: Self.file), world.path(of: "data/\(older)"))
      try add(world, "c")
      tell(world)
      try add(world, "d")
      tell(world)
      #expect(heard(world) == "a b c d")
    }
  }

  @Test func `a file that was copied and cut off is told to its end first`() async throws {
    try await World.with { world in
      try add(world, "old")
      try listen(world)
      tell(world)
      try add(world, "a")
      tell(world)
      try add(world, "b")
      try world.write(try #require(world.text(Self.file)), to: "data/incidents.jsonl.1")
      try world.write("", to: Self.file)
      try add(world, "c")
      tell(world)
      #expect(heard(world) == "a b c")
    }
  }

  @Test func `where the place is lost, what was written since is told`() async throws {
    try await World.with { world in
      try add(world, "old")
      try listen(world)
      tell(world)
      try world.write(line("new"), to: Self.file)
      tell(world)
      tell(world)
      #expect(heard(world) == "new")
    }
  }

  @Test func `half a line waits for its other half, and what is torn is left out`() async throws {
    try await World.with { world in
      try listen(world)
      tell(world)
      let whole = line("b")
      try world.write(line("a") + "torn\n" + whole.prefix(9), to: Self.file)
      tell(world)
      #expect(heard(world) == "a")
      try world.write(line("a") + "torn\n" + whole, to: Self.file)
      tell(world)
      #expect(heard(world) == "a b")
    }
  }

  @Test func `more than fits at once is told in order`() async throws {
    try await World.with { world in
      try listen(world)
      tell(world)
      let whys = (0..<3000).map { "line-\($0)" }
      try world.write(whys.map { line($0) }.joined(), to: Self.file)
      tell(world)
      #expect(heard(world) == whys.joined(separator: " "))
    }
  }

  @Test func `one that hangs is killed, and told again`() async throws {
    try await World.with { world in
      try world.write("1\n", to: "etc/tell-time")
      try listen(world)
      tell(world)
      try add(world, "a")
      try listen(world, "sleep 1000 & wait")
      #expect(tell(world) == 75 && heard(world) == "a")
      try world.remove("etc/tell-time")
      try listen(world)
      #expect(tell(world) == 0 && heard(world) == "a a")
    }
  }

  @Test func `while one is at work no second one joins it`() async throws {
    try await World.with { world in
      try listen(world)
      tell(world)
      try add(world, "a")
      let other = Process([
        "flock", "-F", world.path(of: "run/locks/tell"), "sh", "-c", "echo; exec sleep 1000",
      ])
      let pipe = Pipe()
      other.standardOutput = pipe
      try other.run()
      defer { other.end() }
      _ = pipe.fileHandleForReading.availableData
      #expect(tell(world) == 0 && heard(world) == "")
    }
  }

  @Test func `one that others could have written is not run`() async throws {
    try await World.with { world in
      try listen(world)
      world.setPermissions("etc/tell", 0o777)
      #expect(tell(world) == 77)
      let check = world.run("watchdog-chain", "check").output
      #expect(check.contains("tell: ") && check.contains("others can write to it"))
    }
  }

  @Test func `those that can be linked say what happened`() async throws {
    try await World.with { world in
      try world.makeFolder("bin")
      for command in ["sendmail", "curl"] {
        try world.script("bin/\(command)", "{ echo \"$@\"; cat; } >>\(world.path)/said")
      }
      try world.put("https://example.org/x\n", at: "etc/of/tell/url")
      for name in ["mail", "ntfy", "webhook"] {
        try? world.remove("said")
        try world.write(
          #"{"event": "noticed", "name": "web", "why": "no \"beat\" for 31 s"}"# + "\n", to: "lines"
        )
        let script = checkout.appending(path: "etc/watchdog/tell.available/\(name)").path
        let process = Process(["sh", "-c", "sh \(script) <\(world.path)/lines"])
        process.environment = world.environment()
        process.environment?["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
        #expect(process.outcome().code == 0, "\(name)")
        let said = world.text("said") ?? ""
        #expect(said.contains("noticed") && said.contains("web"), "\(name): \(said)")
        #expect(said.contains(name == "mail" ? "root" : "https://example.org/x"), "\(said)")
        // By -d curl would read the file that words with @ before them name.
        #expect(name != "ntfy" || said.contains("--data-raw no"), "\(said)")
      }
    }
  }
}
