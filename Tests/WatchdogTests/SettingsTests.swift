import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct SettingsTests {
  private func read(_ setting: Setting, in world: World) throws(Failure) -> Duration {
    try Settings(world.roots).read(setting)
  }

  @Test func `an absent file means the default`() throws {
    try World.with { world throws in
      #expect(try read(.solveWithin, in: world) == .seconds(30))
      #expect(try read(.restartWithin, in: world) == .seconds(60))
      #expect(try read(.deviceTimeout, in: world) == .seconds(75))
    }
  }

  @Test(arguments: Setting.all)
  func `a setting is read from the file of its name`(setting: Setting) throws {
    try World.with { world in
      try world.write("77 # seconds\r\n", to: "etc/\(setting.name)")
      #expect(try read(setting, in: world) == .seconds(77))
    }
  }

  @Test(arguments: Setting.all)
  func `the smallest value is allowed, and a smaller one is not`(setting: Setting) throws {
    try World.with { world in
      try world.write("\(setting.least)\n", to: "etc/\(setting.name)")
      #expect(try read(setting, in: world) == .seconds(setting.least))
      try world.write("\(setting.least - 1)\n", to: "etc/\(setting.name)")
      let failure = failure { () throws(Failure) in try read(setting, in: world) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.roots.config)/\(setting.name): ") == true)
    }
  }

  @Test func `a timeout that a busy box would exceed is too short`() throws {
    try World.with { world in
      try world.write("4\n", to: "etc/device-timeout")
      let failure = failure { () throws(Failure) in try read(.deviceTimeout, in: world) }
      #expect(
        failure?.sentence == "\(world.roots.config)/device-timeout: 4 s is too short: at least 5")
    }
  }

  static let mistakes: [(String, String)] = [
    ("", "it is empty"), ("soon\n", "\"soon\" is no whole number"), ("-1", "\"-1\" is no whole"),
    ("30 60", "it holds more than one number"), ("31536001", "is too large"),
  ]

  @Test(arguments: mistakes)
  func `a wrong file is a failure that names it`(text: String, words: String) throws {
    try World.with { world in
      try world.write(text, to: "etc/solve-within")
      let failure = failure { () throws(Failure) in try read(.solveWithin, in: world) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.roots.config)/solve-within: ") == true)
      #expect(failure?.sentence.contains(words) == true)
    }
  }

  @Test func `a directory in the place of a file is a failure, and not the default`() throws {
    try World.with { world in
      try world.makeFolder("etc/solve-within")
      let failure = failure { () throws(Failure) in try read(.solveWithin, in: world) }
      #expect(failure?.code == .configuration)
    }
  }

  @Test func `a wrong file is reported and means the default`() throws {
    try World.with { world in
      try world.write("soon\n", to: "etc/solve-within")
      let value = try Run(world.roots, Report(tool: "settings-test")).value(
        of: .solveWithin, known: .seconds(90))
      #expect(value == .seconds(30))
      let complaint = world.text("run/complaints/settings-test/setting-solve-within")
      #expect(complaint?.contains("\"soon\" is no whole number") == true)
      #expect(complaint?.contains(": using 30") == true)
    }
  }

  @Test func `without the directory there are no settings`() throws {
    try World.with { world in
      let roots = Roots(config: "\(world.path)/nowhere", state: "", data: "", logs: "")
      let failure = failure { () throws(Failure) in try Settings(roots) }
      #expect(failure?.code == .noInput)
    }
  }

  // MARK: The device

  static let devices: [(String, [String], Int)] = [
    ("/dev/watchdog1", ["/dev/watchdog1"], 0), ("/dev/watchdog1\n", ["/dev/watchdog1"], 0),
    ("/dev/watchdog1\nsecond line\n", ["/dev/watchdog1"], 1), ("/", ["/"], 0),
    ("# ours\n /dev/watchdog1 \r\n\n/dev/ipmi\n", ["/dev/watchdog1", "/dev/ipmi"], 0),
    ("/dev/a\n/dev/b\n/dev/a\n", ["/dev/a", "/dev/b"], 0), ("b\n/dev/a\nc", ["/dev/a"], 2),
  ]

  @Test(arguments: devices)
  func `each line that is a path names a device, and the others are told`(
    text: String, paths: [String], mistakes: Int
  ) throws {
    try World.with { world in
      try world.write(text, to: "etc/device")
      var told = 0
      #expect(try Settings(world.roots).devices { _ in told += 1 } == paths)
      #expect(told == mistakes)
    }
  }

  @Test func `without a file the device is the default one`() throws {
    try World.with { world throws in
      #expect(try Settings(world.roots).devices() == ["/dev/watchdog"])
    }
  }

  @Test(arguments: [
    "dev/watchdog", "watchdog", "/dev/watch dog", "/dev/watchdog\u{7F}", "/dev/\u{0}",
  ])
  func `anything else is no path`(text: String) throws {
    try World.with { world in
      try world.write(text, to: "etc/device")
      let failure = failure { () throws(Failure) in try Settings(world.roots).devices() }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.roots.config)/device: \"") == true)
      #expect(failure?.sentence.utf8.contains { $0 < 0x20 } == false)
    }
  }

  @Test func `a directory in the place of the device's file is a failure`() throws {
    try World.with { world in
      try world.makeFolder("etc/device")
      let failure = failure { () throws(Failure) in try Settings(world.roots).devices() }
      #expect(failure?.code == .configuration)
    }
  }
}
