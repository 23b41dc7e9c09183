import Foundation
import TestSupport
import Testing

/// watchdog-chain doctor, with what it looks at of the box under a root of the test's own.
///
/// One at a time: each has a feeder that holds /dev/zero, and every other test would see that.
@Suite(.serialized) struct DoctorTests {
  private static let isRoot = getuid() == 0
  /// Where data of a test counts as being on a disk.
  private static let isOnDisk =
    run(["stat", "-f", "-c", "%T", FileManager.default.temporaryDirectory.path]).output != "tmpfs\n"

  /// The lines of a page in one, so that it does not matter where they were broken.
  private func joined(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  // MARK: What it finds

  @Test(.enabled(if: isRoot && isOnDisk, "needs root, and a temporary folder on a disk"))
  func `a box that is well is fine`() async throws {
    try await Patient.with { patient in
      try patient.startCron()
      try await patient.startChain()
      let outcome = patient.look()
      #expect(outcome.code == 0 && outcome.output.hasPrefix("All is fine.\n"), "\(outcome)")
      let words = joined(outcome.output)
      for finding in [
        "check-solutions, mark-problems, solve-problems: alive each second for 3 s",
        "cron runs (process ", "2 each-second are alive", "2 kwatchdog-feeder are alive",
        "armed, held by kwatchdog-feeder (process ", "never had less than 74 of its 75 s left",
        "75 s, as configured", "there was none yet: only watchdog-chain doctor --reboot-test",
      ] { #expect(words.contains(finding), "\(finding) in\n\(outcome.output)") }
      #expect(!outcome.output.contains("to do"))
      #expect(
        outcome.output.split(separator: "\n").allSatisfy { line in
          line.utf8.count <= 80 && line.utf8.allSatisfy { $0 < 0x7F }
        })
    }
  }

  @Test func `each fault is named with its cure`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      world.run("mark-problems", "--state", patient.state)
      try patient.device([
        "identity": "Software Watchdog", "timeout": "64", "timeleft": "30", "state": "active",
      ])
      try world.makeFolder("root/sys/class/watchdog/watchdog1")
      try world.write("i6300ESB timer\n", to: "root/sys/class/watchdog/watchdog1/identity")
      try world.write("0\n", to: "root/proc/sys/kernel/panic")
      try world.makeFolder("root/proc/sys/kernel/yama")
      try world.write("3\n", to: "root/proc/sys/kernel/yama/ptrace_scope")
      try world.write(
        "[Manager]\nRuntimeWatchdogSec=30\n", to: "root/etc/systemd/system.conf")
      try world.write("", to: "root/usr/sbin/wd_keepalive")
      try FileManager.default.removeItem(
        at: world.root.appending(path: "root/etc/logrotate.d/watchdog-chain"))
      chmod(world.root.appending(path: "root/tmp").path, 0)
      try world.script("etc/programs/web", "exec sleep 1000")
      try world.write("soon\n", to: "etc/hearts/web")
      try "2026-11-24T00:00:00.000Z: for a test\n".write(
        toFile: "\(patient.state)/stood-down", atomically: true, encoding: .utf8)
      world.run("mark-problems", "--mark", "disk", "full", "--state", patient.state)
      let outcome = patient.look()
      #expect(outcome.code == 69)
      let words = joined(outcome.output)
      for finding in [
        "mark-problems did not complete a run in 3 s", "check-solutions has not run since boot",
        "had only 30 of its 64 s left", "the driver made 64 s of the 75 s",
        "the box has watchdog1 (i6300ESB timer)", "echo kernel.panic=10", "ptrace_scope is 3",
        "RuntimeWatchdogSec=30 in /etc/systemd/system.conf", "/usr/sbin/wd_keepalive is installed",
        "logrotate.d/watchdog-chain is missing", "/tmp is not writable for everybody: chmod 1777",
        "programs/web does not run: solve-problems --solve web",
        "etc/hearts/web: \"soon\" is no whole number", "the box stood down",
        "problem disk: full: it is only marked", "watchdog-chain explain disk",
      ] { #expect(words.contains(finding), "\(finding) in\n\(outcome.output)") }
      #expect(outcome.output.split(separator: "\n").allSatisfy { $0.utf8.count <= 80 })
    }
  }

  @Test func `hardware that has a driver is found`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      try patient.device(["identity": "Software Watchdog", "timeout": "\u{1B}[31m60"])
      let modules = "root/lib/modules/6.1.0-test"
      for folder in ["\(modules)/kernel/drivers/watchdog", "root/sys/bus/pci/devices/0000:00:05.0"]
      {
        try world.makeFolder(folder)
      }
      try world.write("6.1.0-test\n", to: "root/proc/sys/kernel/osrelease")
      for driver in ["i6300esb.ko.xz", "iTCO_wdt.ko"] {
        try world.write("", to: "\(modules)/kernel/drivers/watchdog/\(driver)")
      }
      try world.write(
        """
        # Aliases extracted from modules themselves.
        alias pci:v00008086d00002918sv*sd*bc*sc*i* lpc_ich
        alias pci:v00008086d000025ABsv*sd*bc*sc*i* i6300esb
        alias platform:iTCO_wdt iTCO_wdt

        """, to: "\(modules)/modules.alias")
      try world.write(
        "pci:v00008086d000025ABsv00001AF4sd00001100bc08sc80i00\n",
        to: "root/sys/bus/pci/devices/0000:00:05.0/modalias")
      let words = joined(patient.look().output)
      #expect(words.contains("for this hardware there is i6300esb: modprobe"), "\(words)")
      #expect(words.contains("it cannot reboot a kernel that hangs"))
      #expect(!words.utf8.contains(0x1B), "hostile words drive no terminal")
    }
  }

  @Test(.enabled(if: isRoot, "needs root"))
  func `programs that drift from their files are found`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      for name in ["web", "gone", "well"] {
        try world.script("etc/programs/\(name)", "exec sleep 1000")
        world.run("run-stamped", "--state", patient.state, "--background", name)
      }
      let future = Date().timeIntervalSince1970 + 10
      world.date("etc/programs/web", future)
      try FileManager.default.removeItem(at: world.config.appending(path: "programs/gone"))
      let words = joined(patient.look().output)
      world.run("kill-stamped", "--state", patient.state)
      #expect(words.contains("programs/web was changed"), "\(words)")
      #expect(words.contains("was started for gone, of which nothing is left"))
      #expect(!words.contains("programs/well"))
    }
  }

  @Test(.enabled(if: isRoot, "needs root, to be somebody else"))
  func `an ordinary user sees what is not secret`() async throws {
    try await Patient.with { patient in
      try await patient.startChain()
      // The folders above the executables may be root's alone.
      let copy = patient.world.root.appending(path: "watchdog-chain").path
      let tool = toolsFolder.appending(path: "watchdog-chain").path
      try FileManager.default.copyItem(atPath: tool, toPath: copy)
      chmod(patient.world.root.path, 0o755)
      let words = ["--reuid", "65534", "--clear-groups", copy, "doctor", "--seconds", "3"]
      let outcome = patient.world.run("/usr/bin/setpriv", words + patient.options)
      let said = joined(outcome.output)
      #expect(
        said.contains("unseen armed armed; only root can see who holds /dev/zero"), "\(said)")
      #expect(said.contains("as far as this user can see"))
      #expect(outcome.errors == "")
    }
  }

  @Test(.enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace"))
  func `the device is never opened`() async throws {
    try await Patient.with { patient in
      let log = patient.world.root.appending(path: "trace").path
      let tool = toolsFolder.appending(path: "watchdog-chain").path
      let look = [tool, "doctor", "--seconds", "3"] + patient.options
      let dry = [tool, "doctor", "--reboot-test", "--dry-run"] + patient.options
      for words in [look, dry] {
        patient.world.run(
          "/usr/bin/strace", ["-f", "-o", log, "-e", "trace=open,openat,openat2"] + words)
        let text = try #require(patient.world.text("trace"))
        #expect(text.contains("class/watchdog/watchdog0") && !text.contains("\"/dev/zero\""))
      }
    }
  }

  @Test func `an unknown option is a usage error`() async throws {
    try await Patient.with { patient in
      for words in [
        ["--seconds", "1"], ["--seconds", "many"], ["--end"], ["--dry-run"], ["now"],
        ["--reboot-test", "--seconds", "5"],
      ] {
        let outcome = patient.world.run("watchdog-chain", ["doctor"] + words + patient.options)
        #expect(outcome.code == 64, "\(words): \(outcome.errors)")
      }
    }
  }

  // MARK: The reboot test

  @Test(.enabled(if: isRoot && isOnDisk, "needs root, and a temporary folder on a disk"))
  func `a reboot test begins only after the words are typed, and can be ended`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      try await patient.startChain()
      let due = "\(patient.state)/reboot-due"
      for typed in ["", "yes\n", "reboot this\n", "Reboot this box\n"] {
        let refused = try patient.test(typed)
        #expect(refused.code == 65 && refused.errors.contains("nothing was done"), "\(refused)")
      }
      #expect(try patient.test("reboot this box\n", "--dry-run").code == 0)
      #expect(access(due, F_OK) != 0 && !world.exists("data/reboot-test"))

      let begun = try patient.test("reboot this box\n")
      #expect(begun.code == 0 && begun.output.contains("Begun."), "\(begun)")
      #expect(access(due, F_OK) == 0 && world.exists("data/reboot-test"))
      #expect(world.events().last == "reboot-test")
      #expect(
        world.text("data/reboots")?.contains(" ladder ") != true, "it is no reboot of the ladder")
      let waiting = world.run("check-solutions", "--state", patient.state)
      #expect(waiting.code == 75, "who is not alive lets the device reboot the box")
      let again = try patient.test("reboot this box\n")
      #expect(again.code == 69 && again.errors.contains("--reboot-test --end"), "\(again)")
      #expect(joined(patient.look().output).contains("under way: the device resets the box"))

      #expect(try patient.test("", "--end").output.contains("The reboot test is over"))
      #expect(access(due, F_OK) != 0)
      #expect(world.run("check-solutions", "--state", patient.state).code == 0)
      #expect(try patient.test("", "--end").output == "No reboot test is under way.\n")
      #expect(world.text("data/reboot-test")?.hasSuffix("\nended\n") == true)
    }
  }

  @Test func `a reboot test is refused where the box might not come back`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      world.run("mark-problems", "--state", patient.state)
      world.run("watchdog-chain", "hold", "10m", "works", "--state", patient.state)
      try patient.device(["state": "inactive"])
      world.run("mark-problems", "--mark", "disk", "full", "--state", patient.state)
      let refused = try patient.test("reboot this box\n")
      #expect(refused.code == 69 && refused.output == "")
      for reason in [
        "on hold for another", "check-solutions has not run", "/dev/zero is not armed",
        "no kwatchdog-feeder is seen that holds", "problem disk, for",
      ] { #expect(refused.errors.contains(reason), "\(reason) in \(refused.errors)") }
      // A state that survives the reboot would ask for the next one.
      world.run("mark-problems")
      let disk = world.run("watchdog-chain", "doctor", "--reboot-test")
      if DoctorTests.isOnDisk { #expect(disk.errors.contains("rebooted again and again")) }
      #expect(!world.exists("data/reboot-test"))
    }
  }

  /// When this machine was booted: both clocks are read at the same time, however busy it is.
  private static func boot() throws -> Double {
    func uptime() throws -> Double {
      let text = try String(contentsOfFile: "/proc/uptime", encoding: .utf8)
      return try #require(Double(text.prefix { $0 != " " }))
    }
    while true {
      let (before, now, after) = (try uptime(), Date().timeIntervalSince1970, try uptime())
      if after - before < 0.5 { return now - after }
    }
  }

  @Test func `the next boot says whether it worked, and keeps that`() async throws {
    try await Patient.with { patient in
      let world = patient.world
      let booted = try DoctorTests.boot()
      try world.write("\(Int(booted) - 70) 5000 aaaaaaaa 67 75\n", to: "data/reboot-test")
      let words = joined(patient.look().output)
      #expect(words.contains("worked: the box was reset, and booted after 7"), "\(words)")
      let kept = try #require(world.text("data/reboot-test"))
      #expect(kept.contains("\nworked 7"), "\(kept)")

      // Nobody looked in the boot after the test, but something happened in it.
      try world.write("1000000 5000 aaaaaaaa 67 75\n", to: "data/reboot-test")
      try world.write(
        "{\"time\": \"1970-01-12T13:50:00.000Z\", \"uptime\": 130.500, \"boot\": \"bbbbbbbb\", \"event\": \"note\"}\n",
        to: "data/incidents.jsonl")
      let unseen = joined(patient.look().output)
      #expect(unseen.contains("worked: the box was reset, and booted after 69.5 s"), "\(unseen)")
      // Found once, it is so in later boots as well.
      try world.write("1000 5000 aaaaaaaa 67 75\nworked 70 130\n", to: "data/reboot-test")
      let later = joined(patient.look().output)
      #expect(
        later.contains("booted after 70.0 s, and the chain was at work after 2 min"), "\(later)")
    }
  }

  /// Events, each with the boot in which it was noted, and the cause of the last boot.
  @Test(arguments: [
    ("a reboot-test", "reboot-test"),
    // The feeder and others still note what they see until the reset.
    ("a reboot-test, a noticed, a not-fed", "reboot-test"),
    ("a reboot, a not-fed", "ladder"),
    ("a reboot-test, a resumed, a not-fed", "not-fed"),
    ("a reboot-test, b not-fed", "not-fed"),
  ])
  func `status says that the last boot was a test`(events: String, cause: String) async throws {
    try await World.with { world in
      let lines = events.split(separator: ", ").map { words in
        let word = words.split(separator: " ")
        return "{\"time\": \"2026-11-24T10:00:00.000Z\", \"boot\": \"\(word[0])\", "
          + "\"event\": \"\(word[1])\", \"why\": \"a test\"}\n"
      }
      try world.write(lines.joined(), to: "data/incidents.jsonl")
      let output = world.run("watchdog-chain", "status", "--json").output
      let json = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      let boot = try #require(json?["last-boot"] as? [String: Any])
      #expect(boot["cause"] as? String == cause)
    }
  }
}
