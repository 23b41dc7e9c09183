import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// What came of a reboot test, judged by clocks that are arguments.
@Suite struct RebootTestTests {
  private let test = RebootTest(
    begun: Moment(realtime: .seconds(1_000_000), monotonic: .seconds(5000)), boot: "aaaaaaaa",
    least: .seconds(67), bound: .seconds(75))

  private func sameBoot(after time: Duration, isDue: Bool = true) -> RebootTest.Verdict {
    let now = Moment(
      realtime: test.begun.realtime + time, monotonic: test.begun.monotonic + time)
    return test.verdict(
      .init(now: now, boot: "aaaaaaaa", booted: .zero, endedInOrder: nil, isDue: isDue))
  }

  private func nextBoot(
    _ took: Int, inOrder: Bool? = nil, working: Int? = nil
  ) -> RebootTest.Verdict {
    let booted = test.begun.realtime + .seconds(took)
    return test.verdict(
      .init(
        now: Moment(realtime: booted + .seconds(60), monotonic: .seconds(60)), boot: "bbbbbbbb",
        booted: booted, endedInOrder: inOrder, isDue: false,
        working: working.map { test.begun.realtime + .seconds($0) }))
  }

  @Test func `it runs until its bound and has then failed`() {
    #expect(sameBoot(after: .seconds(10)) == .running(.seconds(65)))
    #expect(sameBoot(after: .seconds(75)) == .running(.zero))
    #expect(sameBoot(after: .seconds(76)) == .failed(.seconds(76)))
  }

  @Test func `a person may end it in any way`() {
    #expect(sameBoot(after: .seconds(10), isDue: false) == .ended)
  }

  @Test func `a reset in time is the device's`() {
    #expect(nextBoot(70) == .worked(.seconds(70), working: nil))
    #expect(nextBoot(70, working: 130) == .worked(.seconds(70), working: .seconds(130)))
    // A server's firmware takes minutes until a kernel runs.
    #expect(nextBoot(400) == .worked(.seconds(400), working: nil))
    #expect(nextBoot(70, inOrder: false) == .worked(.seconds(70), working: nil))
  }

  @Test func `other resets are not`() {
    #expect(nextBoot(70, inOrder: true) == .inOrder)
    #expect(nextBoot(20) == .early(.seconds(20)))
    #expect(nextBoot(5000) == .late(.seconds(5000)))
  }

  @Test func `a clock that began anew does not tell how long it took`() {
    #expect(nextBoot(-900_000) == .worked(nil, working: nil))
  }

  @Test func `what was found once stays`() {
    var test = test
    test.result = .worked(.seconds(70), working: nil)
    let later = Moment(realtime: .seconds(9_000_000), monotonic: .seconds(1))
    #expect(
      test.verdict(
        .init(now: later, boot: "c", booted: .seconds(8_999_999), endedInOrder: true, isDue: false))
        == .worked(.seconds(70), working: nil))
  }

  @Test(
    arguments: [
      .ended, .failed(.seconds(90)), .worked(nil, working: nil), .inOrder, .early(.seconds(3)),
      .worked(.seconds(70), working: .seconds(131)), .late(.seconds(900)), nil,
    ] as [RebootTest.Verdict?])
  func `what is written is read`(result: RebootTest.Verdict?) throws {
    var test = test
    test.result = result
    let read = try #require(RebootTest(parsing: Array(test.text.utf8)))
    #expect(read.begun == test.begun && read.boot == test.boot && read.result == result)
    #expect(read.least == test.least && read.bound == test.bound)
  }

  @Test(arguments: [
    "", "\n", "1 2 a 3", "1 2 a 3 4 5", "x 2 a 3 4", "1 2 a -3 4",
    "99999999999999999999 2 a 3 4", "1 99999999999999999999 a 3 4",
  ])
  func `garbage is no test`(text: String) { #expect(RebootTest(parsing: Array(text.utf8)) == nil) }

  @Test func `garbage on the second line is no result`() throws {
    for line in ["worked x", "failed", "running", "nonsense 5"] {
      let read = try #require(RebootTest(parsing: Array("1 2 a 3 4\n\(line)\n".utf8)))
      #expect(read.result == nil || read.result == .worked(nil, working: nil))
    }
  }

  @Test func `a reboot test is due and kept, but not counted`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let report = Report(tool: "watchdog-chain doctor")
      let test = RebootTest.beginning(link: .seconds(10), timeout: .seconds(60))
      try test.begin(world.roots, state)
      #expect(try RebootDueNote.read(in: state)?.why.hasPrefix("a reboot test by a person") == true)
      #expect(try RebootDueNote.read(in: state)?.isTest == true)
      let kept = try #require(try RebootTest.read(world.roots))
      #expect(kept.boot == test.boot && kept.least == .seconds(67) && kept.bound == .seconds(75))
      world.carry()
      #expect(try LadderState(world.roots, state, at: Moment.now()).reboots == .known(0))
      #expect(world.text("data/reboots")?.contains("ladder") == false)
      #expect(try Incident.lastLines(world.roots).last?.event == .rebootTest)
      try kept.end(.ended, world.roots, state, report)
      #expect(try RebootDueNote.read(in: state) == nil)
      #expect(try RebootTest.read(world.roots)?.result == .ended)
    }
  }

  @Test func `a test that cannot be written down does not begin`() throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      let test = RebootTest.beginning(link: .seconds(10), timeout: .seconds(60))
      try world.makeFolder("data/incidents.jsonl")
      #expect(throws: Failure.self) { try test.begin(world.roots, state) }
      #expect(try RebootDueNote.read(in: state) == nil && RebootTest.read(world.roots) == nil)
    }
  }
}
