import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What the clerk carries to and fro for the ladder, from boot to boot.
@Suite struct LedgerTests {
  private static let tool = Report(tool: "tool")

  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      try world.makeBoot()
      try body(world)
    }
  }

  private func look(_ world: World, roots: Roots? = nil) throws -> LadderState {
    try LadderState(roots ?? world.roots, StateFolder(world.roots), at: World.hour)
  }

  /// /run is empty, as after a boot.
  private func boot(_ world: World, _ name: String) throws {
    for file in names(in: world.roots.state) where file != "locks" && file != "drafts" {
      try? Folder(path: world.roots.state).remove(file)
    }
    try world.makeBoot(name)
  }

  @Test func `before a clerk has run nothing is known`() throws {
    try with { world in
      #expect(try look(world).reboots == .notReadYet)
      #expect(world.carry() == "")
      let ladder = try look(world)
      #expect(ladder.reboots == .known(0) && ladder.base == .zero && ladder.stoodDown == nil)
      #expect(world.text("run/counted") == "none\n")
    }
  }

  @Test func `the running time is the sum of all boots`() throws {
    try with { world in
      try world.makeFolder("data")
      try world.write(
        "old 5000.000000000 100.000000000\n5100.000000000 ladder old\n", to: "data/reboots")
      world.carry()
      let ladder = try look(world)
      #expect(ladder.base == .seconds(5100))
      #expect(ladder.running(at: World.hour) == .seconds(8700))
      #expect(ladder.reboots == .known(1))
      #expect(world.text("data/reboots")?.hasPrefix("here 5100.000000000 ") == true)
    }
  }

  @Test func `a reboot of the ladder counts in the next boot, and once`() throws {
    try with { world in
      // Each boot of the test has run for as long as this machine has: days, perhaps.
      try world.write("31536000\n", to: "etc/reboots-window")
      for number in 1...3 {
        let state = try StateFolder(world.roots)
        let due = RebootDueNote(
          why: "why", isTest: false, decided: .seconds(1), isLeft: false, name: nil)
        try due.keep(in: state)
        for _ in 0..<3 { #expect(world.carry() == "") }
        #expect(world.text("run/counted") == "ladder\n")
        try boot(world, "boot-\(number)")
        world.carry()
        #expect(try look(world).reboots == .known(number))
        #expect(try look(world).staleReboots == 0)
      }
    }
  }

  @Test
  func `a reset because of a stale chain counts apart, and is taken back when the device is fed`()
    throws
  {
    try with { world in
      let state = try StateFolder(world.roots)
      try state.set(.notFed)
      world.carry()
      #expect(world.text("run/counted") == "stale\n")
      try state.clear(.notFed)
      world.carry()
      #expect(world.text("run/counted") == "none\n")
      try state.set(.notFed)
      world.carry()
      try boot(world, "next")
      world.carry()
      let ladder = try look(world)
      #expect(ladder.reboots == .known(0) && ladder.staleReboots == 1)
    }
  }

  /// As the driver of this box's device tells it: /dev/null stands in for the device.
  private func withDevice(didReset: Bool, _ body: (World, () -> String) throws -> Void) throws {
    try with { world in
      try world.write("/dev/null", to: "etc/device")
      try world.makeFolder("sys/class/watchdog/watchdog0")
      try world.write("1:3", to: "sys/class/watchdog/watchdog0/dev")
      try world.write(didReset ? "32" : "0", to: "sys/class/watchdog/watchdog0/bootstatus")
      try body(world) {
        do throws(Failure) {
          try Ledger(world.roots, system: "\(world.path)/sys").carry(isStale: false)
          return ""
        } catch { return error.sentence }
      }
    }
  }

  @Test func `a boot whose record is missing does not count, however often it tries`() throws {
    try withDevice(didReset: true) { world, carry in
      for _ in 0..<3 {
        let complaint = carry()
        #expect(complaint.contains("knows of no boot before this one"), "\(complaint)")
        #expect(world.text("run/counted")?.contains("lost with each boot") == true)
        #expect(try look(world).reboots == .cannotCount)
      }
      // What it left on the disk is the proof that the next boot needs.
      try boot(world, "next")
      #expect(carry() == "")
      #expect(try look(world).reboots == .known(0))
    }
  }

  @Test func `the first boot of a box that no device has reset needs no record`() throws {
    try withDevice(didReset: false) { world, carry in
      #expect(carry() == "")
      let ladder = try look(world)
      #expect(ladder.reboots == .known(0))
    }
  }

  @Test func `a disk that takes nothing is no reason to go on counting`() throws {
    try with { world in
      try world.write("a file in place of the folder", to: "data")
      #expect(world.carry() != "")
      let ladder = try look(world)
      #expect(ladder.reboots == .cannotCount && ladder.staleReboots == nil)
      #expect(ladder.whyUncounted?.isEmpty == false)
      // Standing down works in this boot all the same.
      let state = try StateFolder(world.roots)
      try state.replace(StandingDownNote.file, StandingDownNote(why: "why", since: .zero).text)
      world.carry()
      #expect(try look(world).stoodDown != nil)
    }
  }

  @Test func `a count of the first version begins anew`() throws {
    try with { world in
      try world.makeFolder("data")
      try world.write("1795440000 130 other\n", to: "data/reboots")
      #expect(world.carry() == "")
      #expect(try look(world).reboots == .known(0))
    }
  }

  @Test func `standing down outlives a boot, and so does its end`() throws {
    try with { world in
      let state = try StateFolder(world.roots)
      try state.replace(
        StandingDownNote.file, StandingDownNote(why: "why", since: .seconds(7)).text)
      world.carry()
      try boot(world, "next")
      #expect(try StandingDownNote.look(world.roots, state)?.since == .seconds(7), "by the disk")
      world.carry()
      #expect(try look(world).stoodDown?.since == .seconds(7))
      try state.remove(StandingDownNote.file)
      world.carry()
      #expect(world.status("data/stood-down") == nil)
      #expect(try StandingDownNote.onDisk(world.roots) == nil)
    }
  }

  @Test func `restarts of another boot are no reason to reboot`() throws {
    try with { world in
      try world.writeRestarts(3)
      #expect(try look(world).countOfRestarts(at: World.hour) == 3)
      world.carry()
      #expect(world.text("data/restarts") == world.text("run/restarts"))
      // A state folder that was lost is no other boot.
      try world.remove("run/restarts")
      try world.remove("run/reboots")
      world.carry()
      #expect(try look(world).countOfRestarts(at: World.hour) == 3)
      try boot(world, "next")
      world.carry()
      #expect(try look(world).countOfRestarts(at: World.hour) == 0)
    }
  }

  // MARK: Resuming

  @Test func `resuming forgets everything but the incidents and a hold`() throws {
    try with { world in
      try world.writeRestarts(3)
      try world.writeReboots(5)
      let state = try StateFolder(world.roots)
      try state.replace(StandingDownNote.file, StandingDownNote(why: "why", since: .zero).text)
      try RebootDueNote(why: "why", isTest: false, decided: .zero, isLeft: true, name: nil)
        .keep(in: state)
      try HoldNote(Hold(begin: .zero, end: .seconds(9)), reason: "why")
        .keep(for: nil, in: state)
      world.carry()
      for _ in 0..<2 { try Resumption.run(world.roots, state, LedgerTests.tool) }
      let ladder = try look(world)
      #expect(ladder.due == nil && ladder.stoodDown == nil && ladder.resumed != nil)
      #expect(ladder.reboots == .known(0) && ladder.countOfRestarts(at: World.hour) == 0)
      #expect(world.status("run/hold") != nil)
      #expect(try world.events() == ["resumed", "resumed"])
      #expect(world.status("data/stood-down") == nil && world.status("data/restarts") == nil)
      #expect(world.text("data/reboots")?.contains("ladder") == false)
    }
  }

  @Test func `resuming works where the disk takes nothing`() throws {
    try with { world in
      try world.write("a file in place of the folder", to: "data")
      let state = try StateFolder(world.roots)
      try state.replace(StandingDownNote.file, StandingDownNote(why: "why", since: .zero).text)
      try Resumption.run(world.roots, state, LedgerTests.tool)
      #expect(try StandingDownNote.read(in: state) == nil)
    }
  }
}

@Suite struct StandDownTests {
  static let files: [(text: String, why: String, since: Duration?)] = [
    ("why\n5.500000000\n", "why", .milliseconds(5500)), ("why\nmore\n", "why", nil),
    ("why", "why", nil), ("", "", nil), ("\n", "", nil), ("a\u{1B}b\n", "a\\x1bb", nil),
  ]

  @Test(arguments: files)
  func `the first line says why, and the second since when`(
    text: String, why: String, since: Duration?
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      #expect(try StandingDownNote.read(in: state) == nil)
      #expect(try StandingDownNote.look(world.roots, state) == nil)
      try world.write(text, to: "run/stood-down")
      let stood = try #require(try StandingDownNote.read(in: state))
      #expect(stood.why == why && stood.since == since)
    }
  }

  @Test func `what was written is read again`() {
    let stood = StandingDownNote(why: "two\nlines", since: .seconds(7))
    let read = StandingDownNote(parsing: Array(stood.text.utf8))
    #expect(read.why == stood.why && read.since == .seconds(7))
    #expect(stood.why.hasSuffix("Z: two\\x0alines"))
  }
}

@Suite struct RebootDueTests {
  @Test(arguments: [true, false], [nil, "web"])
  func `it is noted, read and cleared`(isLeft: Bool, name: String?) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      #expect(try RebootDueNote.read(in: state) == nil)
      try RebootDueNote.clear(in: state)
      let name = name.flatMap { Name($0) }
      for isTest in [true, false] {
        try RebootDueNote(
          why: "three\u{1B}restarts", isTest: isTest, decided: .milliseconds(1500), isLeft: isLeft,
          name: name
        ).keep(in: state)
        let due = try #require(try RebootDueNote.read(in: state))
        #expect(due.why == "three\\x1brestarts" && due.decided == .milliseconds(1500))
        #expect(due.isTest == isTest && due.isLeft == isLeft && due.name == name)
      }
      try RebootDueNote.clear(in: state)
      #expect(try RebootDueNote.read(in: state) == nil)
    }
  }

  @Test(arguments: ["why", "why\n", "why\ngarbage\n", "why\nladder x 1\n"])
  func `a note without its second line is a person's`(text: String) {
    let due = RebootDueNote(parsing: Array(text.utf8))
    #expect(due.why == "why" && due.isLeft && !due.isTest)
  }
}
