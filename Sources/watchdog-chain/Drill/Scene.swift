import Linux

/// One thing that is broken before the reader's eyes, and what must come of it.
struct Scene {
  /// What is broken.
  enum Fault {
    /// The program stops working but does not end.
    case programHangs
    /// The program ends.
    case programDies
    /// The program ends, and whoever restarts it does nothing.
    case solverBroken
    /// mark-problems is gone.
    case markProblemsGone
    /// check-solutions hangs.
    case checkSolutionsHangs

    /// In words.
    var words: String {
      switch self {
      case .programHangs: "the program hangs"
      case .programDies: "the program dies"
      case .solverBroken: "whoever restarts it is broken"
      case .markProblemsGone: "mark-problems no longer runs"
      case .checkSolutionsHangs: "check-solutions hangs"
      }
    }

    /// Whether mending it takes a reboot.
    var endsInReboot: Bool {
      switch self {
      case .programHangs, .programDies, .solverBroken: false
      case .markProblemsGone, .checkSolutionsHangs: true
      }
    }
  }

  /// What can be seen of the chain's work.
  enum Sign {
    /// There is a problem.
    case noticed
    /// restart-system was run.
    case systemRestarted
    /// A new process of the program beats, and there is no problem left.
    case beatsAgain
    /// The device has been without food for its timeout.
    case reboot

    /// In words.
    var words: String {
      switch self {
      case .noticed: "noticed by mark-problems"
      case .systemRestarted: "restart-system run by check-solutions"
      case .beatsAgain: "a new process beats"
      case .reboot: "the device would reboot the box"
      }
    }
  }

  /// What must be seen, and how long after the fault at the latest.
  struct Expectation {
    let sign: Sign
    let bound: Duration
  }

  let fault: Fault
  let expectations: [Expectation]

  /// The scenes of the drill. Each bound is the sum of the thresholds that lead to it; `slack` is for the
  /// second in which a tool runs, and the one that its work may take.
  static func all(_ limits: Limits) -> [Scene] {
    let slack: Duration = .seconds(2)
    let late = limits.heart + slack
    let dead = slack
    let reboot = limits.chain + limits.deviceTimeout + slack
    return [
      Scene(
        fault: .programHangs,
        expectations: [
          .init(sign: .noticed, bound: late), .init(sign: .beatsAgain, bound: late + slack),
        ]),
      Scene(
        fault: .programDies,
        expectations: [
          .init(sign: .noticed, bound: dead), .init(sign: .beatsAgain, bound: dead + slack),
        ]),
      Scene(
        fault: .solverBroken,
        expectations: [
          .init(sign: .noticed, bound: dead),
          .init(sign: .systemRestarted, bound: dead + limits.solveWithin + slack),
          .init(sign: .beatsAgain, bound: dead + limits.solveWithin + slack + slack),
        ]),
      Scene(fault: .markProblemsGone, expectations: [.init(sign: .reboot, bound: reboot)]),
      Scene(fault: .checkSolutionsHangs, expectations: [.init(sign: .reboot, bound: reboot)]),
    ]
  }
}

/// The thresholds of the drill's world: as short as they can be, to be quick.
struct Limits {
  let heart: Duration = .seconds(2)
  let solveWithin: Duration = .seconds(3)
  let chain: Duration = .seconds(3)
  let deviceTimeout: Duration = .seconds(5)
}
