#if !TINY
import Rules

/// A box, its programs, its disk and its device, at one instant. A value: who copies it can go on from it in two ways.
struct World: Sendable {
  let box: Box
  var random: Random
  var now: Milliseconds = 0
  var programs: [Program]
  var state: StatePlace
  var disk = DiskPlace()
  var solvers: [Solver?]
  var restart: RestartRun?
  var clerk = ClerkRun()
  var tools = [ToolRun(), ToolRun(), ToolRun()]
  var feeder = Feeder()
  var faults: [Fault] = []
  var judge: Judge
  var diary: Diary

  // The boot.
  var boot = 1
  var bootAt: Milliseconds = 0
  /// For how long CLOCK_MONOTONIC stood still in this boot.
  var asleep: Milliseconds = 0
  /// CLOCK_REALTIME less the true time.
  var offset: Milliseconds = 1_750_000_000_000
  var lastTick: Duration?
  var cronFrom: Milliseconds = 0
  var cronUntil: Milliseconds = .max
  var noProcessUntil: Milliseconds = 0
  var didReset = false
  var lastFault: Milliseconds = 0
  var restartNature = RestartNature.fine
  var nextPid = 100
  /// A clock that somebody sets back and forth: by how much, and how often.
  var clockFight: (by: Milliseconds, every: Milliseconds, next: Milliseconds)?

  init(_ box: Box, seed: UInt64, isLogged: Bool) {
    self.box = box
    random = Random(seed: seed)
    let count = box.members.count
    programs = Array(repeating: Program(), count: count)
    state = StatePlace(count: count)
    solvers = Array(repeating: nil, count: count)
    judge = Judge(count: count)
    diary = Diary(isKept: isLogged)
    boot(after: .powerCut)
  }

  var moment: Moment { Moment(realtime: realtime, monotonic: monotonic) }
  var realtime: Duration { .milliseconds(now + offset) }
  var monotonic: Duration { .milliseconds(now - bootAt - asleep) }
  /// The date of a file that is touched now: the kernel's clock for them is behind.
  var fileDate: Duration { .milliseconds(now + offset - (now & 7)) }

  /// True time at which CLOCK_MONOTONIC shows this, or soon after.
  func instant(ofMonotonic time: Duration) -> Milliseconds {
    let (seconds, attoseconds) = time.components
    return bootAt + asleep + seconds * 1000 + (attoseconds + 999_999_999_999_999)
      / 1_000_000_000_000_000
  }

  func hasProcess() -> Bool { now >= noProcessUntil }

  mutating func note(_ words: String) { diary.note(words, now, boot) }

  // MARK: Going on

  /// Goes on to the next second, and does what is done in it.
  mutating func second() {
    let tick = instant(ofMonotonic: Ticker.next(after: lastTick, now: moment))
    while let event = nextEvent(before: tick) {
      now = max(now, event.at)
      handle(event.kind)
      // A boot, or a clock that moved, begins another second.
      if event.kind == .fault { return }
    }
    now = tick
    lastTick = monotonic
    if lookAtDevice() { return }
    feed()
    if now >= cronFrom, now < cronUntil {
      runTools()
    }
    judgeSecond()
  }

  enum EventKind: Equatable {
    case beat(Int)
    case end(Int)
    case solver(Int)
    case restart
    case clerk
    case tool(Int)
    case clock
    case fault
  }

  private func nextEvent(before tick: Milliseconds) -> (at: Milliseconds, kind: EventKind)? {
    var at = tick
    var kind: EventKind?
    func offer(_ time: Milliseconds, _ offered: EventKind) {
      if time < at { (at, kind) = (time, offered) }
    }
    for index in programs.indices {
      offer(programs[index].nextBeat, .beat(index))
      offer(programs[index].nextEnd, .end(index))
      if let solver = solvers[index] { offer(solver.nextAt, .solver(index)) }
    }
    if let restart { offer(restart.nextAt, .restart) }
    offer(clerk.endsAt, .clerk)
    for index in tools.indices { offer(tools[index].worksAt, .tool(index)) }
    if let clockFight { offer(clockFight.next, .clock) }
    if let fault = faults.first { offer(fault.at, .fault) }
    return kind.map { (at, $0) }
  }

  private mutating func handle(_ kind: EventKind) {
    switch kind {
    case .beat(let index): beat(index)
    case .end(let index): end(index)
    case .solver(let index): goOnSolving(index)
    case .restart: goOnRestarting()
    case .clerk: endClerk()
    case .tool(let index): workLate(index)
    case .clock: fightOverClock()
    case .fault:
      let fault = faults.removeFirst()
      lastFault = now
      apply(fault.kind)
    }
  }

  // MARK: Boots

  enum BootCause: Equatable {
    case powerCut
    case orderly
    case device
  }

  /// The box goes down, and comes up again.
  mutating func boot(after cause: BootCause) {
    leaveBoot(cause)
    boot += 1
    let hangs = disk.mode == .hangs
    now += box.bootTakes
    if hangs { disk.mode = .fine }
    bootAt = now
    asleep = 0
    if box.hasNoClock { offset = 1_000_000 - now }
    lastTick = nil
    didReset = cause == .device
    state = StatePlace(count: programs.count)
    solvers = Array(repeating: nil, count: programs.count)
    restart = nil
    clerk = ClerkRun()
    tools = [ToolRun(), ToolRun(), ToolRun()]
    feeder = Feeder()
    cronFrom = now + box.cronAfter
    cronUntil = .max
    noProcessUntil = 0
    note("--- boot \(boot) after \(cause) ---")
    judge.enterBoot()
    for index in programs.indices {
      programs[index].stop()
      start(index)
    }
    if box.hasNoClock {
      insert(Fault(at: now + random.within(2, 200) * 1000, kind: .clockSet(true)))
    }
  }

  mutating func insert(_ fault: Fault) {
    let place = faults.firstIndex { $0.at > fault.at } ?? faults.endIndex
    faults.insert(fault, at: place)
  }
}

/// What happened, for people. Kept only for a life that is told.
struct Diary: Sendable {
  let isKept: Bool
  private(set) var lines: [String] = []

  init(isKept: Bool) { self.isKept = isKept }

  mutating func note(_ words: String, _ now: Milliseconds, _ boot: Int) {
    guard isKept else { return }
    let (seconds, rest) = (now / 1000, now % 1000)
    let padded = String(repeating: "0", count: 3 - String(rest).utf8.count) + String(rest)
    lines.append("boot \(boot) \(seconds).\(padded) \(words)")
    if lines.count > 5000 { lines.removeFirst(2500) }
  }
}
#endif
