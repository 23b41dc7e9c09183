import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What may be said of one heart alone: of/NAME/SETTING counts before SETTING.
@Suite struct HeartSettingsTests {
  private func with(
    _ setting: String, box: String?, heart: String?,
    _ body: (borrowing Settings, Name) throws -> Void
  ) throws {
    try World.with { world in
      try world.makeFolder("etc/of/web")
      if let box { try world.write(box, to: "etc/\(setting)") }
      if let heart { try world.write(heart, to: "etc/of/web/\(setting)") }
      try body(Settings(world.roots), try #require(Name("web")))
    }
  }

  static let numbers: [(box: String?, heart: String?, value: Int)] = [
    (nil, nil, 30), ("77\n", nil, 77), (nil, "88 # seconds\n", 88), ("77\n", "88\n", 88),
  ]

  @Test(arguments: numbers)
  func `a heart's own number counts before the box's`(box: String?, heart: String?, value: Int)
    throws
  {
    try with("solve-within", box: box, heart: heart) { settings, web in
      let read = try settings.read(.solveWithin, for: web)
      #expect(read == .seconds(value))
      let other = try settings.read(.solveWithin, for: Name("other"))
      #expect(other == .seconds(box == nil ? 30 : 77))
    }
  }

  static let steps: [(box: String?, heart: String?, step: Step?)] = [
    (nil, nil, nil), ("mark\n", nil, .mark), (nil, "solve # no further\n", .solve),
    ("mark\n", "restart", .restart), ("# why\n\n reboot \r\n", nil, .reboot),
  ]

  @Test(arguments: steps)
  func `last-step is a word`(box: String?, heart: String?, step: Step?) throws {
    try with("last-step", box: box, heart: heart) { settings, web in
      let read = try settings.read(.lastStep, for: web)
      #expect(read == step)
      if let step {
        let again = Step(named: Array("\(step.name)".utf8))
        #expect(again == step)
      }
    }
  }

  @Test(arguments: ["", "\n", "Mark\n", "marks\n", "mark solve\n", "3\n"])
  func `anything else is no step`(text: String) throws {
    try with("last-step", box: nil, heart: text) { settings, web in
      let failure = failure { () throws(Failure) in _ = try settings.read(.lastStep, for: web) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.contains("etc/of/web/last-step: \"") == true)
    }
  }

  static let signals: [(String, Int32)] = [
    ("TERM\n", 15), ("SIGTERM\n", 15), ("QUIT", 3), ("SIGQUIT", 3),
    ("INT # as from a terminal\n", 2),
    ("3\n", 3), ("64\n", 64),
  ]

  @Test(arguments: signals)
  func `end-signal is a name or a number`(text: String, number: Int32) throws {
    for isOfHeart in [true, false] {
      try with("end-signal", box: isOfHeart ? "HUP\n" : text, heart: isOfHeart ? text : nil) {
        settings, web in
        let read = try settings.read(.endSignal, for: web)
        #expect(read.number == number)
        let box = try settings.read(.endSignal, for: nil)
        #expect(box.number == (isOfHeart ? 1 : number))
      }
    }
  }

  @Test func `without a file it is the default`() throws {
    try with("end-signal", box: nil, heart: nil) { settings, web in
      let read = try settings.read(.endSignal, for: web)
      #expect(read == .terminate)
    }
  }

  /// KILL and STOP ask nobody.
  @Test(arguments: ["", "KILL", "SIGKILL", "9", "STOP", "19", "0", "65", "-3", "term", "TERM QUIT"])
  func `anything else is no signal`(text: String) throws {
    try with("end-signal", box: nil, heart: text) { settings, web in
      let failure = failure { () throws(Failure) in _ = try settings.read(.endSignal, for: web) }
      #expect(failure?.code == .configuration)
      #expect(failure?.sentence.contains("is no signal") == true)
    }
  }
}
