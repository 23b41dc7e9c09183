/// The ladder by which processes are ended, as data: which signals, how long to wait after them, and what
/// comes next. It is told what each look found, and answers what to do; it sends nothing itself.
public struct Teardown: Sendable {
  /// What is done to processes.
  public enum Act: Equatable, Sendable {
    /// Asks them to end. One that is stopped has to go on to hear that.
    case ask
    /// Stops them, so that none starts another one while they are killed.
    case stop
    /// Kills them.
    case kill
  }

  /// What to do after a look.
  public enum Order: Equatable, Sendable {
    /// Send this act's signals to those that did not get them yet, then look again.
    case send(Act)
    /// Nobody was there: look again at once.
    case lookAgain
    /// Nobody was there twice: all are gone.
    case done
    /// Some would not go.
    case giveUp
  }

  private struct Stage {
    let act: Act
    let patience: Duration
  }

  private let stages: [Stage]
  private var current = 0
  private var deadline: Duration?
  private var emptyLooks = 0

  /// How long stopping may take: one that forks all the time is caught within a few looks.
  static let stopPatience: Duration = .seconds(1)
  /// How long killed processes may take to be gone: the kernel frees their memory first.
  static let killPatience: Duration = .seconds(3)

  /// TERM, a wait, then STOP and KILL.
  ///
  /// - Parameter grace: how long they have to end by themselves; zero leaves TERM out.
  public init(grace: Duration) {
    let stop = Stage(act: .stop, patience: Teardown.stopPatience)
    let kill = Stage(act: .kill, patience: Teardown.killPatience)
    stages = grace > .zero ? [Stage(act: .ask, patience: grace), stop, kill] : [stop, kill]
  }

  /// What to do, after a look.
  ///
  /// - Parameters:
  ///   - found: how many were there.
  ///   - fresh: how many of them did not get the signals of the present step yet.
  ///   - now: CLOCK_MONOTONIC.
  public mutating func order(found: Int, fresh: Int, at now: Duration) -> Order {
    guard found > 0 else {
      emptyLooks += 1
      return emptyLooks >= 2 ? .done : .lookAgain
    }
    emptyLooks = 0
    guard let deadline else {
      self.deadline = now + stages[current].patience
      return .send(stages[current].act)
    }
    let allStopped = stages[current].act == .stop && fresh == 0
    guard now >= deadline || allStopped else { return .send(stages[current].act) }
    guard current + 1 < stages.count else { return .giveUp }
    current += 1
    self.deadline = now + stages[current].patience
    return .send(stages[current].act)
  }
}
