import Foundation
import TestSupport
import Testing

/// The detectors of etc/watchdog/detectors.available that look at the box themselves.
@Suite struct DetectorScriptTests: DetectorScriptSuite {
  private static let scripts = names(in: detectorScripts)

  @Test(arguments: scripts)
  func `each says how it is put in place`(script: String) throws {
    let text = try #require(contents(of: "\(detectorScripts)/\(script)"))
    #expect(text.contains("# Goes to   /etc/watchdog/detectors.available/\(script)"))
    #expect(text.contains("# Command   ln -s ../detectors.available/\(script) "))
  }

  @Test(arguments: [(95, 97, 1), (98, 97, 0)])
  func `a full disk`(limit: Int, used: Int, code: Int32) async throws {
    try await with { world in
      try world.write(
        "/dev/a / ext4 rw 0 0\nserver:/x /net nfs rw 0 0\n/dev/b /cd ext4 ro 0 0\n",
        to: "proc/mounts")
      try command("df", "[ $2 = / ] || exit 9; echo head; echo \"/dev/a 1 2 3 \(used)% /\"", world)
      try world.put("\(limit)\n", at: "etc/of/disk/percent")
      let outcome = run("disk", world)
      #expect(outcome.code == code)
      #expect(
        outcome.output == (code == 0 ? "" : "/: 97 % of its bytes, /: 97 % of its inodes\n"))
    }
  }

  @Test func `a file system that became read-only, and one that fstab wants so`() async throws {
    try await with { world in
      try world.write("/dev/a / ext4 ro 0 0\n/dev/b /usr ext4 ro 0 0\n", to: "proc/mounts")
      try world.write("/dev/a / ext4 defaults 0 1\n/dev/b /usr ext4 ro 0 1\n", to: "fstab")
      let outcome = run("mounts", world)
      #expect(outcome.code == 1 && outcome.output == "/ became read-only\n")
    }
  }

  @Test func `a mount that does not answer holds nobody up`() async throws {
    try await with { world in
      try world.write("x /alive ext4 rw 0 0\nx /dead\\040one fuse rw 0 0\n", to: "proc/mounts")
      try command("stat", "case $3 in '/dead one') exec sleep 20 ;; esac", world)
      try world.put("1\n", at: "etc/of/mounts/seconds")
      let begun = Date()
      let outcome = run("mounts", world)
      #expect(outcome.code == 1 && outcome.output == "/dead\\040one does not answer\n")
      let ended = try #require(world.numbers("ended").first)
      #expect((Double(ended) - begun.timeIntervalSince1970) * Patience.share < 8)
    }
  }

  @Test(arguments: [("19.99", 0), ("20.00", 1), ("100.00", 1)])
  func `memory`(share: String, code: Int32) async throws {
    try await with { world in
      try world.makeFolder("proc/pressure")
      try world.write(
        "some avg10=99.00 avg60=99.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=\(share) avg300=0.00 total=0\n",
        to: "proc/pressure/memory")
      #expect(run("memory", world).code == code)
    }
  }

  @Test func `a process in D for two minutes, and not one that has its number`() async throws {
    try await with { world in
      func look(_ up: Int, _ state: String = "D", start: Int = 77) throws -> Outcome {
        try world.makeFolder("proc/7")
        try world.write("\(up).00 5\n", to: "proc/uptime")
        try world.write(
          "7 (a (b) D c) \(state) 1 7 7 0 -1 0 0 0 0 0 3 4 0 0 20 0 1 0 \(start) 0 5\n",
          to: "proc/7/stat")
        return run("stuck", world)
      }
      #expect(try look(1000).code == 0)
      #expect(try look(1060).code == 0)
      let outcome = try look(1120)
      #expect(outcome.code == 1)
      #expect(outcome.output == "waiting in the kernel: 7 (a (b) D c) for 120 s\n")
      #expect(try look(1180, start: 78).code == 0, "another process")
      for up in [1240, 1400] { #expect(try look(up, "S").code == 0, "whatever it calls itself") }
    }
  }

  @Test(arguments: [(84_000, 0), (95_000, 1)])
  func `a temperature near the critical one`(now: Int, code: Int32) async throws {
    try await with { world in
      let zone = "sys/class/thermal/thermal_zone0"
      try world.makeFolder(zone)
      for (file, text) in [
        ("temp", "\(now)"), ("type", "cpu"), ("trip_point_0_type", "critical"),
        ("trip_point_0_temp", "100000"),
      ] {
        try world.write("\(text)\n", to: "\(zone)/\(file)")
      }
      let outcome = run("temperature", world)
      #expect(outcome.code == code)
      if code == 1 { #expect(outcome.output == "cpu is at 95 degrees, with a limit of 95\n") }
    }
  }

  @Test(arguments: [
    ("100\t0\t9223372036854775807", "1/100", 0), ("950\t0\t1000", "1/100", 1),
    ("1\t0\t1000", "1/31000", 1),
  ])
  func `files and processes of the box`(files: String, tasks: String, code: Int32) async throws {
    try await with { world in
      try world.makeFolder("proc/sys/fs")
      try world.makeFolder("proc/sys/kernel")
      try world.write("\(files)\n", to: "proc/sys/fs/file-nr")
      try world.write("0.1 0.1 0.1 \(tasks) 5\n", to: "proc/loadavg")
      try world.write("32768\n", to: "proc/sys/kernel/pid_max")
      try world.write("32768\n", to: "proc/sys/kernel/threads-max")
      #expect(run("limits", world).code == code)
    }
  }

  @Test(arguments: [
    ("Leap status     : Normal", 0), ("Leap status     : Not synchronised", 1), ("", 1),
  ])
  func `the clock`(answer: String, code: Int32) async throws {
    try await with { world in
      try command("chronyc", "echo '\(answer)'", world)
      #expect(run("clock", world).code == code)
    }
  }

  @Test(arguments: [
    ("10.0.0.1 dev eth0 REACHABLE", 1, 2, 0), ("10.0.0.1 dev eth0 FAILED", 0, 2, 0),
    ("10.0.0.1 dev eth0 STALE", 1, 0, 0), ("10.0.0.1 dev eth0 FAILED", 1, 2, 1),
  ])
  func `any sign of a network suffices`(
    neighbour: String, ping: Int, name: Int, code: Int32
  ) async throws {
    try await with { world in
      try command(
        "ip",
        "case $1 in route) echo default via 10.0.0.1 dev eth0 ;; neigh) echo '\(neighbour)' ;; esac",
        world)
      try command("ping", "exit \(ping)", world)
      try command("getent", "exit \(name)", world)
      let outcome = run("gateway", world)
      #expect(outcome.code == code)
      if code == 1 { #expect(outcome.output.hasPrefix("the gateway 10.0.0.1 does not answer")) }
    }
  }

  @Test(arguments: [(30, 1), (31, 0)])
  func `a program that leaks, with all that it started`(limit: Int, code: Int32) async throws {
    try await with { world in
      try world.put("\(limit)\n", at: "etc/of/leak/memory")
      #expect(run("leak", world).code == 0, "it does not run")
      try world.put("10 99\n", at: "run/pids/leak")
      for (pid, parent, kilobytes) in [
        (1, 0, 99_999), (10, 1, 11_000), (11, 10, 11_000), (12, 11, 10_000), (13, 1, 9_000),
      ] {
        try world.put("Name:\tx\nPPid:\t\(parent)\n", at: "proc/\(pid)/status")
        try world.put("Rss: 99999 kB\nPss: \(kilobytes) kB\n", at: "proc/\(pid)/smaps_rollup")
      }
      let outcome = run("leak", world)
      #expect(outcome.code == code)
      #expect(outcome.output == (code == 0 ? "" : "memory: 31 MiB, and its limit is 30\n"))
    }
  }

  @Test func `failed units, but for those that may fail`() async throws {
    try await with { world in
      try command(
        "systemctl",
        "echo 'a.service loaded failed failed A'; echo 'b.service loaded failed failed B'",
        world)
      #expect(run("units", world).output == "failed: a.service b.service\n")
      try world.put("b.service a.service\n", at: "etc/of/units/except")
      #expect(run("units", world).code == 0)
    }
  }

  @Test(arguments: [(0, 0), (2, 0), (8, 1), (24, 1)])
  func `a disk that says that it is failing`(answer: Int, code: Int32) async throws {
    try await with { world in
      try world.write("", to: "dev/sda")
      try command("smartctl", "exit \(answer)", world)
      let outcome = run("smart", world)
      #expect(outcome.code == code)
      if code == 1 { #expect(outcome.output.hasSuffix("/dev/sda\n")) }
    }
  }
}
