import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

/// attempts/NAME.
@Suite struct AttemptNoteTests {
  private static func attempt(
    _ count: Int, _ phase: Attempt.Phase, _ time: Duration, waited: Duration = .zero,
    beat: Duration? = nil, restart: Duration? = nil
  ) -> Attempt {
    Attempt(count: count, phase: phase, time: time, waited: waited, beat: beat, restart: restart)
  }

  /// As on 32 bits, where a process that was started 248 days after the boot has a start time that is no Int.
  @Test func `a number that does not fit is none, and ends nothing`() {
    var reader = FieldReader(bytes("2147483648 2147483648 -3 4294967295"))
    #expect(reader.number(Int32.self) == nil)
    #expect(reader.number(Int64.self) == 2_147_483_648)
    #expect(reader.number(UInt32.self) == nil)
    #expect(reader.number(UInt32.self) == .max)
  }

  static let records: [(AttemptNote, String)] = [
    (
      AttemptNote(solver: nil, attempt: attempt(1, .failed, .zero)),
      "0 0 1 failed 0.000000000 0.000000000 - -\n"
    ),
    (
      AttemptNote(
        solver: ProcessIdentity(pid: .max, startTime: UInt64(Int64.max)),
        attempt: attempt(
          1_000_000, .solving, .milliseconds(123_456), waited: .seconds(7), beat: .nanoseconds(1),
          restart: .seconds(1_720_000_000))),
      "2147483647 9223372036854775807 1000000 solving 123.456000000 7.000000000 0.000000001 "
        + "1720000000.000000000\n"
    ),
    (
      AttemptNote(solver: nil, attempt: attempt(0, .tried, .seconds(5), beat: .seconds(-1))),
      "0 0 0 tried 5.000000000 0.000000000 -1.000000000 -\n"
    ),
    (
      AttemptNote(solver: nil, attempt: attempt(3, .proven, .seconds(5), restart: .zero)),
      "0 0 3 proven 5.000000000 0.000000000 - 0.000000000\n"
    ),
  ]

  @Test(arguments: records)
  func `what was written is read again`(record: AttemptNote, text: String) {
    #expect(record.text == text)
    #expect(AttemptNote(parsing: Array(text.utf8)) == record)
    #expect(text.utf8.count <= AttemptNote.largestFile)
  }

  private static let good = "1 2 3 tried 4.000000000 5.000000000 - -"

  @Test(arguments: [
    "", "\n", "garbage\n", "1 2 3 4\n", good, "\(good)\n\n", "\(good) -\n", "-\(good)\n",
    "2147483648 2 3 tried 4.000000000 5.000000000 - -\n",
    "1 2 1000001 tried 4.000000000 5.000000000 - -\n", "1 2 -1 tried 4.000000000 5.000000000 - -\n",
    "1 2 3 trying 4.000000000 5.000000000 - -\n", "1 2 3 tried 4 5 - -\n",
    "1  2 3 tried 4.000000000 5.000000000 - -\n", "\(good)\0\n",
    "1 2 3 tried 99999999999999999999.000000000 5.000000000 - -\n",
    // As the first version wrote it.
    "1 2 3 4000\n",
  ])
  func `garbage is no attempt`(text: String) {
    #expect(AttemptNote(parsing: Array("\(AttemptNoteTests.good)\n".utf8)) != nil)
    #expect(AttemptNote(parsing: Array(text.utf8)) == nil)
  }

  @Test func `an attempt is kept and read`() throws {
    try World.with { world in
      let name = try #require(Name("web"))
      let attempts = try Attempts(in: StateFolder(world.roots))
      let none = try attempts.read(name)
      #expect(none == nil)
      for (record, text) in AttemptNoteTests.records {
        try attempts.keep(record, for: name)
        #expect(world.text("run/attempts/web") == text)
        let read = try attempts.read(name)
        #expect(read == record)
      }
      try world.write("garbage", to: "run/attempts/web")
      let garbage = try attempts.read(name)
      #expect(garbage == nil)
    }
  }
}
