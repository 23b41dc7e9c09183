import Foundation
import TestSupport
import Testing

/// What `check` says of who runs the tools, and which of them.
@Suite struct CheckRunningTests {
  @Test func `where problems are only marked, nothing about solving is a mistake`() async throws {
    try await World.withBox { world in
      try world.write(World.shipped("mark-only"), to: World.crontab)
      for file in ["etc/restart-system", "etc/chain/check-solutions", "etc/programs/web"] {
        try world.remove(file)
      }
      try world.write("4\n", to: "etc/device-timeout")
      try world.write("1\n", to: "etc/solve-within")
      try world.write("/dev/no-such-device\n", to: "etc/device")
      let outcome = world.check()
      #expect(outcome.code == 0, "\(outcome.output)")
      #expect(World.notes(outcome).contains { $0.contains("device-timeout: 4 s is too short") })
      #expect(outcome.output.contains("This box only marks problems"))
      try world.heart("web", "soon\n")
      #expect(world.check().code == 78)
    }
  }

  @Test func `a chain that only marks may be fed all the same`() async throws {
    try await World.withBox { world in
      try world.edit(World.crontab, " solve-problems check-solutions", "")
      for file in ["etc/restart-system", "etc/chain/check-solutions", "etc/programs/web"] {
        try world.remove(file)
      }
      let outcome = world.check()
      #expect(outcome.code == 0, "\(outcome.output)")
      #expect(outcome.output.hasSuffix("(chain 10 s + device 75 s).\n"), "\(outcome.output)")
    }
  }

  @Test func `where nothing runs the tools, that is only noted`() async throws {
    try await World.withBox { world in
      try world.remove(World.crontab)
      let outcome = world.check()
      #expect(outcome.code == 0)
      #expect(
        World.notes(outcome).contains { $0.contains("nothing was found that runs the tools") })
    }
  }

  @Test func `the other ways to run the tools are known`() async throws {
    try await World.withBox { world in
      try world.remove(World.crontab)
      let wants = "box/etc/systemd/system/timers.target.wants"
      try world.makeFolder(wants)
      for helper in ["each-second@a", "each-second@b", "kwatchdog-feeder@a", "kwatchdog-feeder@b"] {
        try world.symbolicLink("\(wants)/\(helper).timer", to: "/dev/null")
      }
      #expect(World.notes(world.check()).isEmpty && world.check().code == 0)
      try world.remove("\(wants)/kwatchdog-feeder@a.timer")
      #expect(world.check().output.contains("the only timer of kwatchdog-feeder"))
      try world.symbolicLink("\(wants)/each-second@a.timer", to: "/no/such/unit")
      #expect(world.check().output.contains("each-second@a.timer: it leads nowhere"))
      try world.remove("box/etc/systemd")
      for (file, name) in [
        ("busybox.crontab", "box/etc/crontabs/root"),
        ("runit-run", "box/etc/service/each-second/run"),
        ("runit-run", "box/etc/service/kwatchdog-feeder-a/run"),
        ("runit-run", "box/etc/service/kwatchdog-feeder-b/run"),
      ] {
        if name.hasSuffix("each-second/run") {
          #expect(world.check().code == 0 && World.notes(world.check()).isEmpty, "\(world.check())")
          try world.remove("box/etc/crontabs")
        }
        try world.makeFolder((name as NSString).deletingLastPathComponent)
        try world.write(World.shipped(file), to: name)
      }
      #expect(world.check().code == 0 && World.notes(world.check()).isEmpty, "\(world.check())")
    }
  }

  @Test func `somebody else's tool may be run by anything`() async throws {
    try await World.withBox { world in
      try world.link("my-check")
      #expect(world.check().code == 78)
      try world.makeFolder("run/alive")
      try world.write("", to: "run/alive/my-check")
      #expect(world.check().code == 0, "it is alive")
      world.date("run/alive/my-check", 0)
      #expect(world.check().code == 78)
      try world.write(
        "PATH=/usr/local/bin\n* * * * * root /opt/my-check; beat web\n",
        to: "box/etc/cron.d/my-checks")
      try world.heart("web", "90\n")
      #expect(world.check().code == 0, "a line of a crontab runs it: \(world.check().output)")
    }
  }
}
