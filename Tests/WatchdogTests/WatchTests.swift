import Linux
import Testing
import Watchdog

@Suite struct WatchTests {
  private let record = "run/alive/watch-test"

  /// A watch of a tool whose last run left `record` behind.
  private func with(
    record text: String?, _ body: (World, inout Watch, borrowing Drafts) throws -> Void
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      if let text {
        try world.makeFolder("run/alive")
        try world.write(record, text)
      }
      let drafts = try Drafts(of: "watch-test", in: state)
      var watch = try Watch(of: "watch-test", in: state)
      try body(world, &watch, drafts)
    }
  }

  @Test(arguments: [
    nil, "", "garbage", "1.000000000 2.000000000 3.000000000",
    "1.000000000 2.000000000 3.000000000\n" + String(repeating: "x", count: 100_000),
  ])
  func withoutARecordItBeginsToWatchNow(text: String?) throws {
    let before = Moment.now()
    try with(record: text) { _, watch, _ in
      let vigil = watch.vigil
      let breach = watch.breach
      #expect(vigil.watchingSince >= before.realtime - .seconds(1))
      #expect(vigil.lastLook >= before.monotonic)
      #expect(breach == nil)
    }
  }

  @Test func itGoesOnWhereTheLastRunEnded() throws {
    let now = Moment.now()
    let last = Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset,
      watchingSince: now.realtime - .seconds(1000))
    try with(record: last.text) { _, watch, _ in
      let vigil = watch.vigil
      #expect(vigil.watchingSince == last.watchingSince)
      #expect(vigil.lastLook >= last.lastLook)
    }
  }

  @Test func itSaysWhatBrokeTheVigilOff() throws {
    let now = Moment.now()
    let last = Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset - .seconds(3600),
      watchingSince: now.realtime - .seconds(1000))
    try with(record: last.text) { _, watch, _ in
      let breach = watch.breach
      guard case .clockMoved(let by) = breach else {
        Issue.record("\(String(describing: breach))")
        return
      }
      #expect((by - .seconds(3600)).magnitude < .seconds(1))
      let vigil = watch.vigil
      #expect(vigil.watchingSince >= now.realtime)
    }
  }

  @Test func itsRecordIsWrittenWholeAndIsReadByTheNextRun() throws {
    try with(record: nil) { world, watch, drafts in
      #expect(world.status(record) == nil)
      try watch.touch(with: drafts)
      let vigil = watch.vigil
      let text = try #require(world.text(record))
      #expect(Vigil(parsing: Array(text.utf8)) == vigil)
      #expect(world.names(in: "run/drafts") == [])
    }
  }

  @Test func aRecordThatCannotBeWrittenIsAFailureThatNamesIt() throws {
    try with(record: nil) { world, watch, drafts in
      try world.makeFolder(record)
      var sentence: String?
      do throws(Failure) { try watch.touch(with: drafts) } catch { sentence = error.sentence }
      #expect(sentence == "unable to write \(world.path)/\(record): Is a directory")
    }
  }

  static let words: [(Vigil.Breach, String?)] = [
    (.clockMoved(.milliseconds(-3_600_500)), "the clock was set back by 3600.5 s"),
    (.clockMoved(.seconds(2)), "the clock was set forward by 2.0 s, or the box slept"),
    (.pause(.milliseconds(120_250)), "nothing ran for 120.2 s"),
    (.otherBoot, nil),
  ]

  @Test(arguments: words)
  func peopleAreToldWhatBrokeIt(breach: Vigil.Breach, words: String?) {
    #expect(breach.words == words)
  }
}

@Suite struct GenerationTests {
  private func with(_ body: (World, borrowing StateFolder) throws -> Void) throws {
    try World.with { world in try body(world, StateFolder(world.roots)) }
  }

  @Test func theOlderOneWorksAndTheYoungerTakesOverWhenItIsGone() throws {
    try with { _, state in
      var younger = try Generation("helper", lifetime: .seconds(120), in: state)
      do {
        var older = try Generation("helper", lifetime: .seconds(120), in: state)
        try older.tryToWork()
        try younger.tryToWork()
        let works = [older.works, younger.works]
        #expect(works == [true, false])
        try older.noteWork(at: .seconds(1234))
      }
      try younger.tryToWork()
      let works = younger.works
      let note = younger.lastWork()
      #expect(works)
      #expect(note == .seconds(1234))
    }
  }

  @Test func thoseOfAnotherNameAreNoneOfItsBusiness() throws {
    try with { _, state in
      var one = try Generation("one", lifetime: .seconds(120), in: state)
      var two = try Generation("two", lifetime: .seconds(120), in: state)
      try one.tryToWork()
      try two.tryToWork()
      let works = [one.works, two.works]
      #expect(works == [true, true])
    }
  }

  @Test func aShorterNoteLeavesNothingOfALongerOne() throws {
    try with { world, state in
      let helper = try Generation("helper", lifetime: .seconds(120), in: state)
      let before = helper.lastWork()
      #expect(before == nil)
      try helper.noteWork(at: .seconds(999_999_999))
      try helper.noteWork(at: .nanoseconds(7))
      let note = helper.lastWork()
      #expect(note == .nanoseconds(7))
      #expect(world.text("run/locks/helper") == "0000000000000000007\n")
    }
  }

  @Test(arguments: ["", "soon\n", "99999999999999999999\n", "9223372036854775808\n", "-5\n"])
  func aNoteOfNoUseIsNone(text: String) throws {
    try with { world, state in
      let helper = try Generation("helper", lifetime: .seconds(120), in: state)
      try world.write("run/locks/helper", text)
      let note = helper.lastWork()
      #expect(note == nil)
    }
  }

  @Test func aLockFileThatWasReplacedIsNoticedAndTheNewOneIsUsed() throws {
    try with { world, state in
      var older = try Generation("helper", lifetime: .seconds(120), in: state)
      try older.tryToWork()
      let inPlace = !older.isReplaced()
      #expect(inPlace)
      try world.delete("run/locks/helper")
      let isReplaced = older.isReplaced()
      #expect(isReplaced)
      var younger = try Generation("helper", lifetime: .seconds(120), in: state)
      var next = try Generation("helper", lifetime: .seconds(120), in: state)
      try younger.tryToWork()
      try next.tryToWork()
      let works = [younger.works, next.works]
      #expect(works == [true, false])
    }
  }

  @Test func aLifeIsOverWhenItsTimeIs() throws {
    try with { _, state in
      let before = Moment.now().monotonic
      let short = try Generation("helper", lifetime: .zero, in: state)
      let long = try Generation("helper", lifetime: .seconds(120), in: state)
      let over = [short.isOver, long.isOver]
      let end = long.end
      #expect(over == [true, false])
      #expect(end >= before + .seconds(120))
    }
  }
}
