import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct ComplaintsTests {
  private let folder = "run/complaints/complaints-test"

  private func with(
    _ body: (World, inout Complaints, borrowing Drafts) throws -> Void
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      var complaints = try Complaints(Report(tool: "complaints-test"), in: state)
      let drafts = try Drafts(in: state)
      try body(world, &complaints, drafts)
    }
  }

  @Test func `what was said is kept under its subject`() throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "hearts-web", "it is empty", occasion: "17", drafts: drafts)
      #expect(world.names(in: folder) == ["hearts-web"])
      #expect(world.text("\(folder)/hearts-web") == "it is empty\n17\n")
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  /// A complaint that is said is written anew, and so is another file.
  @Test func `the same complaint is not said again`() throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "web", "it is empty", occasion: "17", drafts: drafts)
      let first = try #require(world.status("\(folder)/web"))
      complaints.raise(about: "web", "it is empty", occasion: "17", drafts: drafts)
      #expect(world.status("\(folder)/web") == first)
    }
  }

  @Test(arguments: [("it is large", "17"), ("it is empty", "18")])
  func `another sentence or occasion is said`(sentence: String, occasion: String) throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "web", "it is empty", occasion: "17", drafts: drafts)
      let first = try #require(world.status("\(folder)/web"))
      complaints.raise(about: "web", sentence, occasion: occasion, drafts: drafts)
      #expect(world.status("\(folder)/web")?.inode != first.inode)
      #expect(world.text("\(folder)/web") == "\(sentence)\n\(occasion)\n")
    }
  }

  @Test func `what is not raised any more is forgotten`() throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "one", "it is empty", drafts: drafts)
      complaints.raise(about: "two", "it is empty", drafts: drafts)
      complaints.settle()
      #expect(world.names(in: folder) == ["one", "two"])
      complaints.raise(about: "two", "it is empty", drafts: drafts)
      complaints.settle()
      #expect(world.names(in: folder) == ["two"])
      complaints.settle()
      #expect(world.names(in: folder) == [])
    }
  }

  @Test func `the next run of a tool knows what the last one said`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(in: state)
      var inodes: [UInt64] = []
      for _ in 0..<2 {
        var complaints = try Complaints(Report(tool: "complaints-test"), in: state)
        complaints.raise(about: "web", "it is empty", drafts: drafts)
        complaints.settle()
        inodes.append(try #require(world.status("\(folder)/web")).inode)
      }
      #expect(inodes[0] == inodes[1])
    }
  }

  @Test func `tools do not forget each other's complaints`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let drafts = try Drafts(in: state)
      var one = try Complaints(Report(tool: "complaints-one"), in: state)
      var two = try Complaints(Report(tool: "complaints-two"), in: state)
      one.raise(about: "web", "it is empty", drafts: drafts)
      two.settle()
      #expect(world.names(in: "run/complaints/complaints-one") == ["web"])
    }
  }

  /// What stderr gets counts instead: once for the mistake, and once more when it was made again.
  @Test func `a complaint is said once for each time that it is new`() async throws {
    let ended = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      try World.with { world in
        let state = try StateFolder(world.roots)
        var complaints = try Complaints(Report(tool: "said"), in: state)
        let drafts = try Drafts(in: state)
        for _ in 0..<3 {
          complaints.raise(about: "web", "made a mistake", drafts: drafts)
          complaints.settle()
        }
        complaints.settle()
        complaints.raise(about: "web", "made a mistake", drafts: drafts)
      }
    }
    let said = String(decoding: try #require(ended).standardErrorContent, as: UTF8.self)
    #expect(said == "said: made a mistake\nsaid: made a mistake\n")
  }

  // MARK: Keys

  static let keys: [(String, String)] = [
    ("hearts-web", "hearts-web"), ("chain/web", "chain%2fweb"), ("a b", "a%20b"),
    ("..", "%2e%2e"), ("100%", "100%25"), ("ä", "%c3%a4"),
  ]

  @Test(arguments: keys)
  func `any subject is a valid file name`(subject: String, key: String) throws {
    try with { world, complaints, drafts in
      complaints.raise(about: subject, "wrong", drafts: drafts)
      #expect(world.names(in: folder) == [key])
      complaints.settle()
      complaints.settle()
      #expect(world.names(in: folder) == [])
    }
  }

  @Test(arguments: ["a", "/", "ä"], [200, 201, 255, 5000])
  func `a long subject is a valid file name too`(letter: String, count: Int) throws {
    try with { world, complaints, drafts in
      let subject = String(repeating: letter, count: count)
      complaints.raise(about: subject, "wrong", drafts: drafts)
      let names = world.names(in: folder)
      #expect(names.count == 1)
      #expect(names.allSatisfy { $0.utf8.count <= 255 && !$0.hasPrefix(".") })
      complaints.settle()
      #expect(world.names(in: folder) == names)
    }
  }

  @Test(arguments: [("a", 201), ("a", 250), ("/", 201), ("ä", 150)])
  func `long subjects that differ at their end are told apart`(letter: String, count: Int) throws {
    try with { world, complaints, drafts in
      let subject = String(repeating: letter, count: count)
      complaints.raise(about: "\(subject)1", "wrong", drafts: drafts)
      complaints.raise(about: "\(subject)2", "wrong", drafts: drafts)
      #expect(world.names(in: folder).count == 2)
    }
  }

  /// Each of two mistakes in one place would take the other's complaint away and be said each second.
  @Test func `subjects that are long only in digits are told apart`() throws {
    try with { world, complaints, drafts in
      let subject = String(repeating: "/", count: 100)
      complaints.raise(about: "\(subject)1", "wrong", drafts: drafts)
      complaints.raise(about: "\(subject)2", "wrong", drafts: drafts)
      #expect(world.names(in: folder).count == 2)
    }
  }

  @Test func `each byte that is not allowed becomes two digits`() throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "\nb", "wrong", drafts: drafts)
      #expect(world.names(in: folder) == ["%0ab"])
    }
  }

  @Test func `a subject has one complaint, the last`() throws {
    try with { world, complaints, drafts in
      complaints.raise(about: "device", "too short", drafts: drafts)
      complaints.raise(about: "device", "not stoppable", drafts: drafts)
      complaints.settle()
      #expect(world.names(in: folder) == ["device"])
      #expect(world.text("\(folder)/device") == "not stoppable\n\n")
    }
  }
}
