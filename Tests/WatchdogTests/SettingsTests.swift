import Linux
import Testing

@testable import Watchdog

@Suite struct SettingsTests {
  private func read(_ setting: Setting, in world: World) throws(Failure) -> Duration {
    try Settings(world.roots).read(setting)
  }

  @Test func anAbsentFileMeansTheUsualValue() throws {
    try World.with { world throws in
      #expect(try read(.solveWithin, in: world) == .seconds(30))
      #expect(try read(.restartWithin, in: world) == .seconds(60))
      #expect(try read(.deviceTimeout, in: world) == .seconds(75))
    }
  }

  @Test(arguments: Setting.all)
  func aSettingIsReadFromTheFileOfItsName(setting: Setting) throws {
    try World.with { world in
      try world.write("etc/\(setting.name)", "77 # seconds\r\n")
      #expect(try read(setting, in: world) == .seconds(77))
    }
  }

  @Test(arguments: Setting.all)
  func theSmallestValueIsAllowedAndASmallerOneIsNot(setting: Setting) throws {
    try World.with { world in
      try world.write("etc/\(setting.name)", "\(setting.least)\n")
      #expect(try read(setting, in: world) == .seconds(setting.least))
      try world.write("etc/\(setting.name)", "\(setting.least - 1)\n")
      let failure = failure { () throws(Failure) in try read(setting, in: world) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.config)/\(setting.name): ") == true)
    }
  }

  @Test func aTimeoutThatABusyBoxWouldExceedIsTooShort() throws {
    try World.with { world in
      try world.write("etc/device-timeout", "4\n")
      let failure = failure { () throws(Failure) in try read(.deviceTimeout, in: world) }
      #expect(
        failure?.sentence == "\(world.config)/device-timeout: 4 s is too short: at least 5")
    }
  }

  static let mistakes: [(String, String)] = [
    ("", "it is empty"), ("soon\n", "\"soon\" is no whole number"), ("-1", "\"-1\" is no whole"),
    ("30 60", "it holds more than one number"), ("31536001", "is too large"),
  ]

  @Test(arguments: mistakes)
  func aWrongFileIsAFailureThatNamesIt(text: String, words: String) throws {
    try World.with { world in
      try world.write("etc/solve-within", text)
      let failure = failure { () throws(Failure) in try read(.solveWithin, in: world) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.config)/solve-within: ") == true)
      #expect(failure?.sentence.contains(words) == true)
    }
  }

  @Test func aFolderInAFilesPlaceIsAFailureAndNotTheUsualValue() throws {
    try World.with { world in
      try world.makeFolder("etc/solve-within")
      let failure = failure { () throws(Failure) in try read(.solveWithin, in: world) }
      #expect(failure?.code == .configuration)
    }
  }

  @Test func aWrongFileIsComplainedOfAndMeansTheUsualValue() throws {
    try World.with { world in
      try world.write("etc/solve-within", "soon\n")
      let value = try Run(world.roots, Report(tool: "settings-test")).value(of: .solveWithin)
      #expect(value == .seconds(30))
      let complaint = world.text("run/complaints/settings-test/setting-solve-within")
      #expect(complaint?.contains("\"soon\" is no whole number") == true)
      #expect(complaint?.contains(": using 30") == true)
    }
  }

  @Test func withoutTheFolderThereAreNoSettings() throws {
    try World.with { world in
      let roots = Roots(config: "\(world.path)/nowhere", state: "", data: "", logs: "")
      let failure = failure { () throws(Failure) in try Settings(roots) }
      #expect(failure?.code == .noInput)
    }
  }

  // MARK: The device

  static let devices: [(String, String)] = [
    ("/dev/watchdog1", "/dev/watchdog1"), ("/dev/watchdog1\n", "/dev/watchdog1"),
    ("/dev/watchdog1\nsecond line\n", "/dev/watchdog1"), ("/", "/"),
  ]

  @Test(arguments: devices)
  func theDeviceIsThePathInTheFirstLine(text: String, path: String) throws {
    try World.with { world in
      try world.write("etc/device", text)
      #expect(try Settings(world.roots).device() == path)
    }
  }

  @Test func withoutAFileTheDeviceIsTheUsualOne() throws {
    try World.with { world throws in
      #expect(try Settings(world.roots).device() == "/dev/watchdog")
    }
  }

  @Test(arguments: [
    "", "\n", "dev/watchdog", "watchdog", " /dev/watchdog", "/dev/watchdog ", "/dev/watch dog",
    "/dev/watchdog\r\n", "/dev/watchdog\u{7F}", "/dev/\u{0}", "\n/dev/watchdog\n",
  ])
  func anythingElseIsNoPath(text: String) throws {
    try World.with { world in
      try world.write("etc/device", text)
      let failure = failure { () throws(Failure) in try Settings(world.roots).device() }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.hasPrefix("\(world.config)/device: \"") == true)
      #expect(failure?.sentence.utf8.contains { $0 < 0x20 } == false)
    }
  }

  @Test func aFolderInTheDevicesPlaceIsAFailure() throws {
    try World.with { world in
      try world.makeFolder("etc/device")
      let failure = failure { () throws(Failure) in try Settings(world.roots).device() }
      #expect(failure?.code == .configuration)
    }
  }
}
