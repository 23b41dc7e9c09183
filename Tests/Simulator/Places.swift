#if !TINY
import Rules

/// What lies in /run/watchdog, as values. A program is known by its place in the box.
struct StatePlace: Equatable, Sendable {
  var beats: [BeatFile?]
  var problems: [ProblemFile?]
  var starts: [Duration?]
  var pids: [Int?]
  var pidDates: [Duration]
  var attempts: [AttemptFile?]
  var markVigil: Vigil?
  var memories: [Awaited?]
  var solveVigil: Vigil?
  var checkVigil: Vigil?
  var unsolved: [Unsolved?]
  var restartTime: RestartTime?
  /// alive/TOOL, by `Tool`.
  var alive: [Duration?]
  var hold: Hold?
  var holds: [Hold?]
  var restart: RestartFile?
  var restarts: [RestartEntry]?
  var due: DueFile?
  var stoodDown: StandingDown?
  var record: Record?
  var counted: Counted?
  var isNotFed = false
  var resumed: Duration?
  var isArmed = false

  struct BeatFile: Equatable, Sendable {
    var date: Duration
    var changed: Duration
  }

  struct ProblemFile: Equatable, Sendable {
    var noticed: Duration
    var detector: Detector
    var beat: Duration??
  }

  struct AttemptFile: Equatable, Sendable {
    var solver: Int?
    var attempt: Attempt
  }

  struct RestartTime: Equatable, Sendable {
    var begun: Duration
    var time: Duration
  }

  struct RestartFile: Equatable, Sendable {
    var begun: Duration
    var pid: Int?
  }

  struct RestartEntry: Equatable, Sendable {
    var at: Duration
    var member: Int
    var noticed: Duration
    var ran: Bool
  }

  struct DueFile: Equatable, Sendable {
    var decided: Duration
    var isLeft: Bool
    var member: Int
  }

  enum Counted: Equatable, Sendable {
    case counted(Reboots.Kind?)
    case cannot
  }

  init(count: Int) {
    beats = Array(repeating: nil, count: count)
    problems = Array(repeating: nil, count: count)
    starts = Array(repeating: nil, count: count)
    pids = Array(repeating: nil, count: count)
    pidDates = Array(repeating: .zero, count: count)
    attempts = Array(repeating: nil, count: count)
    memories = Array(repeating: nil, count: count)
    unsolved = Array(repeating: nil, count: count)
    holds = Array(repeating: nil, count: count)
    alive = [nil, nil, nil]
  }
}

/// The file `reboots`.
struct Record: Equatable, Sendable {
  var boot: Int
  var base: Duration
  var uptime: Duration
  var entries: [Entry]

  struct Entry: Equatable, Sendable {
    var at: Duration
    var kind: Reboots.Kind
    var boot: Int
  }

  var reboots: Reboots {
    Reboots(
      base: base,
      entries: entries.map {
        Reboots.Entry(at: $0.at, kind: $0.kind, isOfThisBoot: $0.boot == boot)
      })
  }
}

/// What lies in /var/lib/watchdog, and how its disk is.
struct DiskPlace: Equatable, Sendable {
  var record: Record?
  var stoodDown: StandingDown?
  var restarts: [StatePlace.RestartEntry]?
  var restartsBoot = 0
  var mode = Mode.fine

  enum Mode: Equatable, Sendable {
    case fine
    case slow(Milliseconds)
    case hangs
    case takesNothing
  }
}
#endif
