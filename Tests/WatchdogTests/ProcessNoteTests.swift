import CLinuxCalls
import LinuxCalls
import TestSupport
import Testing

@testable import Watchdog

@Suite struct ProcessNoteTests {
  private static let stamp = "7c9e6679-7425-80de-944b-e07fc1f90ae7"

  private func parse(_ text: String) -> ProcessNote? { ProcessNote(parsing: Array(text.utf8)) }

  @Test(arguments: [nil, stamp])
  func `what was written is read again`(stamp: String?) {
    let note = ProcessNote(ProcessIdentity(pid: 1234, startTime: 567_890), stamp: stamp)
    #expect(note.text == "1234 567890\n\(stamp.map { "\($0)\n" } ?? "")")
    #expect(parse(note.text) == note)
    #expect(note.text.utf8.count <= ProcessNote.largestFile)
  }

  /// Its numbers mean something else in another container.
  @Test func `its third line is where these numbers mean something`() throws {
    let own = ProcessSpace.own()
    #expect(own.hasPrefix("pid:[") && own.contains("time:["))
    let process = ProcessIdentity(pid: 1234, startTime: 5)
    let note = ProcessNote(process, stamp: ProcessNoteTests.stamp, space: own)
    #expect(parse(note.text) == note)
    #expect(note.text.utf8.count <= ProcessNote.largestFile)
    var table = LazyProcessTable()
    #expect(try note.state(in: &table) == .gone)
    let far = ProcessNote(process, stamp: ProcessNoteTests.stamp, space: "pid:[1] time:[2]")
    #expect(try far.state(in: &table) == .unknown)
    let silent = ProcessNote(process, stamp: ProcessNoteTests.stamp)
    #expect(try silent.state(in: &table) == .gone, "then ours are meant")
    #expect(try ProcessNote(.own(), space: own).state(in: &table) == .runs)
  }

  /// Others write one line, and some of them no end of it.
  @Test(arguments: ["1234 5", "1234 5\n", "1234 5\n\n", "1234 5\n \n", "1234\t5 \n"])
  func `a single line is a note without a stamp`(text: String) {
    #expect(parse(text) == ProcessNote(ProcessIdentity(pid: 1234, startTime: 5)))
  }

  @Test(arguments: [
    "", "\n", "1234\n", "0 5\n", "web 5\n", "1234 5\ngarbage\n", "1234 5\n1235 6\n", "\(stamp)\n",
    "1234 5\n\(stamp)x\n", "1234 5\n\(stamp)\nspace\nmore\n", "\n1234 5\nmore\n",
  ])
  func `garbage is no note`(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func `notes with other stamps differ`() {
    let process = ProcessIdentity(pid: 1, startTime: 2)
    #expect(ProcessNote(process) != ProcessNote(process, stamp: ProcessNoteTests.stamp))
    #expect(ProcessNote(process) != ProcessNote(ProcessIdentity(pid: 1, startTime: 3)))
  }

  @Test func `what is not a file is no note`() throws {
    try World.with { world in
      let pids = try StateFolder(world.roots).open(.pids)
      let name = try #require(Name("web"))
      let missing = try pids.readNote(of: name)
      #expect(missing == nil)
      try world.write("1234 5\n", to: "elsewhere")
      try world.symbolicLink("run/pids/web", to: "../../elsewhere")
      let link = try pids.readNote(of: name)
      #expect(link == nil)
      try world.remove("run/pids/web")
      try world.write("1234 5\n", to: "run/pids/web")
      let note = try pids.readNote(of: name)
      #expect(note?.process == ProcessIdentity(pid: 1234, startTime: 5))
    }
  }
}

@Suite struct EnvironmentEntryTests {
  private func has(_ entry: String, in environment: String, upTo count: Int? = nil) -> Bool {
    let bytes = Array(environment.utf8)
    return bytes.hasEntry(Array(entry.utf8), upTo: count ?? bytes.count)
  }

  static let environments: [(String, has: Bool)] = [
    ("A=1\0", true), ("A=1", true), ("B=2\0A=1\0", true), ("A=1\0B=2\0", true), ("\0\0A=1\0", true),
    ("B=2\0A=1\0C=3\0", true),
    ("", false), ("\0", false), ("A=11\0", false), ("AA=1\0", false), ("A=\0", false),
    ("XA=1\0", false), ("B=A=1\0", false), ("a=1\0", false), ("A=1 \0", false), ("A=1\n\0", false),
  ]

  @Test(arguments: environments)
  func `only the whole entry counts`(environment: String, has expected: Bool) {
    #expect(has("A=1", in: environment) == expected)
  }

  /// The buffer is larger than what was read, and holds what was read of others before.
  @Test func `what is behind the end is not looked at`() {
    #expect(has("A=1", in: "B=2\0A=1\0", upTo: 8))
    #expect(has("A=1", in: "B=2\0A=1\0", upTo: 7))
    for count in 0...6 { #expect(!has("A=1", in: "B=2\0A=1\0", upTo: count)) }
    #expect(!has("A=1", in: "A=1\0", upTo: 2))
  }
}

/// What is left of a session whose leader is gone.
@Suite struct LeftSessionTests {
  /// These processes of a session that run.
  private static func members(of session: Int32) throws -> [ProcessIdentity] {
    var members: [ProcessIdentity] = []
    let table = try ProcessTable()
    try table.forEachProcess { pid throws(SystemError) in
      guard let status = try table.status(of: pid), status.session == session, !status.isDead
      else { return }
      members.append(status.identity)
    }
    return members
  }

  /// Waits until so many processes of a session run, and have become what their shell made them for.
  private static func expect(_ count: Int, in session: Int32) throws {
    var patience = Patience(seconds: 20)
    func areThere() throws -> Bool {
      let names = try members(of: session).map { contents(of: "/proc/\($0.pid)/comm") }
      return names == Array(repeating: "sleep\n", count: count)
    }
    while try !areThere(), patience.lasts() { usleep(10_000) }
    try #require(try areThere())
  }

  @Test func `only processes that have all of the entries are killed`() async {
    await #expect(processExitsWith: .success) {
      // In a process group of its own each, so that they outlive their shell whatever happens to its group.
      let script = """
        set -m
        MARK=1 OTHER=1 sleep 601 &
        MARK=1 sleep 602 &
        MARK=11 OTHER=1 sleep 603 &
        """
      let child = try Child(["sh", "-c", script], apart: .session)
      let end = child.wait(untilMonotonic: Clock.monotonic + .seconds(20))
      try #require(end == .exited(0))
      try LeftSessionTests.expect(3, in: child.pid)
      try Session.kill(leftBy: child.pid + 1, having: ["MARK=1"])
      try Session.kill(leftBy: child.pid, having: ["MARK=1", "OTHER=1"])
      try LeftSessionTests.expect(2, in: child.pid)
      try Session.kill(leftBy: child.pid, having: ["MARK=1"])
      try LeftSessionTests.expect(1, in: child.pid)
      for process in try LeftSessionTests.members(of: child.pid) { kill(process.pid, SIGKILL) }
    }
  }
}
