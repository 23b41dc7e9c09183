import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct DeviceRecordTests {
  private static func record(
    _ node: DeviceNumber? = DeviceNumber(major: 10, minor: 130), path: String = "/dev/watchdog"
  ) -> DeviceRecord {
    var record = DeviceRecord(node: node, path: path)
    record.timeout = 75
    record.bootFlags = WatchdogDevice.BootFlags(bits: 33)
    record.nowayout = true
    record.identity = "IPMI"
    return record
  }

  @Test func `what was noted is read back`() throws {
    let line = Self.record().line
    #expect(line == "10:130 /dev/watchdog 75 33 yes - - IPMI\n")
    let read = try #require(DeviceRecord(parsing: bytes(line).firstLine))
    #expect(read.node == DeviceNumber(major: 10, minor: 130) && read.path == "/dev/watchdog")
    #expect(read.timeout == 75 && read.nowayout == true && read.identity == "IPMI")
    #expect(read.bootFlags?.didReset == true)
    #expect(read.bootFlags?.words == ["the processor was too hot"])
  }

  @Test(arguments: ["10:130", "stand-in /dev/null", "254:0 /dev/w - - - - -"])
  func `what was not found out is not made up`(line: String) throws {
    let read = try #require(DeviceRecord(parsing: bytes(line)))
    #expect(read.timeout == nil && read.nowayout == nil && read.bootFlags == nil)
    #expect(read.identity == nil)
  }

  @Test(arguments: ["", "watchdog", "10:", "10:x /dev/w 1 2 yes - - a", ":"])
  func `what is no record is none`(line: String) {
    #expect(DeviceRecord(parsing: bytes(line)) == nil)
  }

  @Test func `each device is noted once, and all are forgotten together`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(in: state)
      let other = DeviceNumber(major: 254, minor: 1)
      for record in [Self.record(), Self.record(other, path: "/dev/watchdog1"), Self.record()] {
        try record.note(in: state, drafts)
      }
      var changed = Self.record()
      changed.timeout = 15
      try changed.note(in: state, drafts)
      let noted = DeviceRecord.all(in: state).map { "\($0.path) \($0.timeout ?? 0)" }
      try DeviceRecord.forgetAll(in: state)
      let after = try DeviceRecord.isAny(in: state)
      #expect(noted == ["/dev/watchdog1 75", "/dev/watchdog 15"])
      #expect(!after)
    }
  }

  // MARK: Devices

  /// A driver of the old kind: a device node, and nothing in sysfs. /dev/null stands in for the node.
  private static func withoutSysfs(_ body: (World, String) throws -> Void) throws {
    try World.with { world in
      try world.write("/dev/null\n/dev/zero\n", to: "etc/device")
      let system = world.path(of: "sys")
      for folder in ["run", "sys/class/watchdog/watchdog3"] { try world.makeFolder(folder) }
      for module in ["ib700wdt", "other", "softdog"] {
        try world.makeFolder("sys/module/\(module)/parameters")
      }
      try body(world, system)
    }
  }

  @Test func `what sysfs says counts before what was noted`() throws {
    try Self.withoutSysfs { world, system in
      try world.write("1:3 /dev/null 75 32 yes - - IPMI\n", to: "run/armed-device")
      for (file, text) in [
        ("dev", "1:3"), ("state", "inactive"), ("nowayout", "0"), ("bootstatus", "0"),
      ] { try world.write(text, to: "sys/class/watchdog/watchdog3/\(file)") }
      let devices = try ArmedDevice.all(world.roots, system: system)
      #expect(devices.map { $0.path } == ["/dev/null", "/dev/zero"])
      #expect(devices[0].isArmed == false && devices[0].description?.nowayout == false)
      #expect(devices[0].description?.didReset == false)
      // It counts down no more, so nothing is known of it but that.
      #expect(devices[0].description?.identity == nil)
    }
  }

  @Test func `a directory without a state leaves what was noted`() throws {
    try Self.withoutSysfs { world, system in
      try world.write("1:3 /dev/null 75 32 yes - - IPMI\n", to: "run/armed-device")
      try world.write("1:3", to: "sys/class/watchdog/watchdog3/dev")
      let device = try ArmedDevice.all(world.roots, system: system)[0]
      #expect(device.isArmed == true && device.description?.nowayout == true)
      #expect(device.description?.identity == "IPMI" && device.description?.timeout == "75")
      #expect(device.description?.didReset == true)
    }
  }

  @Test func `what is armed and not configured any more is held all the same`() throws {
    try Self.withoutSysfs { world, system in
      try world.write("/dev/zero", to: "etc/device")
      try world.write("1:3 /dev/null 75 0 - - - IPMI\n", to: "run/armed-device")
      let devices = try ArmedDevice.all(world.roots, system: system)
      #expect(devices.map { $0.path } == ["/dev/zero", "/dev/null"])
      #expect(devices.map { $0.isConfigured } == [true, false])
    }
  }

  @Test func `the modules say whether a driver without sysfs can be stopped, if they agree`() throws
  {
    try Self.withoutSysfs { world, system in
      let old = DeviceNumber(major: 10, minor: 130)
      func nowayout() -> Bool? { WatchdogDevice.describe(old, system: system)?.nowayout }
      #expect(WatchdogDevice.describe(old, system: system) != nil && nowayout() == nil)
      try world.write("Y\n", to: "sys/module/ib700wdt/parameters/nowayout")
      try world.write("1\n", to: "sys/module/other/parameters/max")
      #expect(nowayout() == true)
      try world.write("0\n", to: "sys/module/softdog/parameters/nowayout")
      #expect(nowayout() == nil)
      #expect(WatchdogDevice.describe(DeviceNumber(major: 1, minor: 3), system: system) == nil)
    }
  }
}
