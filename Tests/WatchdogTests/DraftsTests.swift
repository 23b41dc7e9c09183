import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct DraftsTests {
  /// A state folder with its drafts, and a folder to make files in.
  private func with(
    _ body: (World, borrowing Drafts, borrowing Folder) throws -> Void
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(in: state)
      let target = try state.open(.problems)
      try body(world, drafts, target)
    }
  }

  private var ownDraft: String { "run/drafts/draft.\(ThisProcess.pid)" }

  @Test func `a file is made whole, and no draft is left`() throws {
    try with { world, drafts, target in
      let isNew = try drafts.create("web", in: target, .init("text\n"))
      #expect(isNew)
      #expect(world.text("run/problems/web") == "text\n")
      #expect(world.names(in: "run/drafts") == [])
      let status = try #require(world.status("run/problems/web"))
      #expect(status.kind == .file)
      #expect(!status.isWritableByOthers)
      #expect(status.owner == ThisProcess.user)
    }
  }

  @Test func `an existing file is not created again`() throws {
    try with { world, drafts, target in
      try world.write("first", to: "run/problems/web", dated: .seconds(5))
      let isNew = try drafts.create("web", in: target, .init("second"))
      #expect(!isNew)
      #expect(world.text("run/problems/web") == "first")
      #expect(world.status("run/problems/web")?.modified == .seconds(5))
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func `an existing file is replaced`() throws {
    try with { world, drafts, target in
      try world.write("a longer first text", to: "run/problems/web")
      try drafts.replace("web", in: target, .init("second"))
      #expect(world.text("run/problems/web") == "second")
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func `a reader of the old file reads it to the end`() throws {
    try with { world, drafts, target in
      try world.write("first", to: "run/problems/web")
      let open = try target.openToRead("web")
      try drafts.replace("web", in: target, .init("second"))
      let bytes = try open.readStart(atMost: 100)
      #expect(bytes == Array("first".utf8))
    }
  }

  @Test func `a file is dated as asked for`() throws {
    try with { world, drafts, target in
      _ = try drafts.create("web", in: target, .init("", date: .milliseconds(1500)))
      #expect(world.status("run/problems/web")?.modified == .milliseconds(1500))
      try drafts.replace("web", in: target, .init("", date: .zero))
      #expect(world.status("run/problems/web")?.modified == .zero)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func `a file is given to its owner`() throws {
    try with { world, drafts, target in
      _ = try drafts.create("web", in: target, .init("", owner: 12_345))
      #expect(world.status("run/problems/web")?.owner == 12_345)
    }
  }

  @Test(.enabled(if: ThisProcess.user != 0, "root can give files away"))
  func `a file that cannot be given away is not made`() throws {
    try with { world, drafts, target in
      #expect(throws: SystemError.notPermitted) {
        _ = try drafts.create("web", in: target, .init("", owner: ThisProcess.user + 1))
      }
      #expect(world.names(in: "run/problems") == [])
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func `a file that cannot be replaced leaves no draft`() throws {
    try with { world, drafts, target in
      try world.makeFolder("run/problems/web")
      #expect(throws: SystemError.isAFolder) {
        try drafts.replace("web", in: target, .init("text"))
      }
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func `a draft left by a killed process of our number is nobody's`() throws {
    try with { world, drafts, target in
      try world.write("half of something that is much lon", to: ownDraft)
      let isNew = try drafts.create("web", in: target, .init("text\n"))
      #expect(isNew)
      #expect(world.text("run/problems/web") == "text\n")
    }
  }

  @Test func `a draft is not written through a link`() throws {
    try with { world, drafts, target in
      try world.write("untouched", to: "victim")
      try world.symbolicLink(ownDraft, to: "\(world.path)/victim")
      try drafts.replace("web", in: target, .init("text\n"))
      #expect(world.text("victim") == "untouched")
      #expect(world.status("run/problems/web")?.kind == .file)
    }
  }

  @Test func `drafts of dead processes are swept, and those of living ones are not`() throws {
    try with { world, drafts, _ in
      // No process has so large a number (PID_MAX_LIMIT in proc_sys_kernel(5)).
      try world.write("", to: "run/drafts/other.2147483647")
      try world.write("", to: "run/drafts/dotted.name.2147483646")
      try world.write("", to: ownDraft)
      try world.write("", to: "run/drafts/other.1")
      try world.write("", to: "run/drafts/without-a-number")
      try world.write("", to: "run/drafts/note.txt")
      try world.write("", to: "run/drafts/other.2147483647x")
      try drafts.sweep()
      #expect(
        world.names(in: "run/drafts")
          == [
            "note.txt", "other.1", "other.2147483647x", "draft.\(ThisProcess.pid)",
            "without-a-number",
          ].sorted())
    }
  }

  @Test func `what cannot be swept does not protect the rest`() throws {
    try with { world, drafts, _ in
      try world.makeFolder("run/drafts/a.2147483647")
      for number in 0..<20 { try world.write("", to: "run/drafts/b\(number).2147483647") }
      try drafts.sweep()
      #expect(world.names(in: "run/drafts") == ["a.2147483647"])
    }
  }
}
