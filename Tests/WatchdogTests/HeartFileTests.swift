import CLinuxCalls
import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct HeartFileTests {
  static let hearts: [(String, limit: Int, startLimit: Int)] = [
    ("30\n", 30, 30),
    ("30 120\n", 30, 120),
    ("120 30\n", 120, 30),
    ("30\n120\n", 30, 120),
    ("# beats each ten seconds\n30 # so much is late\n120 # and this for the start\n", 30, 120),
    ("1 31536000\r\n", 1, 31_536_000),
  ]

  @Test(arguments: hearts)
  func `a heart is one number or two`(text: String, limit: Int, startLimit: Int) throws {
    let heart = try Heart(parsing: Array(text.utf8), owner: 33, given: .seconds(5))
    #expect(
      heart
        == Heart(
          limit: .seconds(limit), startLimit: .seconds(startLimit), owner: 33, given: .seconds(5))
    )
  }

  static let mistakes: [(String, String)] = [
    ("30 120 300", "it holds 3 numbers: write one, or two, such as 30 120"),
    ("1\n2\n3\n4\n", "it holds 4 numbers"),
    ("", "it is empty"),
    ("30 0", "0 seconds is too short"),
    ("30.5", "\"30.5\" is no whole number"),
    ("-1", "\"-1\" is no whole number"),
    ("1e9", "\"1e9\" is no whole number"),
    ("30 31536001", "31536001 is too large"),
  ]

  @Test(arguments: mistakes)
  func `anything else is a mistake`(text: String, words: String) throws {
    let sentence = try #require(
      mistake { () throws(Mistake) in
        try Heart(parsing: Array(text.utf8), owner: 0, given: .zero)
      })
    #expect(sentence.hasPrefix(words), "\(sentence)")
  }

  // MARK: Files

  /// What reading hearts/web comes to: the heart, or why there is none in words.
  private func read(
    in world: World, kind: FileStatus.Kind? = nil
  ) throws -> (heart: Heart?, reason: String?) {
    let hearts = try world.roots.configFolder("hearts")
    let name = try #require(Name("web"))
    do throws(Heart.Unreadable) {
      return (try Heart.read(name, kind: kind, in: hearts), nil)
    } catch {
      switch error {
      case .notThere: return (nil, "not there")
      case .mistake(let mistake, _): return (nil, mistake.sentence)
      case .failed(let error): return (nil, "failed: \(error.reason)")
      }
    }
  }

  @Test(arguments: [nil, FileStatus.Kind.file])
  func `a heart file gives its owner and its date`(kind: FileStatus.Kind?) throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      let date = Clock.realtime + .seconds(3600)
      try world.write("30 120\n", to: "etc/hearts/web", dated: date)
      let status = try #require(world.status("etc/hearts/web"))
      #expect(
        try read(in: world, kind: kind).heart
          == Heart(
            limit: .seconds(30), startLimit: .seconds(120), owner: status.owner, given: date))
    }
  }

  /// As after rsync -a, dpkg, mv and chown, which keep the date of the file.
  @Test func `a heart that arrives with an old date counts from its arrival`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      let before = Clock.realtime - .seconds(1)
      try world.write("30\n", to: "etc/hearts/web~", dated: .seconds(1_700_000_000))
      try #require(
        rename("\(world.roots.config)/hearts/web~", "\(world.roots.config)/hearts/web") == 0)
      let status = try #require(world.status("etc/hearts/web"))
      #expect(status.modified == .seconds(1_700_000_000))
      let given = try read(in: world).heart?.given
      #expect(given == status.changed)
      #expect(given.map { $0 > before } ?? false)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func `a heart belongs to the owner of its file`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      try world.write("30\n", to: "etc/hearts/web")
      try world.give("etc/hearts/web", to: 12_345)
      #expect(try read(in: world).heart?.owner == 12_345)
    }
  }

  @Test func `a heart that is gone is no mistake`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      #expect(try read(in: world).reason == "not there")
      // Or it goes between the look into the folder and the reading.
      #expect(try read(in: world, kind: .file).reason == "not there")
    }
  }

  @Test func `a heart file has at most 1024 bytes`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      let comment = String(repeating: "#", count: 1021)
      try world.write("30\n\(comment)", to: "etc/hearts/web")
      #expect(try read(in: world).heart?.limit == .seconds(30))
      try world.write("30\n\(comment)#", to: "etc/hearts/web")
      #expect(try read(in: world).reason == "it is 1025 bytes long: at most 1024")
    }
  }

  @Test func `what is not a file is a mistake`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts/web")
      #expect(try read(in: world).reason == "it is a directory: a heart is a file")
    }
    try World.with { world in
      try world.makeFolder("etc/hearts")
      // Opened, it would wait for a writer.
      try world.makePipe("etc/hearts/web")
      #expect(try read(in: world).reason == "it is a FIFO: a heart is a file")
    }
    try World.with { world in
      try world.makeFolder("etc/hearts")
      try world.write("30\n", to: "etc/hearts/other")
      try world.symbolicLink("etc/hearts/web", to: "other")
      #expect(try read(in: world).reason == "it is a symbolic link: a heart is a file")
    }
  }

  @Test func `a mistake says when it was written`() throws {
    try World.with { world in
      try world.makeFolder("etc/hearts")
      try world.write("soon\n", to: "etc/hearts/web", dated: .seconds(1_700_000_000))
      let hearts = try world.roots.configFolder("hearts")
      let name = try #require(Name("web"))
      var written: Duration?
      do throws(Heart.Unreadable) {
        _ = try Heart.read(name, kind: nil, in: hearts)
      } catch {
        if case .mistake(_, let date) = error { written = date }
      }
      #expect(written == .seconds(1_700_000_000))
    }
  }
}
