import Foundation
import TestSupport
import Testing

/// Files of the state folder that may not be changed (chattr(1)).
@Suite(.enabled(if: StateFiles.canChangeAttributes, "needs chattr, and a file system for it"))
struct UnchangeableFilesTests {
  static let files = ["attempts", "pids", "starts", "known", "beats", "problems", "holds"]

  @Test(arguments: files, ["+i", "+a"])
  func `one that may not be changed concerns its heart alone`(
    _ folder: String, _ attribute: String
  ) async throws {
    try await World.withPrograms { world in
      for name in ["web", "other"] {
        try world.heart(name, "100\n")
        try world.program(name)
      }
      let tools = ["mark-problems", "solve-problems", "check-solutions"]
      for tool in tools { world.run(tool) }
      for name in ["web", "other"] { world.run("run-stamped", "--background", name) }
      // A file is there before what is written into it.
      func process(_ name: String) -> Int32? {
        Int32(world.text("runs.\(name)")?.split(separator: "\n").first ?? "")
      }
      #expect(
        await world.waits(upTo: 10) { process("web") != nil && process("other") != nil })
      let first = try #require(world.text("runs.other"))
      let file = world.path(of: "run/\(folder)/web")
      if !world.exists("run/\(folder)/web") {
        try world.put("somebody\nsomething\n", at: "run/\(folder)/web")
      }
      try #require(run(["chattr", attribute, file]).code == 0)
      defer { _ = run(["chattr", "-ia", file]) }
      for name in ["web", "other"] {
        kill(try #require(process(name)), SIGKILL)
      }
      let isMended = { world.text("runs.other") != first }
      var patience = Patience(seconds: 20)
      repeat {
        for tool in tools {
          let outcome = world.run(tool)
          #expect(outcome.code == 0, "\(tool): \(outcome.errors)")
        }
        usleep(300_000)
      } while !isMended() && patience.lasts()
      #expect(isMended())
    }
  }

  @Test func `a problem that cannot be removed is not over each second`() async throws {
    try await World.with { world in
      try world.heart("web", "100\n")
      var clock = FakeClock()
      world.run("mark-problems", at: clock)
      try world.put("mark-problems\nno beat\n", at: "run/problems/web")
      world.date("run/problems/web", clock.realtime)
      try #require(run(["chattr", "+i", world.path(of: "run/problems/web")]).code == 0)
      defer { _ = run(["chattr", "-i", world.path(of: "run/problems/web")]) }
      var said = ""
      for _ in 0..<4 {
        clock.advance(1)
        world.date("run/beats/web", clock.realtime)
        for tool in ["mark-problems", "solve-problems", "check-solutions"] {
          let outcome = world.run(tool, at: clock)
          #expect(outcome.code == 0, "\(tool): \(outcome.errors)")
          said += outcome.errors
        }
      }
      // By solve-problems, and by check-solutions, which by these clocks sees it at rest.
      #expect(said.components(separatedBy: "unable to remove").count == 3, "\(said)")
      #expect(!(world.text("run/spool") ?? "").contains("web"))
      #expect(!(world.text("data/incidents.jsonl") ?? "").contains("web"))
    }
  }
}

/// A state folder of its own, a small tmpfs, that somebody fills.
@Suite(.enabled(if: StateFiles.canMount, "needs the right to mount a tmpfs"))
struct FullMemoryTests {
  private func with(_ options: String, at folder: String, _ body: (World) throws -> Void)
    async throws
  {
    try await World.with(World.usual + ["run/beats"]) { world in
      let path = world.path(of: folder)
      let mount = ["mount", "-t", "tmpfs", "-o", "mode=755,\(options)", "none", path]
      try #require(run(mount).code == 0)
      defer { _ = run(["umount", "-l", path]) }
      try body(world)
    }
  }

  @Test func `a full state folder neither blinds the chain nor ends it`() async throws {
    try await with("size=256k", at: "run") { world in
      try world.heart("web", "3\n")
      var clock = FakeClock()
      for second in 0..<8 {
        for tool in ["mark-problems", "solve-problems", "check-solutions"] {
          #expect(world.run(tool, at: clock).code == 0, "\(tool), second \(second)")
        }
        if second == 1 {
          // As after more problems than it is for.
          try world.remove("run/reserve")
          _ = run(["dd", "if=/dev/zero", "of=\(world.path(of: "run/fill"))", "bs=4k"])
          _ = try? world.write("x", to: "run/more")
          try #require(world.text("run/more") ?? "" == "", "it is full")
        }
        clock.advance(1)
      }
      #expect(world.text("run/problems/web") == "", "that there is one matters more than the words")
      world.date("run/beats/web", clock.realtime)
      world.run("mark-problems", at: clock)
      #expect(world.run("solve-problems", at: clock).code == 0)
      #expect(world.names(in: "run/problems").isEmpty, "it is a heart's, and over when it beats")
    }
  }

  /// What of the state folder is used up.
  enum Lack: String, CaseIterable, Sendable {
    case inodes = "size=4m,nr_inodes=250"
    case room = "size=1m"
  }

  private func fill(_ world: World, _ lack: Lack) throws {
    _ = run(["dd", "if=/dev/zero", "of=\(world.path(of: "run/fill"))", "bs=4k"])
    if lack == .inodes { try world.remove("run/fill") }
    for number in 0..<300 { _ = try? world.write("x", to: "run/more-\(number)") }
    try #require(lack == .room || !world.exists("run/more-299"), "it is full")
    try #require(world.text("run/more-299") ?? "" == "", "it is full")
  }

  /// `old` was started by the chain before, `new` by somebody else: nothing is noted of it yet.
  @Test(arguments: Lack.allCases)
  func `in a full state folder programs are mended`(_ lack: Lack) async throws {
    try await with(lack.rawValue, at: "run") { world in
      try world.makeFolder("etc/programs")
      for name in ["old", "new"] {
        try world.heart(name, "100\n")
        try world.program(name)
      }
      defer { world.run("kill-stamped") }
      for _ in 0..<2 {
        for tool in ["mark-problems", "solve-problems", "check-solutions"] { world.run(tool) }
        world.run("run-stamped", "--background", "old")
      }
      var start = Patience(seconds: 20)
      while world.text("runs.old")?.hasSuffix("\n") != true, start.lasts() { usleep(50_000) }
      try fill(world, lack)
      let first = world.text("runs.old")
      kill(try #require(Int32(first?.dropLast() ?? "")), SIGKILL)
      world.run("mark-problems", "--mark", "new", "it is not well")
      let isMended = { world.exists("runs.new") && world.text("runs.old") != first }
      var patience = Patience(seconds: 30)
      while !isMended(), patience.lasts() {
        for tool in ["mark-problems", "solve-problems", "check-solutions"] {
          let outcome = world.run(tool)
          #expect(outcome.code == 0, "\(tool): \(outcome.errors)")
        }
        usleep(300_000)
      }
      #expect(isMended())
      for name in ["old", "new"] {
        let runs = world.text("runs.\(name)")?.split(separator: "\n") ?? []
        #expect(world.text("run/pids/\(name)")?.hasPrefix("\(runs.last ?? "-") ") == true)
        #expect(world.text("run/attempts/\(name)")?.contains(" 1 ") == true)
        #expect(runs.count == (name == "old" ? 2 : 1), "no program is started twice")
      }
    }
  }

  @Test func `beats may be on a file system of their own`() async throws {
    try await with("size=4k", at: "run/beats") { world in
      for name in ["web", "other"] { try world.heart(name, "3\n") }
      var clock = FakeClock()
      for _ in 0..<3 {
        #expect(world.run("mark-problems", at: clock).code == 0)
        #expect(world.names(in: "run/beats") == ["other", "web"])
        try world.remove("run/beats/web")
        symlink("nowhere", world.path(of: "run/beats/web"))
        clock.advance(1)
      }
    }
  }

  /// The kernel gives a page of the table of mounts at a time, and what was mounted last stands at its end.
  @Test(.enabled(if: StateFiles.canMount, "no mounts of our own"))
  func `reboots that cannot be counted are known as such on a box with many file systems`()
    async throws
  {
    try await World.with { world in
      try world.heart("web", "30\n")
      let script = """
        unset WATCHDOG_STATE
        for place in $(seq 80) data; do
          mkdir -p "$1/$place" && mount -t tmpfs -o mode=755 none "$1/$place" || exit
        done
        mount -t tmpfs none /run && mark-problems
        for _ in $(seq 100); do if [ -s /run/watchdog/counted ]; then break; fi; sleep 0.1; done
        cat /run/watchdog/counted
        """
      let outcome = world.run("/usr/bin/unshare", "--mount", "sh", "-c", script, "-", world.path)
      #expect(outcome.output.contains("is on a file system in memory"), "\(outcome)")
    }
  }
}

/// What this machine lets us do.
enum StateFiles {
  static let canChangeAttributes =
    getuid() == 0
    && run(["sh", "-c", "f=$(mktemp) && chattr +i $f && chattr -i $f && rm $f"]).code == 0
  static let canMount =
    getuid() == 0 && run(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).code == 0
}
