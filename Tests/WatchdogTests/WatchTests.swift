import LinuxCalls
import Rules
import TestSupport
import Testing

@testable import Watchdog

@Suite struct WatchTests {
  private let record = "run/vigils/watch-test"

  /// A watch of a tool whose last run left `record` behind.
  private func with(
    record text: String?,
    _ body: (World, borrowing Watch, borrowing StateFolder, borrowing Drafts) throws -> Void
  ) throws {
    try World.with { world in
      let state = try StateFolder(world.roots)
      if let text {
        try world.makeFolder("run/vigils")
        try world.write(text, to: record)
      }
      let drafts = try Drafts(in: state)
      let watch = try Watch(of: "watch-test", in: state)
      try body(world, watch, state, drafts)
    }
  }

  @Test(arguments: [
    nil, "", "garbage", "1.000000000 2.000000000 4.000000000 3.000000000",
    "1.000000000 2.000000000 3.000000000\n" + String(repeating: "x", count: 100_000),
  ])
  func `without a record it begins to watch now`(text: String?) throws {
    let before = Moment.now()
    try with(record: text) { _, watch, _, _ in
      let look = watch.look
      #expect(look.vigil.watched == .zero && look.vigil.begun == .zero)
      #expect(look.vigil.lastLook >= before.monotonic)
      #expect(look.breach == nil && look.counted == .zero)
    }
  }

  private func last(_ now: Moment, clockOff: Duration = .zero) -> Vigil {
    Vigil(
      lastLook: now.monotonic, clockOffset: now.clockOffset - clockOff, watched: .seconds(1000),
      begun: .seconds(10))
  }

  @Test func `it goes on where the last run stopped`() throws {
    let last = last(Moment.now())
    try with(record: last.line) { _, watch, _, _ in
      let look = watch.look
      #expect(look.vigil.begun == last.begun)
      #expect(look.vigil.watched == last.watched + look.counted)
      #expect(look.vigil.lastLook >= last.lastLook)
    }
  }

  @Test func `it says what broke the vigil, and keeps what was watched`() throws {
    let last = last(Moment.now(), clockOff: .seconds(3600))
    try with(record: last.line) { _, watch, _, _ in
      let look = watch.look
      guard case .clockMoved(let by) = look.breach else {
        Issue.record("\(String(describing: look.breach))")
        return
      }
      #expect((by - .seconds(3600)).magnitude < .seconds(1))
      #expect(look.broken == last)
      #expect(look.vigil.begun == last.watched + look.counted)
    }
  }

  @Test func `its record is written whole, and read by the next run`() throws {
    try with(record: nil) { world, watch, state, drafts in
      #expect(world.status(record) == nil)
      try watch.keep("", with: drafts)
      let vigil = watch.look.vigil
      let text = try #require(world.text(record))
      #expect(text == vigil.line)
      #expect(world.names(in: "run/drafts") == [])
      #expect(world.status("run/alive/watch-test") == nil, "which says that a whole run went well")
    }
  }

  @Test func `a record that cannot be written is a failure that names it`() throws {
    try with(record: nil) { world, watch, _, drafts in
      try world.makeFolder(record)
      var sentence: String?
      do throws(Failure) { try watch.keep("", with: drafts) } catch { sentence = error.sentence }
      #expect(sentence == "unable to write \(world.path)/\(record): Is a directory")
    }
  }

  @Test func `a run that went well touches its sign of life`() throws {
    try with(record: nil) { world, watch, state, drafts in
      let before = Clock.realtime - .seconds(1)
      for _ in 0..<2 {
        try watch.touch(in: state, with: drafts)
        let status = try #require(world.status("run/alive/watch-test"))
        #expect(status.modified > before)
        #expect(world.text("run/alive/watch-test") == "")
        world.date("run/alive/watch-test", .seconds(5))
      }
    }
  }

  // MARK: Memories

  @Test func `what is remembered is there in the next run`() throws {
    let web = try #require(Name("web"))
    let db = try #require(Name("db"))
    let memory = Awaited(beat: .seconds(7), since: .seconds(3), start: nil, answered: nil)
    try with(record: nil) { world, watch, state, drafts in
      var memories = Memories<Awaited>()
      memories.append(web, memory)
      memories.append(db, Awaited(beat: nil, since: .zero, start: nil, answered: nil))
      try watch.keep(memories.text, with: drafts)
      let again = try Watch(of: "watch-test", in: state).last.memories(of: Awaited.self)
      #expect(again[web] == memory)
      #expect(again[db]?.beat == nil && again[db] != nil)
      let other = try #require(Name("other"))
      #expect(again[other] == nil)
      let peek = try VigilPeek(of: "watch-test", in: state, at: Moment.now())
      #expect(peek.memories(of: Awaited.self)[web] == memory)
    }
  }

  /// Another run may write while this one is held up: what is younger than now would be of another boot.
  @Test func `the clock is read after what the last run has written`() throws {
    let before = last(Moment.now())
    try with(record: before.line) { world, _, state, _ in
      func meanwhile() -> Moment {
        var later = last(Moment.now())
        later.lastLook += .seconds(1000)
        _ = try? world.write(later.line, to: record)
        return Moment.now()
      }
      let peek = try VigilPeek(of: "watch-test", in: state, at: meanwhile())
      #expect(peek.look.breach == nil)
      #expect(try VigilPeek(of: "watch-test", in: state, at: Moment.now()).look.breach != nil)
    }
  }

  @Test func `nothing is remembered from another boot`() throws {
    var last = last(Moment.now())
    last.lastLook += .seconds(1000)
    let text = "\(last.line)web - 3.000000000 - - - - -\n"
    try with(record: text) { _, watch, _, _ in
      let web = try #require(Name("web"))
      #expect(watch.last.memories(of: Awaited.self)[web] == nil)
      #expect(watch.look.breach == .otherBoot)
    }
  }

  @Test func `invalid lines are forgotten`() throws {
    let last = last(Moment.now())
    let lines =
      "garbage\n.special 1\nweb x\na/b - 3.000000000 - - - - -\ndb - 3.000000000 - - - - -\n"
    try with(record: last.line + lines) { _, watch, _, _ in
      let memories = watch.last.memories(of: Awaited.self)
      let (web, db) = (try #require(Name("web")), try #require(Name("db")))
      #expect(memories[web] == nil)
      #expect(memories[db]?.since == .seconds(3))
    }
  }

  static let words: [(Vigil.Breach, String?)] = [
    (.clockMoved(.milliseconds(-3_600_500)), "the clock was set back by 3600.5 s"),
    (.clockMoved(.seconds(2)), "the clock was set forward by 2.0 s, or the box slept"),
    (.pause(.milliseconds(120_250)), "nothing ran for 120.2 s"),
    // Too short to be worth a line.
    (.pause(.milliseconds(4300)), nil),
    (.otherBoot, nil),
  ]

  @Test(arguments: words)
  func `people are told what broke it`(breach: Vigil.Breach, words: String?) {
    #expect(breach.words == words)
  }
}

@Suite struct GenerationTests {
  private func with(_ body: (World, borrowing StateFolder) throws -> Void) throws {
    try World.with { world in try body(world, StateFolder(world.roots)) }
  }

  @Test func `the older one works, and the younger takes over when it is gone`() throws {
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

  @Test func `one that stands by again lets another one work first`() throws {
    try with { _, state in
      var one = try Generation("helper", lifetime: .seconds(120), in: state)
      var other = try Generation("helper", lifetime: .seconds(120), in: state)
      try one.tryToWork()
      one.standBy()
      try one.tryToWork()
      try other.tryToWork()
      let works = [one.works, other.works]
      #expect(works == [false, true])
    }
  }

  @Test func `helpers of another name do not matter to it`() throws {
    try with { _, state in
      var one = try Generation("one", lifetime: .seconds(120), in: state)
      var two = try Generation("two", lifetime: .seconds(120), in: state)
      try one.tryToWork()
      try two.tryToWork()
      let works = [one.works, two.works]
      #expect(works == [true, true])
    }
  }

  @Test func `a shorter note leaves nothing of a longer one`() throws {
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
  func `a useless note is none`(text: String) throws {
    try with { world, state in
      let helper = try Generation("helper", lifetime: .seconds(120), in: state)
      try world.write(text, to: "run/locks/helper")
      let note = helper.lastWork()
      #expect(note == nil)
    }
  }

  @Test func `a lock file that was replaced is noticed, and the new one is used`() throws {
    try with { world, state in
      var older = try Generation("helper", lifetime: .seconds(120), in: state)
      try older.tryToWork()
      let inPlace = !older.isReplaced()
      #expect(inPlace)
      try world.remove("run/locks/helper")
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

  @Test func `a lifetime is over when its time is`() throws {
    try with { _, state in
      let before = Clock.monotonic
      let short = try Generation("helper", lifetime: .zero, in: state)
      let long = try Generation("helper", lifetime: .seconds(120), in: state)
      let over = [short.isOver, long.isOver]
      let end = long.end
      #expect(over == [true, false])
      #expect(end >= before + .seconds(120))
    }
  }
}
