import Foundation
import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// How a problem is found, by those who mend it and those who tell of it.
@Suite struct TroubleLookTests {
  private let now = Moment.now()

  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      for folder in ["run/problems", "run/beats", "run/pids", "run/attempts", "etc/hearts"] {
        try world.makeFolder(folder)
      }
      try world.write(
        "mark-problems\nwhy\nbeat 7.000000000\n", to: "run/problems/web",
        dated: now.realtime - .seconds(9))
      try world.write("30 120\n", to: "etc/hearts/web")
      try body(world)
    }
  }

  private func find(_ world: World) throws -> TroubleFound {
    let web = try #require(Name("web"))
    let look = try TroubleLook(world.roots, StateFolder(world.roots), at: now)
    return try #require(try look.find(web))
  }

  @Test func `a problem of a heart has all that is known of it`() throws {
    try with { world in
      try world.write("", to: "run/beats/web", dated: .seconds(8))
      let found = try find(world)
      let trouble = found.trouble
      #expect(trouble.detector == .heart && trouble.age == .seconds(9))
      #expect(found.noticed == now.realtime - .seconds(9))
      #expect(trouble.beatBefore == .seconds(7) && trouble.beat == .at(.seconds(8)))
      #expect(trouble.promise == .heart(limit: .seconds(30), startLimit: .seconds(120)))
      #expect(
        trouble.process == .notNoted && trouble.means == .none && trouble.limits.lastStep == nil)
      #expect(trouble.attempt == nil && !trouble.isSolverRunning && found.hold == nil)
      #expect(found.complaints.isEmpty)
    }
  }

  @Test func `what something else noted has no beat of its own`() throws {
    try with { world in
      try world.write("cron\nfailed\n", to: "run/problems/web", dated: now.realtime - .seconds(9))
      for (beat, before) in [(-10.0, true), (-8, false)] {
        let date = now.realtime + .seconds(beat)
        try world.write("", to: "run/beats/web", dated: date)
        let trouble = try find(world).trouble
        #expect(trouble.detector == .other)
        #expect((trouble.beatBefore != nil) == before, "only one before it was noted")
      }
    }
  }

  @Test func `a heart that is gone is none, and one that cannot be read is unknown`() throws {
    try with { world in
      try world.remove("etc/hearts")
      #expect(try find(world).trouble.promise == .unknown)
      try world.makeFolder("etc/hearts")
      // As for mark-problems: what was read of a heart before counts while it is mistyped.
      try world.write("soon\n", to: "etc/hearts/web")
      #expect(try find(world).trouble.promise == .unknown, "it is not over because of that")
      try world.makeFolder("run/known")
      try world.write("30.000000000 120.000000000 0 7.000000000\n", to: "run/known/web")
      #expect(
        try find(world).trouble.promise == .heart(limit: .seconds(30), startLimit: .seconds(120)))
      try world.remove("etc/hearts/web")
      #expect(try find(world).trouble.promise == .none)
    }
  }

  /// What its file, emptied by root, says of who beats would take his beats for somebody else's.
  @Test func `who beats for a mistyped heart is who did so before`() throws {
    try with { world in
      let web = try #require(Name("web"))
      try world.makeFolder("run/known")
      try world.write("30.000000000 120.000000000 54321 7.000000000\n", to: "run/known/web")
      #expect(world.roots.user(of: web) != 54321, "it is not mistyped")
      try world.write("", to: "etc/hearts/web")
      #expect(world.roots.user(of: web) == 54321)
    }
  }

  /// Whether a process of another namespace runs cannot be told by its number here.
  @Test func `a process that was noted elsewhere is not gone`() throws {
    try with { world in
      let own = try ProcessIdentity.own()
      let gone = ProcessIdentity(pid: own.pid, startTime: own.startTime + 1)
      let stamp = "7c9e6679-7425-80de-944b-e07fc1f90ae7"
      for (text, process): (String, Trouble.Process) in [
        (ProcessNote(own).text, .runs), (ProcessNote(gone).text, .gone), ("garbage\n", .unknown),
        (ProcessNote(gone, stamp: stamp, space: ProcessSpace.own()).text, .gone),
        (ProcessNote(gone, stamp: stamp, space: "pid:[1] time:[2]").text, .unknown),
        (ProcessNote(own, stamp: stamp, space: "pid:[1] time:[2]").text, .runs),
      ] {
        try world.write(text, to: "run/pids/web")
        #expect(try find(world).trouble.process == process, "\(text)")
      }
    }
  }

  @Test func `it is seen what can mend it`() throws {
    try with { world in
      try world.makeFolder("etc/programs")
      try world.write("#!/bin/sh\n", to: "etc/programs/web")
      #expect(try find(world).trouble.means == .program)
      try world.makeFolder("etc/solutions")
      try world.write("#!/bin/sh\n", to: "etc/solutions/web")
      #expect(try find(world).trouble.means == .solution)
      #expect(try find(world).trouble.reach == .reboot)
    }
  }

  @Test func `its settings count, and mistakes are reported`() throws {
    try with { world in
      try world.makeFolder("etc/of/web")
      try world.write("solve\n", to: "etc/of/web/last-step")
      try world.write("90\n", to: "etc/of/web/solve-within")
      try world.write("soon\n", to: "etc/of/web/solve-time")
      let found = try find(world)
      #expect(found.trouble.reach == .solve && found.trouble.limits.solveWithin == .seconds(90))
      #expect(found.trouble.limits.solveTime == .seconds(20))
      #expect(found.complaints.count == 1)
      #expect(found.complaints.first?.contains("etc/of/web/solve-time") == true)
    }
  }

  @Test func `that the settings cannot be opened is reported`() throws {
    try with { world in
      try FileManager.default.removeItem(atPath: world.path(of: "etc"))
      #expect(try find(world).complaints.contains { $0.contains("unable to open") })
    }
  }

  @Test func `the last attempt and a hold are seen`() throws {
    try with { world in
      let own = try ProcessIdentity.own()
      let attempt = Attempt(
        count: 3, phase: .solving, time: .seconds(5), waited: .zero, beat: nil, restart: nil)
      for solver in [own, ProcessIdentity(pid: own.pid, startTime: own.startTime + 1), nil] {
        try world.write(
          AttemptNote(solver: solver, attempt: attempt).text, to: "run/attempts/web")
        let found = try find(world)
        #expect(found.trouble.attempt == attempt)
        #expect(found.trouble.isSolverRunning == (solver == own))
      }
      let begin = now.monotonic.components.seconds
      try world.makeFolder("run/holds")
      try world.write("\(begin) \(begin + 50)\nnew disk\n", to: "run/holds/web")
      let hold = try #require(try find(world).hold)
      #expect(hold.reason == "new disk" && hold.rest > .seconds(48))
    }
  }

  @Test func `what is not a file is skipped, and the others are looked at`() throws {
    try with { world in
      try world.makeFolder("run/problems/db")
      try world.write("who\nwhy\n", to: "run/problems/old~")
      let look = try TroubleLook(world.roots, StateFolder(world.roots), at: now)
      var (found, told): ([String], [String]) = ([], [])
      try look.forEach(onObstacle: { name, _ in told.append(name.text) }) { one in
        found.append(one.name.text)
      }
      #expect(found == ["web"] && told == ["db"])
    }
  }
}
