import Linux
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
      let drafts = try Drafts(of: "tool", in: state)
      let target = try state.open(.problems)
      try body(world, drafts, target)
    }
  }

  private var ownDraft: String { "run/drafts/tool.\(ThisProcess.pid)" }

  @Test func aFileIsMadeWholeAndNoDraftIsLeft() throws {
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

  @Test func whatIsThereAlreadyIsNotCreatedAgain() throws {
    try with { world, drafts, target in
      try world.write("first", to: "run/problems/web", dated: .seconds(5))
      let isNew = try drafts.create("web", in: target, .init("second"))
      #expect(!isNew)
      #expect(world.text("run/problems/web") == "first")
      #expect(world.status("run/problems/web")?.modified == .seconds(5))
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func whatIsThereAlreadyIsReplaced() throws {
    try with { world, drafts, target in
      try world.write("a longer first text", to: "run/problems/web")
      try drafts.replace("web", in: target, .init("second"))
      #expect(world.text("run/problems/web") == "second")
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func whoReadsTheOldFileReadsItToTheEnd() throws {
    try with { world, drafts, target in
      try world.write("first", to: "run/problems/web")
      let open = try target.openToRead("web")
      try drafts.replace("web", in: target, .init("second"))
      let bytes = try open.readStart(atMost: 100)
      #expect(bytes == Array("first".utf8))
    }
  }

  @Test func aFileIsDatedAsAskedFor() throws {
    try with { world, drafts, target in
      _ = try drafts.create("web", in: target, .init("", date: .milliseconds(1500)))
      #expect(world.status("run/problems/web")?.modified == .milliseconds(1500))
      try drafts.replace("web", in: target, .init("", date: .zero))
      #expect(world.status("run/problems/web")?.modified == .zero)
    }
  }

  @Test(.enabled(if: ThisProcess.user == 0, "only root can give files away"))
  func aFileIsGivenToItsOwner() throws {
    try with { world, drafts, target in
      _ = try drafts.create("web", in: target, .init("", owner: 12_345))
      #expect(world.status("run/problems/web")?.owner == 12_345)
    }
  }

  @Test(.enabled(if: ThisProcess.user != 0, "root can give files away"))
  func whatCannotBeGivenAwayIsNotMade() throws {
    try with { world, drafts, target in
      #expect(throws: SystemError.notPermitted) {
        _ = try drafts.create("web", in: target, .init("", owner: ThisProcess.user + 1))
      }
      #expect(world.names(in: "run/problems") == [])
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func aFileThatCannotBeReplacedLeavesNoDraft() throws {
    try with { world, drafts, target in
      try world.makeFolder("run/problems/web")
      #expect(throws: SystemError.isAFolder) {
        try drafts.replace("web", in: target, .init("text"))
      }
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func aDraftThatAKilledProcessOfOurNumberLeftIsNobodys() throws {
    try with { world, drafts, target in
      try world.write("half of something that is much lon", to: ownDraft)
      let isNew = try drafts.create("web", in: target, .init("text\n"))
      #expect(isNew)
      #expect(world.text("run/problems/web") == "text\n")
    }
  }

  @Test func aDraftIsNotWrittenThroughALink() throws {
    try with { world, drafts, target in
      try world.write("untouched", to: "victim")
      try world.symbolicLink(ownDraft, to: "\(world.path)/victim")
      try drafts.replace("web", in: target, .init("text\n"))
      #expect(world.text("victim") == "untouched")
      #expect(world.status("run/problems/web")?.kind == .file)
    }
  }

  @Test func draftsOfTheDeadAreSweptAndThoseOfTheLivingAreNot() throws {
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
            "note.txt", "other.1", "other.2147483647x", "tool.\(ThisProcess.pid)",
            "without-a-number",
          ].sorted())
    }
  }

  @Test func whatCannotBeSweptDoesNotKeepTheRest() throws {
    try with { world, drafts, _ in
      try world.makeFolder("run/drafts/a.2147483647")
      for number in 0..<20 { try world.write("", to: "run/drafts/b\(number).2147483647") }
      try drafts.sweep()
      #expect(world.names(in: "run/drafts") == ["a.2147483647"])
    }
  }
}
