import LinuxCalls
import TestSupport
import Testing
import Watchdog

@Suite struct TrustTests {
  /// What keeps `name` of a world from being run; nil when nothing does.
  private func refusal(_ name: String, in world: World) -> Failure? {
    failure { () throws(Failure) in try Trust.check(executable: "\(world.path)/\(name)") }
  }

  /// A world with the executable etc/programs/web.
  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      try world.makeFolder("etc/programs")
      try world.write("#!/bin/sh\n", to: "etc/programs/web", mode: 0o755)
      try body(world)
    }
  }

  @Test(arguments: [0o755, 0o700, 0o500, 0o555, 0o111] as [UInt32])
  func `an executable that nobody else can change is trusted`(mode: UInt32) throws {
    try with { world in
      world.setPermissions("etc/programs/web", mode)
      #expect(refusal("etc/programs/web", in: world) == nil)
    }
  }

  @Test func `a program of the system is trusted`() {
    let failure = failure { () throws(Failure) in try Trust.check(executable: "/bin/sh") }
    #expect(failure == nil)
  }

  @Test(arguments: [0o775, 0o757, 0o777, 0o1777] as [UInt32])
  func `an executable that others can write is refused`(mode: UInt32) throws {
    try with { world in
      world.setPermissions("etc/programs/web", mode)
      let path = "\(world.path)/etc/programs/web"
      #expect(refusal("etc/programs/web", in: world)?.code == .notPermitted)
      #expect(
        refusal("etc/programs/web", in: world)?.sentence
          == "unable to run \(path): others can write to it: chmod go-w \(path)")
    }
  }

  @Test(arguments: ["etc/programs", "etc"], [0o775, 0o757, 0o777] as [UInt32])
  func `an executable below a directory that others can write to is refused`(
    folder: String, mode: UInt32
  ) throws {
    try with { world in
      world.setPermissions(folder, mode)
      let path = "\(world.path)/\(folder)"
      #expect(refusal("etc/programs/web", in: world)?.code == .notPermitted)
      #expect(
        refusal("etc/programs/web", in: world)?.sentence
          == "unable to run \(path): others can write to this directory: chmod go-w \(path)")
    }
  }

  @Test(arguments: ["etc/programs", "etc"], [0o1777, 0o1775] as [UInt32])
  func `a directory with the sticky bit is trusted`(folder: String, mode: UInt32) throws {
    try with { world in
      world.setPermissions(folder, mode)
      #expect(refusal("etc/programs/web", in: world) == nil)
    }
  }

  @Test(arguments: [0o644, 0o600, 0] as [UInt32])
  func `a file that is not executable is refused`(mode: UInt32) throws {
    try with { world in
      world.setPermissions("etc/programs/web", mode)
      let sentence = refusal("etc/programs/web", in: world)?.sentence
      #expect(sentence?.contains("it is not executable: chmod +x") == true)
    }
  }

  @Test func `a directory is no executable`() throws {
    try with { world in
      #expect(
        refusal("etc/programs", in: world)?.sentence.contains("it is a directory") == true)
    }
  }

  @Test(arguments: ["/", "", "/.", "/tmp/.."])
  func `the root directory is no executable`(path: String) {
    let failure = failure { () throws(Failure) in try Trust.check(executable: path) }
    #expect(failure != nil)
  }

  @Test func `a pipe is no executable`() throws {
    try with { world in
      try world.makePipe("etc/programs/pipe")
      world.setPermissions("etc/programs/pipe", 0o755)
      #expect(refusal("etc/programs/pipe", in: world)?.sentence.contains("a FIFO") == true)
    }
  }

  @Test func `a missing executable is a failure`() throws {
    try with { world in
      #expect(refusal("etc/programs/no", in: world)?.code == .noInput)
      #expect(refusal("no/programs/web", in: world)?.code == .noInput)
      #expect(refusal("etc/programs/web/no", in: world)?.code == .systemError)
    }
  }

  @Test func `dots and many slashes are the same path`() throws {
    try with { world in
      #expect(refusal("etc/./programs//web", in: world) == nil)
      #expect(refusal("etc/programs/../programs/web", in: world) == nil)
      world.setPermissions("etc", 0o777)
      #expect(refusal("etc/./programs//web", in: world) != nil)
      #expect(refusal("etc/programs/../programs/web", in: world) != nil)
    }
  }

  @Test(
    .enabled(if: ThisProcess.user == 0, "only root can give files away"),
    arguments: ["etc/programs/web", "etc/programs", "etc"])
  func `what belongs to somebody else is refused`(name: String) throws {
    try with { world in
      try world.give(name, to: 12_345)
      let path = "\(world.path)/\(name)"
      #expect(refusal("etc/programs/web", in: world)?.code == .notPermitted)
      #expect(
        refusal("etc/programs/web", in: world)?.sentence
          == "unable to run \(path): it belongs to user 12345: chown root \(path)")
    }
  }
}

@Suite struct TrustOfLinksTests {
  /// A world with the executable safe/web, and the folder unsafe, in which everybody may do everything.
  private func with(_ body: (World) throws -> Void) throws {
    try World.with { world in
      try world.makeFolder("safe")
      try world.write("#!/bin/sh\n", to: "safe/web", mode: 0o755)
      try world.makeFolder("unsafe", mode: 0o777)
      try world.write("#!/bin/sh\n", to: "unsafe/web", mode: 0o755)
      try body(world)
    }
  }

  private func refusal(_ name: String, in world: World) -> Failure? {
    failure { () throws(Failure) in try Trust.check(executable: "\(world.path)/\(name)") }
  }

  @Test func `a link is followed`() throws {
    try with { world in
      try world.symbolicLink("etc/near", to: "../safe/web")
      try world.symbolicLink("etc/far", to: "\(world.path)/safe/web")
      try world.symbolicLink("etc/again", to: "near")
      try world.symbolicLink("etc/folder", to: "../safe")
      for name in ["etc/near", "etc/far", "etc/again", "etc/folder/web", "etc/folder/../safe/web"] {
        #expect(refusal(name, in: world) == nil, "\(name)")
      }
      // It is the file at the end that counts, whatever the link looks like.
      world.setPermissions("safe/web", 0o777)
      for name in ["etc/near", "etc/far", "etc/again", "etc/folder/web", "etc/folder/../safe/web"] {
        #expect(refusal(name, in: world)?.code == .notPermitted, "\(name)")
      }
    }
  }

  @Test func `dots behind a link lead up from its target`() throws {
    try with { world in
      try world.makeFolder("safe/deep")
      try world.symbolicLink("etc/deep", to: "../safe/deep")
      #expect(refusal("etc/deep/../web", in: world) == nil)
    }
  }

  @Test(arguments: ["../unsafe/web", "../etc/second", "../through/web"])
  func `a link that leads through an unsafe directory is refused`(target: String) throws {
    try with { world in
      try world.symbolicLink("etc/second", to: "\(world.path)/unsafe/web")
      try world.symbolicLink("through", to: "unsafe")
      try world.symbolicLink("etc/first", to: target)
      let failure = refusal("etc/first", in: world)
      #expect(failure?.code == .notPermitted)
      #expect(failure?.sentence.contains("/unsafe: others can write to this directory") == true)
    }
  }

  @Test func `a link in an unsafe directory is refused`() throws {
    try with { world in
      try world.symbolicLink("unsafe/near", to: "../safe/web")
      try world.symbolicLink("unsafe/far", to: "\(world.path)/safe/web")
      try world.symbolicLink("etc/first", to: "../unsafe/near")
      for name in ["unsafe/near", "unsafe/far", "etc/first"] {
        #expect(refusal(name, in: world)?.code == .notPermitted, "\(name)")
      }
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func `somebody else's link is refused`() throws {
    try with { world in
      try world.makeFolder("sticky", mode: 0o1777)
      try world.symbolicLink("sticky/web", to: "../safe/web")
      #expect(refusal("sticky/web", in: world) == nil)
      try world.give("sticky/web", to: 12_345)
      #expect(refusal("sticky/web", in: world)?.code == .notPermitted)
    }
  }

  @Test func `links that lead in a circle are refused`() throws {
    try with { world in
      try world.symbolicLink("etc/one", to: "two")
      try world.symbolicLink("etc/two", to: "one")
      try world.symbolicLink("etc/self", to: "self")
      for name in ["etc/one", "etc/self"] {
        #expect(
          refusal(name, in: world)?.sentence
            == "unable to run \(world.path)/\(name): Too many levels of symbolic links")
      }
    }
  }

  @Test func `a directory is held to the same rules`() throws {
    try with { world in
      try world.symbolicLink("etc/folder", to: "../safe")
      try world.makeFolder("unsafe/below")
      func refusal(_ name: String) -> Failure? {
        failure { () throws(Failure) in try Trust.check(folder: "\(world.path)/\(name)") }
      }
      #expect(refusal("safe") == nil && refusal("etc/folder") == nil)
      for name in ["unsafe", "unsafe/below"] {
        #expect(
          refusal(name)?.sentence.contains("/unsafe: others can write to this directory") == true)
      }
      #expect(refusal("safe/web")?.sentence.contains("it is a file: put a directory") == true)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func `what belongs to the user that will run it is trusted`() throws {
    try with { world in
      try world.give("safe/web", to: 12_345)
      let path = "\(world.path)/safe/web"
      for (user, isTrusted) in [(12_345, true), (0, false), (54_321, false)] as [(UInt32, Bool)] {
        let failure = failure { () throws(Failure) in try Trust.check(executable: path, as: user) }
        #expect((failure == nil) == isTrusted, "\(user)")
      }
    }
  }

  @Test func `a link to nothing is a failure`() throws {
    try with { world in
      try world.symbolicLink("etc/web", to: "../safe/no")
      #expect(refusal("etc/web", in: world)?.code == .noInput)
    }
  }
}
