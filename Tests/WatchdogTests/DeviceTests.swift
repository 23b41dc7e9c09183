import Foundation
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct DeviceHoldTests {
  @Test func `a file stands in for a device and is told apart`() throws {
    try World.with { world in
      let path = try world.write("", to: "device")
      let hold = try OpenDevice.open(path)
      let notes = hold.setUp(timeout: .seconds(60))
      #expect(
        notes == ["\(path) is no watchdog device: it is written to, but cannot reboot the box"])
      try hold.feed()
      #expect(world.text("device") == ".")
      try hold.allowToStop()
      #expect(world.text("device") == ".V")
    }
  }

  @Test func `a missing device is a failure that says what to do`() throws {
    try World.with { world in
      let failure = failure { () throws(Failure) in try OpenDevice.open("\(world.path)/no") }
      #expect(failure?.code == .unavailable)
      #expect(failure?.sentence.contains("load a driver (modprobe softdog)") == true)
    }
  }

  @Test func `a pipe that nobody reads is a failure`() throws {
    try World.with { world in
      try world.makePipe("pipe")
      let failure = failure { () throws(Failure) in try OpenDevice.open("\(world.path)/pipe") }
      #expect(failure?.code == .unavailable)
      #expect(failure?.sentence.hasSuffix(": nobody reads it") == true)
    }
  }

  @Test func `a full pipe has had enough`() throws {
    try World.with { world in
      try world.makePipe("pipe")
      let reader = try Folder(path: world.path).openToRead("pipe")
      let hold = try OpenDevice.open("\(world.path)/pipe")
      // More than any pipe holds.
      for _ in 0..<70_000 { try hold.feed() }
      withExtendedLifetime(reader) {}
    }
  }

  @Test func `what is not a device is taken over from nobody`() throws {
    try World.with { world in
      let path = try world.write("", to: "device")
      let hold = try OpenDevice.open(path)
      let isTaken = try OpenDevice.takeOver(ArmedDevice(configured: path)) != nil
      withExtendedLifetime(hold) {}
      #expect(!isTaken)
    }
  }

  static let holders: [(String, String)] = [
    ("systemd", "RuntimeWatchdogSec=off"), ("watchdog", "systemctl disable --now watchdog"),
    ("wd_keepalive", "systemctl disable --now watchdog"), ("nginx", "only one program can"),
    ("a\nb", "held by a\\x0ab (process 77)"),
  ]

  @Test(arguments: holders)
  func `the holder of the device is named, with a cure`(program: String, words: String) {
    let holder = Holder(pid: 77, descriptor: 3, program: program)
    #expect(holder.words.hasPrefix("held by \(program.printable) (process 77): "))
    #expect(holder.words.contains(words))
    #expect(!holder.isFeeder)
    #expect(Holder(pid: 77, descriptor: 3, program: "kwatchdog-feeder").isFeeder)
  }
}

@Suite struct DisarmingTests {
  @Test func `a box that was disarmed stays so until it is armed`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let before = try state.has(.disarmed)
      try world.write("", to: "run/disarmed")
      let noted = try state.has(.disarmed)
      try state.clear(.disarmed)
      let after = try state.has(.disarmed)
      #expect([before, noted, after] == [false, true, false])
      // What is cleared already is no failure.
      try state.clear(.disarmed)
    }
  }
}

@Suite struct HeldDevicesTests {
  @Test func `a line that names no device is told, and the others are fed`() throws {
    try World.with { world in
      let path = try world.write("", to: "device")
      try world.write("rubbish\n\(path)\n/dev/no\n", to: "etc/device")
      let run = try Run(world.roots, Report(tool: "kwatchdog-feeder"))
      let devices = HeldDevices(run)
      let told = devices.serve(works: true) { _ in true }.map { $0.sentence }
      #expect(world.text("device") == ".")
      #expect(told.count == 2 && told[0].contains("\"rubbish\" is no path"), "\(told)")
      #expect(told.last?.contains("/dev/no") == true)
    }
  }
}

@Suite struct BootGuardTests {
  /// A file stands in for the device; the chain may arm it or not yet.
  @Test(arguments: [false, true])
  func `what guards the boot has the device until the chain may arm`(mayArm: Bool) throws {
    try World.with { world in
      try world.write(try world.write("", to: "device"), to: "etc/device")
      let run = try Run(world.roots, Report(tool: "kwatchdog-feeder"))
      try world.write("", to: "run/boot-guard")
      let devices = HeldDevices(run)
      let standingBy = devices.serve(works: false) { _ in true }
      #expect(devices.areNone && standingBy.isEmpty)
      let failures = devices.serve(works: true) { _ in mayArm }
      #expect(failures.isEmpty && devices.areNone == !mayArm)
      #expect(world.text("device") == (mayArm ? "." : ""))
      #expect(try run.state.has(.bootGuard) == !mayArm)
    }
  }
}

@Suite struct EmergencyShellTests {
  @Test func `somebody is logged in while what asked for the password has a child`() async throws {
    try await World.with { world in
      let report = try Run(world.roots, Report(tool: "kwatchdog-feeder"))
      var shell = EmergencyShell()
      func isInUse() -> Bool {
        shell.look(report, rest: .seconds(60))
        return shell.isInUse
      }
      for name in ["sulogin", "systemd-sulogin-shell"] {
        #expect(!isInUse())
        run(["cp", "-L", "/bin/sh", world.path(of: name)])
        let child = world.path(of: "\(name).child")
        let asker = Process([world.path(of: name), "-c", "sleep 1000 & echo $! >\(child); wait"])
        try asker.run()
        #expect(await world.waits(upTo: 4) { isInUse() })
        // At first the child, for who waits for the end of its parent waits for it too.
        kill(try #require(Int32(contents(of: child)?.dropLast() ?? "")), SIGKILL)
        asker.end()
      }
    }
  }
}
