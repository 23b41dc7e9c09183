import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct ProblemTests {
  @Test func `a problem is two lines`() {
    let problem = Problem(detector: "mark-problems", reason: "no beat for 31.0 s")
    #expect(problem.text == "mark-problems\nno beat for 31.0 s\n")
  }

  static let problems: [(String, String)] = [
    ("mark-problems", "no beat for 31.0 s: the limit is 30 s"),
    ("", ""),
    ("nagios", "two\nlines"),
    ("na\ngios", "\u{1B}[31mred\u{7F}"),
    ("mark-problems", "zu spät"),
    ("a", String(repeating: "b", count: 120)),
    ("a", String(repeating: "b", count: 121)),
  ]

  @Test(arguments: problems)
  func `what was written is read again`(detector: String, reason: String) {
    let problem = Problem(detector: detector, reason: reason)
    let read = Problem(parsing: Array(problem.text.utf8))
    #expect(read.detector == problem.detector)
    #expect(read.reason == problem.reason)
  }

  /// By which it is seen later whether the heart has beaten since.
  @Test(arguments: [nil, .zero, .nanoseconds(1_720_000_000_123_456_789)] as [Duration?])
  func `its third line is the heart's last beat`(beat: Duration?) {
    let problem = Problem(detector: "mark-problems", reason: "why", beat: .some(beat))
    let read = Problem(parsing: Array(problem.text.utf8))
    #expect(read.beat == .some(beat) && read.kind == .heart)
    #expect(problem.text.utf8.count { $0 == 0x0A } == 3)
  }

  @Test(arguments: ["who\nwhy\n", "who\nwhy\nmore\n", "who\nwhy\nbeat\n", "who\nwhy\nbeat x\n"])
  func `where nothing said it, it is unknown`(text: String) {
    let problem = Problem(parsing: Array(text.utf8))
    #expect(problem.beat == nil && problem.kind == .other)
  }

  @Test func `a reason that is long only in digits is read again`() {
    let problem = Problem(detector: "nagios", reason: String(repeating: "ä", count: 40))
    let read = Problem(parsing: Array(problem.text.utf8))
    #expect(read.reason == problem.reason)
  }

  @Test(arguments: problems)
  func `nothing breaks the two lines`(detector: String, reason: String) {
    let text = Array(Problem(detector: detector, reason: reason).text.utf8)
    #expect(text.filter { $0 == 0x0A }.count == 2)
    #expect(text.allSatisfy { $0 == 0x0A || ($0 >= 0x20 && $0 < 0x7F) })
  }

  @Test func `newlines and control bytes are written in digits`() {
    let problem = Problem(detector: "a\tb", reason: "one\ntwo\0")
    #expect(problem.detector == "a\\x09b")
    #expect(problem.reason == "one\\x0atwo\\x00")
  }

  static let files: [(String, String, String)] = [
    ("", "", ""), ("\n", "", ""), ("who", "who", ""), ("who\n", "who", ""),
    ("who\nwhy", "who", "why"), ("\nwhy\n", "", "why"), ("who\nwhy\nmore\n", "who", "why"),
    ("who\r\nwhy\r\n", "who\\x0d", "why\\x0d"), ("\u{1B}[2J\nwhy\n", "\\x1b[2J", "why"),
  ]

  @Test(arguments: files)
  func `a file that somebody else wrote is read`(text: String, detector: String, reason: String) {
    let problem = Problem(parsing: Array(text.utf8))
    #expect(problem.detector == detector)
    #expect(problem.reason == reason)
  }

  @Test func `binary data is read and cannot drive a terminal`() {
    let problem = Problem(parsing: Array(0...255))
    #expect((problem.detector + problem.reason).utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
  }
}

@Suite struct ProblemsTests {
  private func with(
    _ body: (World, borrowing Problems, borrowing Drafts, Name) throws -> Void
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let problems = try Problems(in: state)
      let drafts = try Drafts(in: state)
      try body(world, problems, drafts, try #require(Name("web")))
    }
  }

  @Test func `a problem that is noted is there`() throws {
    try with { world, problems, drafts, web in
      let before = try problems.has(web)
      let isNew = try problems.note(Problem(detector: "a", reason: "b"), for: web, with: drafts)
      let after = try problems.has(web)
      #expect(!before)
      #expect(isNew)
      #expect(after)
      #expect(world.text("run/problems/web") == "a\nb\n")
    }
  }

  @Test func `a problem that is noted twice keeps its first words and date`() throws {
    try with { world, problems, drafts, web in
      _ = try problems.note(Problem(detector: "a", reason: "b"), for: web, with: drafts)
      world.date("run/problems/web", .seconds(5))
      let isNew = try problems.note(Problem(detector: "c", reason: "d"), for: web, with: drafts)
      #expect(!isNew)
      #expect(world.text("run/problems/web") == "a\nb\n")
      #expect(world.status("run/problems/web")?.modified == .seconds(5))
    }
  }

  @Test func `a directory in the place of a problem is a failure`() throws {
    try with { world, problems, drafts, web in
      try world.makeFolder("run/problems/web")
      let sentence =
        "unable to make \(world.roots.state)/problems/web: a directory has that name: remove it"
      let noting = failure { () throws(Failure) in
        try problems.note(Problem(detector: "a", reason: "b"), for: web, with: drafts)
      }
      #expect(noting?.code == .cannotCreate)
      #expect(noting?.sentence == sentence)
      let looking = failure { () throws(Failure) in try problems.has(web) }
      #expect(looking?.sentence == sentence)
    }
  }

  @Test func `a link in the place of a problem is a failure and is not followed`() throws {
    try with { world, problems, drafts, web in
      try world.symbolicLink("run/problems/web", to: "\(world.path)/victim")
      let noting = failure { () throws(Failure) in
        try problems.note(Problem(detector: "a", reason: "b"), for: web, with: drafts)
      }
      #expect(noting?.sentence.contains("a symbolic link has that name") == true)
      #expect(world.status("victim") == nil)
    }
  }
}
