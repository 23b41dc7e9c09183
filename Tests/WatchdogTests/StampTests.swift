import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct StampTests {
  private func stamp(boot: String = "boot", folder: String = "/run", space: String = "pid:[1]")
    -> String
  {
    Stamp(boot: Array(boot.utf8), folder: folder, namespace: Array(space.utf8)).text
  }

  @Test func `it is the same only for the same boot, directory and namespace`() {
    #expect(stamp() == stamp())
    let all = [
      stamp(), stamp(boot: "boot2"), stamp(folder: "/run2"), stamp(space: "pid:[2]"),
      stamp(boot: "boo", folder: "t/run"), stamp(boot: "", folder: "boot/run"), stamp(boot: ""),
    ]
    #expect(Set(all).count == all.count)
  }

  @Test(arguments: 0..<50)
  func `it is a UUID of version 8`(number: Int) {
    let text = Array(stamp(folder: "/run/\(number)").utf8)
    #expect(text.count == 36)
    #expect(text[14] == UInt8(ascii: "8"))
    #expect("89ab".utf8.contains(text[19]))
    #expect(text.indices.filter { text[$0] == UInt8(ascii: "-") } == [8, 13, 18, 23])
    #expect(Stamp(parsing: text)?.text.utf8.elementsEqual(text) == true)
    #expect(Stamp(parsing: text + [0x0A])?.text.utf8.elementsEqual(text) == true)
  }

  @Test(arguments: [
    "", "\n", "7c9e6679", "7c9e6679-7425-80de-944b-e07fc1f90ae",
    "7c9e6679-7425-80de-944b-e07fc1f90ae77",
    "7C9E6679-7425-80DE-944B-E07FC1F90AE7", "7c9e6679 7425 80de 944b e07fc1f90ae7",
    "7c9e667-97425-80de-944b-e07fc1f90ae7", "7c9e6679-7425-80de-944b-e07fc1f90aeg",
    "7c9e6679-7425-80de-944b-e07fc1f90ae7\n\n", "7c9e6679-7425-80de-944b-e07fc1f90ae7\nmore",
    "../../../../../../../../../../etc/pw", "------------------------------------",
  ])
  func `garbage is no stamp`(text: String) {
    #expect(Stamp(parsing: Array(text.utf8)) == nil)
  }

  @Test func `it is kept where that is asked for`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let looked = try Stamp(in: state, keep: false)
      #expect(world.status("run/stamp") == nil)
      let kept = try Stamp(in: state, keep: true)
      #expect(kept.text == looked.text)
      #expect(kept.text == Stamp(ofFolder: world.roots.state).text)
      #expect(world.text("run/stamp") == "\(kept.text)\n")
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  /// Programs that run must not be forgotten because a file was lost.
  @Test(arguments: ["", "garbage\n", "\0", "7c9e6679-7425-80de-944b-e07fc1f90ae7 and more\n"])
  func `garbage is replaced by the same stamp again`(garbage: String) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let first = try Stamp(in: state, keep: true)
      try world.write(garbage, to: "run/stamp")
      let again = try Stamp(in: state, keep: true)
      #expect(again.text == first.text)
      #expect(world.text("run/stamp") == "\(first.text)\n")
    }
  }

  @Test func `the stamp that is kept counts`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let text = "7c9e6679-7425-80de-944b-e07fc1f90ae7"
      try world.write("\(text)\n", to: "run/stamp")
      #expect(try Stamp(in: state, keep: true).text == text)
    }
  }

  @Test func `each world has its own`() throws {
    try World.with { one in
      try World.with { other in
        #expect(Stamp(ofFolder: one.roots.state).text != Stamp(ofFolder: other.roots.state).text)
      }
    }
  }
}

@Suite struct StampGroupTests {
  private let text = "7c9e6679-7425-80de-944b-e07fc1f90ae7"

  private func stamp() throws -> Stamp { try #require(Stamp(parsing: Array(text.utf8))) }

  static let bases = [
    ("/", "/"), ("/system.slice/cron.service", "/system.slice/cron.service"),
    ("/watchdog-STAMP/web", "/"), ("/watchdog-STAMP", "/"), ("/a/watchdog-STAMP/web", "/a"),
    ("/a/b/watchdog-STAMP/web/c/d", "/a/b"),
    // Another world's: there one may be in the other.
    ("/watchdog-7c9e6679-0000/web", "/watchdog-7c9e6679-0000/web"),
    ("/awatchdog-STAMP/web", "/awatchdog-STAMP/web"),
    ("/watchdog-STAMPa/web", "/watchdog-STAMPa/web"),
  ]

  @Test(arguments: bases)
  func `groups of a stamp are never in one another`(own: String, base: String) throws {
    let stamp = try stamp()
    let own = ControlGroup(path: own.replacing("STAMP", with: text))
    let expected = base.replacing("STAMP", with: text)
    #expect(stamp.base(of: own).path == expected)
    let heart = try #require(Name("db"))
    let group = stamp.group(of: heart, in: stamp.base(of: own))
    #expect(group.path == "\(expected == "/" ? "" : expected)/watchdog-\(text)/db")
    #expect(stamp.base(of: group).path == expected)
  }

  static let owners: [(String, heart: String?, group: String?)] = [
    ("/watchdog-STAMP/web", "web", "/watchdog-STAMP/web"),
    ("/a/watchdog-STAMP/web", "web", "/a/watchdog-STAMP/web"),
    ("/a/watchdog-STAMP/web/deep/er", "web", "/a/watchdog-STAMP/web"),
    ("/", nil, nil), ("", nil, nil), ("/watchdog-STAMP", nil, nil), ("/web", nil, nil),
    ("/watchdog-STAMP/no.name", nil, nil), ("/watchdog-STAMP/..", nil, nil),
    ("/watchdog-STAMPx/web", nil, nil), ("/xwatchdog-STAMP/web", nil, nil),
    ("/watchdog-7c9e6679-0000-80de-944b-e07fc1f90ae7/web", nil, nil),
  ]

  @Test(arguments: owners)
  func `a group of the stamp says whose it is`(path: String, heart: String?, group: String?) throws
  {
    let owner = try stamp().owner(of: ControlGroup(path: path.replacing("STAMP", with: text)))
    #expect(owner?.heart.text == heart)
    #expect(owner?.group.path == group?.replacing("STAMP", with: text))
  }
}

@Suite struct TeardownSignalsTests {
  @Test func `a stopped process has to go on to hear that it shall exit`() {
    #expect(Teardown.Act.ask.signals(ending: Signal(3)) == [Signal(3), .resume])
    #expect(Teardown.Act.stop.signals(ending: Signal(3)) == [.stop])
    #expect(Teardown.Act.kill.signals(ending: Signal(3)) == [.kill])
  }
}
