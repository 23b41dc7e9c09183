import CLinuxCalls
import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What a clerk does with the spool, whatever was left by the one before.
@Suite struct ClerkTests {
  private let report = Report(tool: "tool")

  private func note(_ why: String, _ world: World, _ event: Incident.Event = .note) {
    Incident(event, by: "a", why: why).note(world.roots, report)
  }

  private func noted(_ world: World) throws -> [String] {
    try Incident.lastLines(world.roots).map { $0.why }
  }

  /// A line as it stands in the file.
  private static func line(_ why: String) -> String {
    String(decoding: EventTests.line(.note, why: why), as: UTF8.self) + "\n"
  }

  /// Killed between writing and removing: nothing is lost, and nothing is there twice, however much of it was written.
  @Test func `a clerk goes on where a killed one ended`() throws {
    let lines = ["first", "second", "second", "third"].map { ClerkTests.line($0) }
    let all = lines.joined()
    let ends = lines.indices.map { lines[..<$0].joined().utf8.count } + [all.utf8.count]
    for length in ends.flatMap({ [$0, $0 + 1, $0 + 30] }) + [1, all.utf8.count - 1] {
      try World.with { world in
        try world.makeFolder("run")
        try world.makeFolder("data")
        let earlier = ClerkTests.line("earlier")
        try world.write(earlier + String(all.prefix(length)), to: "data/incidents.jsonl")
        try world.write("\n" + lines.joined(separator: "\n"), to: "run/spool.taken")
        note("later", world)
        #expect(world.carry() == "")
        let now = try #require(world.text("data/incidents.jsonl"))
        #expect(now.hasPrefix(earlier + all), "after \(length) bytes")
        #expect(try noted(world) == ["earlier", "first", "second", "second", "third", "later"])
        #expect(world.status("run/spool") == nil && world.status("run/spool.taken") == nil)
      }
    }
  }

  @Test func `what was carried before the file was rotated is not carried again`() throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.makeFolder("data")
      let line = ClerkTests.line("once")
      try world.write(ClerkTests.line("earlier") + line, to: "data/incidents.jsonl.1")
      try world.write(line, to: "run/spool.taken")
      world.carry()
      #expect(try Incident.history(world.roots).map { $0.why } == ["earlier", "once"])
    }
  }

  /// Memory ran out in the middle of a line.
  @Test func `a torn line in the spool spoils no other`() throws {
    try World.with { world in
      note("before", world)
      let spool = try #require(world.text("run/spool"))
      try world.write(spool + "\n{\"time\": \"2026-", to: "run/spool")
      note("after", world)
      world.carry()
      #expect(try noted(world) == ["before", "after"])
    }
  }

  /// A FIFO, a folder or a link in its place: the clerk gets the line by hand.
  @Test func `where the spool cannot be written, the line is not lost`() async {
    await #expect(processExitsWith: .success) {
      try World.with { world in
        let report = Report(tool: "tool")
        try world.makeFolder("run/spool")
        Incident(.note, by: "a", why: "by hand").note(world.roots, report)
        report.journal.send(report, patience: .seconds(20))
        try #require(Incident.lastLines(world.roots).map { $0.why } == ["by hand"])
      }
    }
  }

  @Test func `a spool has a bound`() throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.write(String(repeating: "x", count: 4 << 20), to: "run/spool")
      note("too much", world)
      #expect(world.status("run/spool")?.size == 4 << 20)
    }
  }

  @Test func `a full or read-only disk leaves the lines for the next clerk`() throws {
    try World.with { world in
      try world.makeFolder("data/incidents.jsonl")
      note("one", world)
      #expect(world.carry().hasPrefix("tool: unable to write \(world.roots.data)/incidents.jsonl"))
      note("two", world)
      #expect(world.carry() == "", "told already")
      try #require(rmdir("\(world.roots.data)/incidents.jsonl") == 0)
      #expect(world.carry() == "")
      #expect(try noted(world) == ["one", "two"])
    }
  }

  @Test func `a third clerk may go`() throws {
    try World.with { world in
      note("one", world)
      let state = try StateFolder(world.roots)
      let locks = try state.open(.locks)
      let works = try FileLock(Clerk.lock, in: locks)
      let waits = try FileLock(Clerk.nextLock, in: locks)
      #expect(try works.tryTo() && waits.tryTo())
      #expect(world.carry() == "")
      #expect(try noted(world).isEmpty, "those two will see it")
    }
  }
}

/// Why the box was booted.
@Suite struct LeftBehindTests {
  private let report = Report(tool: "tool")
  private let boot = Boot.name()

  private func keep(_ events: [Incident.Event], of boot: String, _ world: World) throws {
    let now = Moment.now()
    let lines = events.enumerated().map { number, event in
      Array(
        Incident(event, by: "a", why: "\(number)").json(now, boot: boot).text(depth: 0).utf8)
    }
    try LeftBehind.keep(lines, of: boot, in: world.roots.openData())
  }

  static let cases: [(events: [Incident.Event], left: Incident.Event?)] = [
    ([], nil), ([.note, .noticed(reason: .gone)], nil),
    ([.reboot(problem: Name("web"))], .reboot(problem: Name("web"))),
    // What follows from it is no other reason.
    ([.reboot(problem: nil), .notFed(tools: [])], .reboot(problem: nil)),
    ([.rebootTest, .notFed(tools: [])], .rebootTest),
    ([.notFed(tools: []), .reboot(problem: nil)], .reboot(problem: nil)),
    ([.notFed(tools: []), .fedAgain], .fedAgain),
    ([.reboot(problem: nil), .resumed], .resumed),
    ([.reboot(problem: nil), .calledOff(problem: nil), .notFed(tools: [])], .notFed(tools: [])),
  ]

  @Test(arguments: cases) func `the next boot knows the last word`(
    events: [Incident.Event], left: Incident.Event?
  ) throws {
    try World.with { world in
      try keep(events, of: "aaaaaaaa", world)
      #expect(try LeftBehind.read(world.roots)?.event == left, "before any clerk")
      #expect(try LeftBehind.read(world.roots)?.boot == "aaaaaaaa")
      world.carry()
      #expect(try LeftBehind.read(world.roots)?.event == left)
      // However much is noted from then on.
      Incident(.reboot(problem: nil), by: "a", why: "b").note(world.roots, report)
      world.carry()
      #expect(try LeftBehind.read(world.roots)?.event == left)
      #expect(try LeftBehind.read(world.roots)?.boot == "aaaaaaaa")
    }
  }

  @Test func `a boot in which nothing was noted leaves nothing`() throws {
    try World.with { world in
      try keep([.reboot(problem: nil)], of: "aaaaaaaa", world)
      try keep([], of: "bbbbbbbb", world)
      world.carry()
      let left = try #require(try LeftBehind.read(world.roots))
      #expect(left.event == nil && left.boot == "bbbbbbbb")
    }
  }

  @Test func `a clerk that is killed half way is repeated`() throws {
    try World.with { world in
      try keep([.notFed(tools: [])], of: "aaaaaaaa", world)
      let events: [Incident.Event] = [.reboot(problem: nil), .notFed(tools: []), .resumed]
      try keep(events, of: boot, world)
      let left = world.text("data/left")
      try keep(events, of: boot, world)
      #expect(try LeftBehind.read(world.roots)?.boot == "aaaaaaaa")
      #expect(world.text("data/left")?.contains("resumed") == true && left != nil)
    }
  }

  @Test func `without a word the reason stays unknown`() throws {
    try World.with { world in
      let before = try LeftBehind.read(world.roots)
      #expect(before?.boot == nil)
      world.carry()
      let after = try LeftBehind.read(world.roots)
      #expect(after?.boot == nil)
    }
  }
}
