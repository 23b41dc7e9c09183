import Linux
import Rules
import Watchdog

/// Whether the numbers make sense together: each step of the ladder must have the time that it needs, and must be
/// able to be reached.
extension Check {
  mutating func lookAtSolving() {
    lookAtAttempts()
    lookAtRestartTime()
    lookAtWindows()
    lookAtReaches()
  }

  // MARK: One attempt

  private mutating func lookAtAttempts() {
    lookAtAttempt(of: nil)
    // A name that has none of its own has the box's, which were told of already.
    for one in own where Check.attemptSettings.contains(where: { one.numbers.given($0) != nil }) {
      lookAtAttempt(of: one)
    }
  }

  private static var attemptSettings: [Setting] { [.solveTime, .grace, .solveWithin] }

  private mutating func lookAtAttempt(of one: OwnSettings?) {
    func value(_ setting: Setting) -> Int64 { one?.numbers.given(setting) ?? numbers[setting] }
    func file(_ setting: Setting) -> String {
      guard let one else { return "\(setting.name)" }
      return "of/\(one.name.text)/\(setting.name)"
    }
    let (solveTime, grace) = (value(.solveTime), value(.grace))
    // The end signal, the grace, KILL; then the program is looked at for a second.
    let restart = grace + 2
    if solveTime < restart {
      complain(
        file(.solveTime),
        "\(solveTime) s is less than restarting a program takes (grace \(grace) s and 2 s more), so each "
          + "attempt would be killed: write at least \(restart)", about: .solving)
    }
    let attempt = solveTime + Attempt.patience.wholeSeconds
    if value(.solveWithin) < attempt {
      complain(
        file(.solveWithin),
        "\(value(.solveWithin)) s is less than one attempt may take (solve-time \(solveTime) s and "
          + "\(Attempt.patience.wholeSeconds) s more), so everything would be restarted while it is at work: write "
          + "at least \(attempt)", about: .solving)
    }
  }

  /// restart-system ends those that have a grace of their own first, all at once, and then the others.
  private mutating func lookAtRestartTime() {
    let graces = own.compactMap { $0.numbers.given(.grace) }
    let grace = Check.sum([graces.max() ?? 0, numbers[.grace]])
    let solving = longestSolution
    let whole = Check.sum([grace, 2, solving ?? 0])
    guard numbers[.restartWithin] < whole else { return }
    complain(
      "restart-within",
      "\(numbers[.restartWithin]) s is less than restart-system may take (grace \(grace) s"
        + "\(solving.map { ", solve-time \($0) s" } ?? "") and 2 s more), so it would be killed at work: write at "
        + "least \(whole)", about: .solving)
  }

  /// The longest solve-time of a name that has a solution; nil when none has.
  private var longestSolution: Int64? {
    let folder = try? Folder(path: path(of: "solutions"))
    switch folder {
    case .none: return nil
    case .some(let folder):
      var longest: Int64?
      try? folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        guard let name = Name(entry.bytes) else { return }
        longest = max(longest ?? 0, number(.solveTime, for: name))
      }
      return longest
    }
  }

  // MARK: What is counted must fit into the time in which it is counted

  private mutating func lookAtWindows() {
    let restarts = numbers[.restartsBeforeReboot]
    // While a problem stands its restarts count, however long ago they were. The window is for one that each of them
    // solves for a while.
    let apart = numbers[.solveWithin] + 2
    let needed = Check.times(restarts, apart)
    if numbers[.restartsWindow] < needed {
      complain(
        "restarts-window",
        "\(numbers[.restartsWindow]) s is too short to count \(restarts) restarts that are at least \(apart) s "
          + "apart, so for a program that works for a while after each of them the box would never be rebooted: write "
          + "at least \(needed), or less into restarts-before-reboot", about: .solving)
    }
    let reboots = numbers[.rebootsBeforeStandingDown]
    let shortest = Check.sum([
      numbers[.minimumUptime], Check.times(restarts, numbers[.solveWithin] + 2), slowestLink,
      numbers[.deviceTimeout],
    ])
    let wanted = Check.times(reboots, shortest)
    if numbers[.rebootsWindow] < wanted {
      complain(
        "reboots-window",
        "\(numbers[.rebootsWindow]) s of running is too short to count \(reboots) reboots that are about "
          + "\(shortest) s apart, so a box that is broken would be rebooted for ever: write at least \(wanted), or "
          + "less into reboots-before-standing-down", about: .solving)
    } else {
      lookAtSlowReboots(reboots)
    }
  }

  /// A program with long limits takes long from one reboot to the next.
  private mutating func lookAtSlowReboots(_ reboots: Int64) {
    guard !isMarkOnly, let slowest = slowest(upTo: .reboot) else { return }
    let cycle = Check.sum([numbers[.minimumUptime], untilReset(slowest.bound)])
    let wanted = Check.times(reboots, cycle)
    guard numbers[.rebootsWindow] < wanted else { return }
    remark(
      "reboots-window",
      "\(numbers[.rebootsWindow]) s of running: should \(slowest.name.text) never work again, the box may be "
        + "rebooted for it each \(cycle) s, so \(reboots) reboots may not fit, and it would not stand down; with "
        + "\(wanted) it would")
  }

  // MARK: Who solves what

  /// Whether problems stay until a person has solved them. The device may be fed all the same, by a chain that only
  /// marks.
  var solvesNothing: Bool { isMarkOnly || (running.isKnown && !running.solves) }

  private mutating func lookAtReaches() {
    if solvesNothing { return }
    for (name, _) in hearts where roots.means(for: name) == .none {
      switch givenStep(for: name) {
      case .mark: continue
      case .solve:
        remark(
          "hearts/\(name.text)",
          "it is only marked, for there is neither programs/\(name.text) nor solutions/\(name.text) "
            + "(last-step solve)")
      case .restart, .reboot, nil:
        let isGiven = givenStep(for: name) != nil
        remark(
          "hearts/\(name.text)",
          "nothing here mends it (no programs/\(name.text), no solutions/\(name.text)): "
            + (isGiven ? "" : "until its first beat it is only marked; after that, ")
            + "when it is late, restart-system is run"
            + (reach(of: name) == .reboot ? ", and in the end the box rebooted" : "")
            + ". If it is not worth that: mkdir -p \(path(of: "of/\(name.text)")) && echo mark >"
            + path(of: "of/\(name.text)/last-step"))
      }
    }
  }

  // MARK: Sums of what people wrote, which may be anything

  static func times(_ one: Int64, _ other: Int64) -> Int64 {
    let (product, overflow) = one.multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  static func sum(_ values: [Int64]) -> Int64 {
    values.reduce(0) { sum, value in
      let (total, overflow) = sum.addingReportingOverflow(value)
      return overflow ? .max : total
    }
  }
}
