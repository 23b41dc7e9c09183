import LinuxCalls

/// One thing that is broken before the reader's eyes, and what must come of it.
struct Scene {
  /// What is broken.
  enum Fault: Literal {
    case programHangs = "the program hangs"
    /// But for a process of it that holds its port.
    case programDies = "the program dies"
    case solutionHangs = "the solution hangs"
    case solveProblemsGone = "solve-problems no longer runs"
    /// It ends whenever it is started.
    case programBroken = "the program is broken for good"
    case rebootDoesNotHelp = "a reboot does not help"
    case markProblemsGone = "mark-problems no longer runs"
    case checkSolutionsHangs = "check-solutions hangs"
  }

  /// How the world becomes well again.
  enum Cure {
    /// It has mended itself; what was broken is put back for the next scene.
    case none
    /// The next scene goes on with what is broken.
    case goesOn
    /// A reboot.
    case reboot
    /// A person.
    case resume
  }

  /// What can be seen of the chain's work.
  enum Sign: Literal {
    case noticed = "noticed by mark-problems"
    case solverKilled = "the solver killed, to try again"
    case startedAnew = "a new process, by solve-problems"
    case systemRestarted = "restart-system run by check-solutions"
    /// And there is no problem left.
    case beatsAgain = "a new process beats"
    /// It has been without food for its timeout.
    case reboot = "the device would reboot the box"
    /// Single programs are mended, and the device is fed.
    case stoodDown = "stood down: fed, and at rest"
  }

  /// What must be seen, and how long after the fault at the latest.
  struct Expectation {
    let sign: Sign
    let bound: Duration
  }

  let fault: Fault
  let expectations: [Expectation]
  let cure: Cure

  init(_ fault: Fault, _ expectations: [(Sign, Duration)], cure: Cure = .none) {
    self.fault = fault
    self.expectations = expectations.map { Expectation(sign: $0.0, bound: $0.1) }
    self.cure = cure
  }

  /// The scenes of the drill. Each bound is the sum of the thresholds that lead to it; `slack` is for the
  /// second in which a tool runs, and the one that its work may take.
  static func all(_ limits: Limits) -> [Scene] {
    let slack: Duration = .seconds(2)
    let late = limits.heart + slack
    let dead = slack
    // TERM, a second, KILL, and the program's own start.
    let mended: Duration = .seconds(3)
    let restart = dead + limits.solveWithin + slack
    let starved = limits.chain + limits.deviceTimeout + slack
    return [
      Scene(.programHangs, [(.noticed, late), (.beatsAgain, limits.heart + mended)]),
      Scene(.programDies, [(.noticed, dead), (.beatsAgain, dead + mended)]),
      Scene(
        .solutionHangs,
        [
          (.noticed, dead), (.solverKilled, dead + limits.solveTime + slack),
          (.systemRestarted, restart), (.beatsAgain, restart + mended),
        ]),
      Scene(
        .solveProblemsGone,
        [(.noticed, dead), (.systemRestarted, restart), (.beatsAgain, restart + mended)]),
      Scene(
        .programBroken,
        [
          (.noticed, dead), (.systemRestarted, restart),
          (.reboot, restart + limits.solveWithin + slack + starved),
        ], cure: .goesOn),
      Scene(
        .rebootDoesNotHelp,
        [
          (.noticed, dead), (.systemRestarted, restart),
          (.stoodDown, restart + limits.solveWithin + slack),
        ], cure: .resume),
      Scene(.markProblemsGone, [(.reboot, starved)], cure: .reboot),
      Scene(.checkSolutionsHangs, [(.reboot, starved)], cure: .reboot),
    ]
  }
}

/// The thresholds of the drill's world: as short as they can be, to be quick.
struct Limits {
  let heart: Duration = .seconds(2)
  let solveTime: Duration = .seconds(2)
  let solveWithin: Duration = .seconds(3)
  let chain: Duration = .seconds(3)
  let deviceTimeout: Duration = .seconds(5)

  /// The settings by their names.
  var settings: [(String, Int64)] {
    [
      ("solve-time", solveTime.wholeSeconds), ("solve-within", solveWithin.wholeSeconds),
      ("device-timeout", deviceTimeout.wholeSeconds), ("grace", 1), ("minimum-uptime", 1),
      ("restarts-before-reboot", 1), ("reboots-before-standing-down", 1),
    ]
  }
}
