import Rules
import TestSupport

/// A box in which time is a number, with one program that is broken: mark-problems, solve-problems and check-solutions
/// each look once a second, as the tools do, and remember what they remember. Its restart-system takes two seconds.
struct MendedBox {
  /// What the program does after each start, once it is broken.
  struct Program: Sendable {
    /// When it beats for the first time; nil when it never does.
    var firstBeat: Int?
    /// For how long it beats then, each second, until it hangs; nil when it goes on.
    var beatsFor: Int?
    /// When it ends; nil when it does not.
    var end: Int?
  }

  /// What happened, in seconds since the program broke.
  private(set) var restarts: [Int] = []
  private(set) var reboot: Int?
  private(set) var noticed: Int?
  private(set) var attempts = 0
  private(set) var proofs = 0

  let heart: Heart
  let solveWithin: Duration
  let ladder = Ladder(
    minimumUptime: .seconds(120), restartsBeforeReboot: 3, restartsWindow: .seconds(900),
    rebootsBeforeStandingDown: 5, rebootsWindow: .seconds(86_400))
  private let program: Program
  private var now = noon
  private var seconds = 0
  private var beat: Duration?
  private var start: Duration?
  private var startedAt: Int?
  private var vigil: Vigil?
  private var memory: Awaited?
  private var problem: (noticed: Duration, beat: Duration?)?
  private var attempt: Attempt?
  private var isSolving = false
  private var unsolved: Unsolved?
  private var restart: (date: Duration, end: Int)?
  private var restarted: [(at: Duration, noticed: Duration)] = []
  private var due: RebootDue?

  /// A program that has beaten until now, and is broken from now on.
  init(limit: Int, startLimit: Int, solveWithin: Int = 30, _ program: Program) {
    heart = Heart(
      limit: .seconds(limit), startLimit: .seconds(startLimit), owner: 0,
      given: .seconds(1_700_000_000))
    self.solveWithin = .seconds(solveWithin)
    self.program = program
    beat = now.realtime
    vigil = Vigil(beginning: now, watched: .seconds(1000))
    vigil?.begun = .zero
  }

  private var isGone: Bool {
    guard let startedAt else { return program.end != nil }
    return program.end.map { seconds - startedAt >= $0 } ?? false
  }

  mutating func run(_ most: Int) {
    while seconds < most, reboot == nil { second() }
  }

  private mutating func second() {
    seconds += 1
    now = now.later(by: .seconds(1))
    live()
    let look = Look(after: vigil, now: now)
    vigil = look.vigil
    mark(look)
    solve(look.counted)
    check(look.counted)
  }

  private mutating func live() {
    if let restart, restart.end == seconds { begin() }
    guard !isGone, let startedAt, let first = program.firstBeat else { return }
    let age = seconds - startedAt
    if age >= first, age < first + (program.beatsFor ?? .max / 2) { beat = now.realtime }
  }

  private mutating func begin() {
    startedAt = seconds
    start = now.realtime
  }

  // MARK: The tools

  private mutating func mark(_ look: Look) {
    var seen = Heart.Seen(
      beat: beat.map { .at($0) } ?? .never, given: heart.given, start: .notAsked,
      latest: now.realtime)
    var condition = heart.condition(seen, memory: memory, at: look)
    if condition.asksForStart {
      seen.start = start.map { .at($0) } ?? .none
      condition = heart.condition(seen, memory: memory, at: look)
    }
    memory = condition.memory
    guard condition.isLate || isGone, problem == nil else { return }
    problem = (now.realtime, beat)
    noticed = noticed ?? seconds
  }

  private func trouble(_ problem: (noticed: Duration, beat: Duration?)) -> Trouble {
    Trouble(
      detector: .heart, age: now.realtime - problem.noticed, beatBefore: problem.beat,
      promise: .heart(limit: heart.limit, startLimit: heart.startLimit),
      beat: beat.map { .at($0) } ?? .never, process: isGone ? .gone : .runs, means: .program,
      limits: .init(lastStep: nil, solveTime: .seconds(20), solveWithin: solveWithin),
      attempt: attempt, isSolverRunning: isSolving)
  }

  private var box: Surroundings {
    Surroundings(
      hold: nil, restart: restart?.date, isRestarting: restart.map { $0.end > seconds } ?? false,
      isResting: false)
  }

  private mutating func solve(_ counted: Duration) {
    // The solver ends what is left, starts the program, and looks for a second whether it runs.
    if isSolving {
      isSolving = false
      begin()
      attempt?.time = now.monotonic
      attempt?.phase = program.end.map { $0 <= 1 } ?? false ? .failed : .tried
      return
    }
    guard let problem else { return }
    switch trouble(problem).plan(box, at: now) {
    case .over:
      self.problem = nil
      attempt?.phase = .proven
      attempt?.time = now.monotonic
      proofs += 1
    case .begin(let count):
      attempts += 1
      isSolving = true
      attempt = Attempt(
        count: count, phase: .solving, time: now.monotonic, waited: .zero, beat: beat,
        restart: restart?.date)
    case .tried: attempt?.waited += counted
    case .tryAnew(let count):
      attempt = Attempt(
        count: count, phase: .tried, time: now.monotonic, waited: .zero, beat: beat,
        restart: restart?.date)
    default: break
    }
  }

  private mutating func check(_ counted: Duration) {
    guard let problem else {
      unsolved = nil
      due = nil
      return
    }
    let trouble = trouble(problem)
    let next = Unsolved.next(
      after: unsolved, noticed: problem.noticed, trouble, trouble.plan(box, at: now), box,
      resumed: nil, counted: counted)
    unsolved = next
    if let due {
      let order = due.order(
        isWanted: next.isDue(trouble), isHeld: false, ladder: ladder, uptime: now.monotonic)
      if order == .leave { reboot = seconds }
      self.due?.isCounted = true
      return
    }
    guard next.isDue(trouble), !box.isRestarting else { return }
    let count = ladder.count(
      restarted.map {
        Ladder.Restart(
          age: now.monotonic - $0.at, isOfSame: true, stands: $0.noticed == problem.noticed)
      }, seen: next.restarts)
    let rung = ladder.next(
      Ladder.Position(
        uptime: now.monotonic, restarts: count, reboots: .known(0), device: .armed,
        isResting: false), last: trouble.reach)
    switch rung {
    case .restart:
      isSolving = false
      restart = (now.realtime, seconds + 2)
      restarted.append((now.monotonic, problem.noticed))
      restarts.append(seconds)
    case .reboot: due = RebootDue(decided: now.monotonic, isCounted: false, isLeft: false)
    default: break
    }
  }
}
