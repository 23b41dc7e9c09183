import Glibc
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct StateFolderTests {
  static let parts: [StateFolder.Part] = [
    .beats, .problems, .starts, .pids, .alive, .complaints, .locks, .drafts,
  ]

  @Test func `missing directories are made`() throws {
    try World.with { world in
      #expect(world.status("run") == nil)
      let state = try StateFolder(world.roots)
      #expect(world.status("run")?.kind == .folder)
      for part in Self.parts {
        _ = try state.open(part)
        let status = try #require(world.status("run/\(part.name)"))
        #expect(status.kind == .folder)
        #expect(!status.isWritableByOthers)
      }
      #expect(world.names(in: "run") == Self.parts.map { "\($0.name)" }.sorted())
    }
  }

  /// By cron's umask no program of a user could come to its beat; and who could open a lock could hold it.
  @Test func `any umask makes them as they must be`() async {
    await #expect(processExitsWith: .success) {
      umask(0o077)
      try World.with { world in
        let state = try StateFolder(world.roots)
        try #require(world.status("run")?.permissions == 0o755)
        for part in StateFolderTests.parts {
          _ = try state.open(part)
          try #require(world.status("run/\(part.name)")?.permissions == 0o755)
        }
        _ = try FileLock("tool", in: state.open(.locks))
        try #require(world.status("run/locks/tool")?.permissions == 0o600)
      }
    }
  }

  @Test func `existing directories are used as they are`() throws {
    try World.with { world in
      try world.makeFolder("run/beats", mode: 0o711)
      try world.write("", to: "run/beats/web")
      let beats = try StateFolder(world.roots).open(.beats)
      let web = try beats.statusIfThere(of: "web")
      #expect(web != nil)
      #expect(world.status("run/beats")?.permissions == 0o711)
    }
  }

  /// By chmod -R or setfacl -R, whose mask are the bits of the group; the sticky bit keeps nobody from adding files. Nobody's
  /// healthy box is to be reset for that.
  @Test(arguments: parts.map { Optional($0) } + [nil], [0o775, 0o757, 0o1777] as [UInt32])
  func `what others could write to is closed to them`(
    part: StateFolder.Part?, mode: UInt32
  ) throws {
    try World.with { world in
      let path = part.map { "run/\($0.name)" } ?? "run"
      try world.makeFolder("run")
      try world.makeFolder(path, mode: mode)
      try world.write("x", to: "\(path)/web")
      let place = part.map { world.roots.path(of: $0) } ?? world.roots.state
      try #require(chmod("\(place)/web", 0o666) == 0)
      let state = try StateFolder(world.roots)
      if let part { _ = try state.open(part) }
      #expect(world.status(path)?.permissions == mode & ~0o022)
      let isBeats = part == .beats
      #expect(world.status("\(path)/web")?.permissions == (isBeats ? 0o666 : 0o644))
      #expect(state.takeMended().count == 1)
      #expect(state.takeMended().isEmpty)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func `what others put into it meanwhile is taken out`() throws {
    try World.with { world in
      try world.makeFolder("run", mode: 0o777)
      try world.makeFolder("run/pids", mode: 0o777)
      try world.write("1 1\n", to: "run/pids/web")
      try world.write("2 2\n", to: "run/pids/forged")
      try world.give("run/pids/forged", to: 12_345)
      try world.makeFolder("run/starts")
      try world.give("run/starts", to: 12_345)
      let state = try StateFolder(world.roots)
      _ = try state.open(.starts)
      _ = try state.open(.pids)
      #expect(world.names(in: "run/pids") == ["web"])
      #expect(world.status("run/starts")?.owner == 0)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root's programs are run by others"))
  func `programs of users come to their beats again`() throws {
    try World.with { world in
      for path in ["run", "run/beats", "run/problems"] { try world.makeFolder(path, mode: 0o750) }
      let state = try StateFolder(world.roots)
      for part in [StateFolder.Part.beats, .problems] { _ = try state.open(part) }
      #expect(world.status("run")?.permissions == 0o755)
      #expect(world.status("run/beats")?.permissions == 0o755)
      #expect(world.status("run/problems")?.permissions == 0o750)
      #expect(state.takeMended().count == 1)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give folders away"))
  func `somebody else's directory is refused, but for beats in one of ours`() throws {
    try World.with { world in
      for path in ["run", "run/beats", "run/pids"] { try world.makeFolder(path) }
      try world.give("run/beats", to: 12_345)
      try world.give("run/pids", to: 12_345)
      let state = try StateFolder(world.roots)
      _ = try state.open(.beats)
      #expect(world.status("run/beats")?.owner == 0)
      let part = failure { () throws(Failure) in try state.open(.pids) }
      #expect(part?.sentence.contains("belongs to user 12345: chown it to root") == true)
      try world.give("run", to: 12_345)
      let whole = failure { () throws(Failure) in try StateFolder(world.roots) }
      #expect(whole?.code == .notPermitted)
    }
  }

  @Test func `a link in the place of a part is not followed`() throws {
    try World.with { world in
      try world.makeFolder("elsewhere")
      try world.makeFolder("run")
      try world.symbolicLink("run/beats", to: "../elsewhere")
      let state = try StateFolder(world.roots)
      let failure = failure { () throws(Failure) in try state.open(.beats) }
      #expect(failure?.sentence.hasPrefix("unable to open \(world.roots.state)/beats: ") == true)
    }
  }

  @Test func `a file in the place of a part is a failure`() throws {
    try World.with { world in
      try world.makeFolder("run")
      try world.write("", to: "run/beats")
      let state = try StateFolder(world.roots)
      let failure = failure { () throws(Failure) in try state.open(.beats) }
      #expect(failure?.sentence == "unable to open \(world.roots.state)/beats: Not a directory")
    }
  }

  @Test func `looking makes nothing`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let isThere = try state.openIfThere(.alive) != nil
      #expect(!isThere)
      #expect(world.names(in: "run") == [])
      let nothing = try state.status(of: "disarmed")
      #expect(nothing == nil)
    }
  }

  @Test func `a directory whose parent is missing is a failure`() throws {
    try World.with { world in
      let path = "\(world.path)/no/run"
      let roots = Roots(config: world.roots.config, state: path, data: "", logs: "")
      let failure = failure { () throws(Failure) in try StateFolder(roots) }
      #expect(failure?.code == .noInput)
      #expect(failure?.sentence == "unable to make \(path): No such file or directory")
    }
  }

  @Test func `a relative path does not begin at the root`() throws {
    try World.with { world in
      // There is no such folder here, but there is one in the root.
      let roots = Roots(
        config: "", state: String("\(world.path)/run".dropFirst()), data: "", logs: "")
      let failure = failure { () throws(Failure) in try StateFolder(roots) }
      #expect(failure != nil)
      #expect(world.status("run") == nil)
    }
  }
}
