import Foundation
import TestSupport
import Testing

/// The scripts of etc/watchdog/detectors.available, with a made-up /proc, /sys and PATH.
@Suite struct DetectorScriptTests {
  private static let scripts = names(in: folder)
  private static let folder = checkout.appending(path: "etc/watchdog/detectors.available").path

  private func run(_ script: String, _ world: World) -> Outcome {
    // When it was over is written down: what it leaves behind may hold up who waits for it here.
    let process = Process([
      "sh", "-c", "sh \"$0\"; code=$?; date +%s >\"$1\"; exit $code", "\(Self.folder)/\(script)",
      world.path(of: "ended"),
    ])
    var environment = world.environment()
    environment["WATCHDOG_HEART"] = script
    environment["PROC"] = world.path(of: "proc")
    environment["SYS"] = world.path(of: "sys")
    environment["DEV"] = world.path(of: "dev")
    environment["FSTAB"] = world.path(of: "fstab")
    environment["PATH"] = "\(world.path)/bin:/usr/bin:/bin"
    process.environment = environment
    return process.outcome()
  }

  /// A command of that name that does this.
  private func command(_ name: String, _ body: String, _ world: World) throws {
    try world.makeFolder("bin")
    try world.script("bin/\(name)", body)
  }

  private func with(_ body: (World) async throws -> Void) async throws {
    try await World.with(["etc", "run", "proc", "sys/class/thermal", "dev"]) { try await body($0) }
  }

  @Test(arguments: scripts)
  func `each says how it is put in place`(script: String) throws {
    let text = try #require(contents(of: "\(Self.folder)/\(script)"))
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
      #expect(Double(ended) - begun.timeIntervalSince1970 < 8)
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
          "7 (a (b) c) \(state) 1 7 7 0 -1 0 0 0 0 0 3 4 0 0 20 0 1 0 \(start) 0 5\n",
          to: "proc/7/stat")
        return run("stuck", world)
      }
      #expect(try look(1000).code == 0)
      #expect(try look(1060).code == 0)
      let outcome = try look(1120)
      #expect(outcome.code == 1)
      #expect(outcome.output == "waiting in the kernel: 7 (a (b) c) for 120 s\n")
      #expect(try look(1180, start: 78).code == 0, "another process")
      #expect(try look(1240, "S").code == 0)
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

  @Test(arguments: [(0, 0), (1, 0), (2, 2), (3, 3)])
  func `a plugin of Nagios`(answer: Int, code: Int32) async throws {
    try await with { world in
      try world.put("echo 'LOAD is \(answer)'; exit \(answer)\n", at: "etc/of/nagios/command")
      let outcome = run("nagios", world)
      #expect(outcome.code == code && outcome.output == "LOAD is \(answer)\n")
    }
  }

  @Test func `a unit that says no more that it lives, whatever the clocks do`() async throws {
    try await with { world in
      func look(_ stamp: String, _ state: String = "active", load: String = "loaded") throws
        -> Outcome
      {
        try command(
          "systemctl",
          """
          printf 'LoadState=\(load)\\nActiveState=\(state)\\nSubState=dead\\n'
          echo 'WatchdogTimestampMonotonic=\(stamp)'
          """, world)
        return run("service", world)
      }
      for stamp in ["7", "7", "8", "8"] { #expect(try look(stamp).code == 0) }
      let outcome = try look("8")
      #expect(
        outcome.output
          == "service has not said that it lives (WATCHDOG=1) from one look to the next, 3 times in a row\n"
      )
      #expect(outcome.code == 1)
      #expect(try look("9").code == 0, "it goes on")
      for _ in 0..<4 { #expect(try look("0").code == 0, "no WatchdogSec=") }
      #expect(try look("9", "activating").code == 0)
      #expect(try look("9", "failed").output == "service is failed (dead)\n")
      #expect(
        try look("0", "inactive", load: "not-found").output.hasPrefix(
          "systemctl tells nothing of service: LoadState=not-found "))
    }
  }

  @Test(arguments: [
    ("running ", 0, 0, ""), ("running healthy\nfine", 0, 0, ""), ("running starting", 0, 0, ""),
    (
      "running unhealthy\nfine\n\nconnection refused\n", 0, 1,
      "web1 is unhealthy: connection refused\n"
    ),
    ("exited ", 0, 1, "web1 is exited\n"),
    ("no such\ncontainer", 1, 1, "podman tells nothing of web1: no such container\n"),
  ])
  func `a container by its health`(
    answer: String, failure: Int, code: Int32, words: String
  ) async throws {
    try await with { world in
      try world.put("web1\n", at: "etc/of/container/container")
      try world.put("podman\n", at: "etc/of/container/engine")
      try command(
        "podman", "[ \"$6\" = web1 ] || exit 9; printf '%s' '\(answer)'; exit \(failure)", world)
      let outcome = run("container", world)
      #expect(outcome.code == code && outcome.output == words, "\(outcome)")
    }
  }

  @Test(arguments: [
    ("g:web  RUNNING   pid 7, uptime 0:00:05\ng:two  STARTING", 0, ""),
    (
      "g:web  RUNNING   pid 7\ng:bad  FATAL   Exited too quickly", 1,
      "g:bad FATAL Exited too quickly"
    ),
    ("unix:///run/supervisor.sock no such file", 1, "unix:///run/supervisor.sock no such file"),
    ("nope: ERROR (no such process)", 1, "nope: ERROR (no such process)"), ("", 1, "nothing"),
  ])
  func `a program of supervisord`(answer: String, code: Int32, words: String) async throws {
    try await with { world in
      try command("supervisorctl", "printf '%s' '\(answer)'", world)
      let outcome = run("supervisord", world)
      #expect(outcome.code == code)
      #expect(outcome.output == (code == 0 ? "" : "supervisord says: \(words)\n"))
    }
  }

  @Test func `what monit says is not well`() async throws {
    try await with { world in
      // As monit 5.33 prints it.
      try command(
        "monit",
        """
        [ "$*" = "-B summary" ] || { echo "Service '$3' not found" >&2; exit 1; }
        echo 'Monit 5.33.0 uptime: 0m'
        echo ' Service Name                     Status                      Type          '
        echo ' vm                               OK                          System        '
        [ ! -e "$WATCHDOG_STATE/ill" ] ||
          echo ' dead                             Does not exist              Process       '
        echo ' conf                             Not monitored               File          '
        """, world)
      #expect(run("monit", world).code == 0)
      try world.put("", at: "run/ill")
      let outcome = run("monit", world)
      #expect(outcome.code == 1 && outcome.output == "monit says: dead: Does not exist\n")
      try world.put("nope\n", at: "etc/of/monit/service")
      #expect(run("monit", world).output == "monit gave no answer: Service 'nope' not found\n")
    }
  }
}
