import Foundation
import TestSupport
import Testing

/// `watchdog-chain accept`: a boot in which all is well is accepted, once.
@Suite struct AcceptTests {
  /// A world with a heart that beats, and a boot-good that notes its runs.
  private func with(
    _ script: String = "", _ test: (World, inout FakeClock) throws -> Void
  ) async throws {
    try await World.with { world in
      try world.heart("web", "300 300\n")
      try world.write("60\n", to: "etc/accept-after")
      try world.write("3600\n", to: "etc/chain/mark-problems")
      try world.script("etc/boot-good", "echo x >>\(world.path)/runs\n\(script)")
      var clock = FakeClock(realtime: Date().timeIntervalSince1970)
      world.run("mark-problems", at: clock)
      world.date("run/beats/web", clock.realtime)
      try test(world, &clock)
    }
  }

  @discardableResult
  private func accept(_ world: World, _ clock: FakeClock, _ words: String...) -> Outcome {
    world.run("watchdog-chain", ["accept"] + words, at: clock)
  }

  private func runs(_ world: World) -> Int {
    world.text("runs")?.split(separator: "\n").count ?? 0
  }

  private func status(_ world: World, _ clock: FakeClock) -> String {
    world.run("watchdog-chain", "status", at: clock).output
  }

  @Test func `without either executable nothing is done`() async throws {
    try await World.with { world in
      let outcome = world.run("watchdog-chain", "accept")
      #expect(outcome.code == 0 && !world.exists("run"))
      #expect(!world.run("watchdog-chain", "status").output.contains("accepted"))
    }
  }

  @Test func `a boot is accepted once, when all has been well for a while`() async throws {
    try await with { world, clock in
      accept(world, clock)
      #expect(runs(world) == 0 && status(world, clock).contains("is not accepted yet: all has"))
      clock.advance(59)
      accept(world, clock)
      #expect(runs(world) == 0)
      clock.advance(1.5)
      #expect(accept(world, clock, "--dry-run").output.hasPrefix("would run "))
      #expect(runs(world) == 0)
      accept(world, clock)
      clock.advance(60)
      accept(world, clock)
      #expect(runs(world) == 1 && world.events() == ["accepted"])
      #expect(status(world, clock).contains("this boot was accepted\n"))
      let json = world.run("watchdog-chain", "status", "--json", at: clock).output
      #expect(json.contains("\"accepted\": true") && json.contains("\"not-accepted\": null"))
      #expect(
        world.run("watchdog-chain", "metrics", at: clock).output
          .contains("watchdog_chain_boot_accepted 1\n"))
    }
  }

  @Test func `another boot is another matter`() async throws {
    try await with { world, clock in
      accept(world, clock)
      clock.advance(61)
      accept(world, clock)
      try world.write("other 0.000000000\n", to: "run/boot")
      accept(world, clock)
      #expect(runs(world) == 1 && status(world, clock).contains("is not accepted yet"))
      clock.advance(61)
      accept(world, clock)
      #expect(runs(world) == 2)
    }
  }

  @Test func `what is wrong in between begins the time anew, also unseen`() async throws {
    try await with { world, clock in
      accept(world, clock)
      clock.advance(50)
      world.run("mark-problems", "--mark", "disk", "it is full", at: clock)
      accept(world, clock)
      #expect(status(world, clock).contains("is not accepted yet: problem disk, for "))
      try world.remove("run/problems/disk")
      clock.advance(20)
      accept(world, clock)
      clock.advance(50)
      // One that nobody sees.
      world.run("mark-problems", "--mark", "disk", "it is full", at: clock)
      try world.remove("run/problems/disk")
      clock.advance(20)
      accept(world, clock)
      clock.advance(59)
      accept(world, clock)
      #expect(runs(world) == 0)
      clock.advance(2)
      accept(world, clock)
      #expect(runs(world) == 1)
    }
  }

  @Test func `a heart that has not beaten, and a hold, are waited for`() async throws {
    try await with { world, clock in
      world.date("run/beats/web", 0)
      for _ in 0..<2 {
        accept(world, clock)
        clock.advance(61)
      }
      #expect(status(world, clock).contains("is not accepted yet: web has not beaten yet"))
      world.date("run/beats/web", clock.realtime)
      world.run("watchdog-chain", "hold", "10m", at: clock)
      for _ in 0..<2 {
        accept(world, clock)
        clock.advance(61)
      }
      #expect(runs(world) == 0)
    }
  }

  @Test func `one that refuses, hangs or was killed is asked again`() async throws {
    try await with("[ -e ../go ] || { echo no; exit 3; }") { world, clock in
      try world.script(
        "etc/boot-good",
        "echo x >>\(world.path)/runs\n[ -e \(world.path)/go ] || { echo not now; exit 3; }")
      accept(world, clock)
      clock.advance(61)
      let outcome = accept(world, clock)
      #expect(outcome.code == 75 && outcome.errors.contains("ended with exit code 3: not now"))
      #expect(status(world, clock).contains("ended with exit code 3: not now"))
      try world.write("", to: "go")
      accept(world, clock)
      #expect(runs(world) == 2 && world.events() == ["accepted"])
    }
    try await with("sleep 1000") { world, clock in
      try world.write("1\n", to: "etc/accept-time")
      accept(world, clock)
      clock.advance(61)
      #expect(accept(world, clock).errors.contains("did not exit within 1 s and was killed"))
      #expect(world.events().isEmpty)
    }
  }

  @Test func `one that others could have written is not run, and check says so`() async throws {
    try await with { world, clock in
      world.setPermissions("etc/boot-good", 0o777)
      accept(world, clock)
      clock.advance(61)
      #expect(accept(world, clock).code == 77 && runs(world) == 0)
      let check = world.run("watchdog-chain", "check", at: clock).output
      #expect(check.contains("boot-good: ") && check.contains("others can write to it"))
    }
  }

  @Test(arguments: ["grub", "mender", "rauc", "swupdate", "systemd-bless-boot", "u-boot"])
  func `those that can be linked do both by their names`(name: String) async throws {
    try await World.with { world in
      let script = checkout.appending(path: "etc/watchdog/boot-good.available/\(name)")
      let said: [String: (good: String, bad: String)] = [
        "grub": ("grub2-editenv - unset boot_counter", "boot_success=0 boot_counter=0"),
        "mender": ("mender-update commit", "mender-update rollback"),
        "rauc": ("rauc status mark-good booted", "rauc status mark-bad booted"),
        "swupdate": (
          "fw_setenv ustate 0\nfw_setenv upgrade_available 0\nfw_setenv bootcount 0\n",
          "fw_setenv ustate 3\nfw_setenv bootcount 4\nfw_setenv upgrade_available 1\n"
        ),
        "systemd-bless-boot": ("systemd-bless-boot good", "systemd-bless-boot bad"),
        "u-boot": (
          "fw_setenv upgrade_available 0\nfw_setenv bootcount 0\n",
          "fw_setenv bootcount 4\nfw_setenv upgrade_available 1\n"
        ),
      ]
      try world.makeFolder("bin")
      let note = "echo ${0##*/} $* >>\(world.path)/said"
      for tool in ["grub2-editenv", "mender-update", "rauc", "fw_setenv", "systemd-bless-boot"] {
        try world.script("bin/\(tool)", note)
      }
      try world.script("bin/fw_printenv", "echo 4")
      let text = try #require(contents(of: script.path))
        .replacing("/usr/lib/systemd/", with: "\(world.path)/bin/")
      for file in ["boot-good", "roll-back"] {
        try? world.remove("said")
        try world.write(text, to: "etc/\(file)", mode: 0o755)
        let process = world.process(world.path(of: "etc/\(file)"))
        process.environment?["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
        #expect(process.outcome().code == 0)
        let wanted = try #require(said[name])
        #expect(
          world.text("said")?.contains(file == "boot-good" ? wanted.good : wanted.bad) == true)
      }
    }
  }

  /// In the slot that the loader went back to: nothing there may lead it to the one that failed, or hide that it did.
  @Test(arguments: [
    ("grub", "echo boot_counter=-1", ""), ("systemd-bless-boot", "echo clean", ""),
    ("swupdate", "echo 3", "fw_setenv upgrade_available 0\nfw_setenv bootcount 0\n"),
  ])
  func `what the loader went back to stays`(name: String, answer: String, said: String) async throws
  {
    try await World.with { world in
      try world.makeFolder("bin")
      let asks = "case $* in *list | status | -n*) \(answer) ;;"
      let note = "\(asks) *) echo ${0##*/} $* >>\(world.path)/said ;; esac"
      for tool in ["grub2-editenv", "fw_printenv", "fw_setenv", "systemd-bless-boot"] {
        try world.script("bin/\(tool)", note)
      }
      let script = checkout.appending(path: "etc/watchdog/boot-good.available/\(name)")
      let text = try #require(contents(of: script.path))
        .replacing("/usr/lib/systemd/", with: "\(world.path)/bin/")
      try world.write(text, to: "etc/boot-good", mode: 0o755)
      let process = world.process(world.path(of: "etc/boot-good"))
      process.environment?["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
      #expect(process.outcome().code == 0)
      #expect(world.text("said") ?? "" == said)
    }
  }
}

/// In place of standing down.
@Suite struct RollBackTests: UnmendableBox {
  /// A box on which five reboots did not help, at its last rung.
  private func atItsEnd(
    _ script: String = "", _ test: (World, inout FakeClock) async throws -> Void
  ) async throws {
    try await with { world, clock in
      world.awaitClerk()
      let reboots = (1...5).map { "\(80_000 + 1000 * $0).000000000 ladder boot\($0)\n" }
      try world.write(
        "boot5 0.000000000 90000.000000000\n\(reboots.joined())", to: "data/reboots")
      try? world.remove("run/reboots")
      try world.script("etc/roll-back", "echo $WATCHDOG_HEART >>\(world.path)/back\n\(script)")
      try await restart(1, world, &clock)
      try await restart(2, world, &clock)
      #expect(check(world, clock).errors.contains("/roll-back is to be run\n"))
      try await test(world, &clock)
    }
  }

  private func accept(_ world: World, _ clock: FakeClock) -> Outcome {
    world.run("watchdog-chain", "accept", at: clock)
  }

  @Test func `the box goes back, and is left to its device once more`() async throws {
    try await atItsEnd { world, clock in
      clock.advance(1)
      #expect(check(world, clock).code == 0 && !world.exists("run/stood-down"))
      let outcome = accept(world, clock)
      #expect(outcome.code == 0 && world.text("back") == "web\n", "\(outcome.errors)")
      // Again, as if the first one had been killed before it noted that.
      let note = try #require(world.text("run/roll-back")).replacing("done", with: "due")
      try world.write(note, to: "run/roll-back")
      _ = accept(world, clock)
      #expect(world.text("back") == "web\n")
      #expect(world.text("data/rolled-back")?.contains("5 reboots within 86400 s") == true)
      clock.advance(1)
      #expect(await reboot(world, &clock).code == 75)
      #expect(
        world.events().suffix(2) == ["rolled-back", "reboot"] && !world.exists("run/stood-down"))
      #expect(
        world.run("watchdog-chain", "status", at: clock).output.contains("roll-back was run at "))
    }
  }

  @Test func `one that was killed before it ended is run again`() async throws {
    try await atItsEnd("[ -e go ] || kill -9 $PPID") { world, clock in
      try world.script(
        "etc/roll-back",
        "echo x >>\(world.path)/back\n[ -e \(world.path)/go ] || kill -9 $PPID")
      _ = accept(world, clock)
      #expect(!world.exists("data/rolled-back"))
      try world.write("", to: "go")
      _ = accept(world, clock)
      #expect(world.text("back") == "x\nx\n" && world.exists("data/rolled-back"))
    }
  }

  @Test func `one that fails, or did not help before, lets the box stand down`() async throws {
    for isSecond in [false, true] {
      try await atItsEnd("echo no slot; exit 1") { world, clock in
        if isSecond {
          try world.write("boot5 89000.000000000\nthen: why\n", to: "data/rolled-back")
        }
        let outcome = accept(world, clock)
        #expect(outcome.errors.contains(isSecond ? "did not help: then: why" : "no slot"))
        #expect(world.exists("back") == !isSecond)
        clock.advance(1)
        #expect(check(world, clock).errors.contains(": standing down: "))
        #expect(world.text("run/stood-down")?.contains("; roll-back: ") == true)
        #expect(world.events().last == "stood-down")
      }
    }
  }

  @Test func `where nothing runs it the box stands down after five minutes`() async throws {
    try await atItsEnd { world, clock in
      clock.advance(290)
      watch(3, world, &clock)
      #expect(!world.exists("run/stood-down"))
      clock.advance(10)
      watch(6, world, &clock)
      #expect(world.text("run/stood-down")?.contains("; roll-back was not run") == true)
    }
  }

  @Test func `it is not run when the problem is over, during a hold, or after resume`()
    async throws
  {
    try await atItsEnd { world, clock in
      let note = try #require(world.text("run/roll-back"))
      world.run("watchdog-chain", "hold", "10m", at: clock)
      _ = accept(world, clock)
      #expect(!world.exists("run/roll-back"))
      world.run("watchdog-chain", "hold", "--end", at: clock)
      try world.write(note, to: "run/roll-back")
      world.run("watchdog-chain", "resume", at: clock)
      try world.write("x", to: "run/reboot-due")
      world.run("watchdog-chain", "resume", at: clock)
      #expect(!world.exists("run/roll-back"))
      try world.write(note, to: "run/roll-back")
      try world.remove("run/problems/web")
      _ = accept(world, clock)
      #expect(!world.exists("run/roll-back") && !world.exists("back"))
    }
  }
}
