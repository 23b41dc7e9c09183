import Linux
import Watchdog

/// Whether the numbers make sense together: each step of the ladder must have the time that it needs, and must be
/// able to be reached.
extension Check {
  mutating func lookAtSolving() {
    lookAtAttempts()
    lookAtWindows()
    lookForHopelessHearts()
  }

  // MARK: One attempt

  private mutating func lookAtAttempts() {
    let (solveTime, grace) = (numbers[.solveTime], numbers[.grace])
    // TERM, the grace, KILL; then the program is looked at for a second.
    let restart = grace + 2
    if solveTime < restart {
      complain(
        "solve-time",
        "\(solveTime) s is less than restarting a program takes (grace \(grace) s and 2 s more), so each "
          + "attempt would be killed: write at least \(restart)", about: .solving)
    }
    let attempt = solveTime + Attempt.patience.wholeSeconds
    if numbers[.solveWithin] < attempt {
      complain(
        "solve-within",
        "\(numbers[.solveWithin]) s is less than one attempt may take (solve-time \(solveTime) s and "
          + "\(Attempt.patience.wholeSeconds) s more), so everything would be restarted while it is at work: write "
          + "at least \(attempt)", about: .solving)
    }
    let whole = restart + (hasSolutions ? solveTime : 0)
    if numbers[.restartWithin] < whole {
      let solving = hasSolutions ? ", solve-time \(solveTime) s" : ""
      complain(
        "restart-within",
        "\(numbers[.restartWithin]) s is less than restart-system may take (grace \(grace) s\(solving) and 2 s "
          + "more), so it would be killed at work: write at least \(whole)", about: .solving)
    }
    if !isMarkOnly, numbers[.solveWithin] > Attempt.longestPause.wholeSeconds + 2 {
      remark(
        "solve-within",
        "\(numbers[.solveWithin]) s is more than the longest pause between two attempts "
          + "(\(Attempt.longestPause.wholeSeconds) s): a program that starts but never beats is started again and "
          + "again, and restart-system is never run for it")
    }
  }

  private var hasSolutions: Bool {
    let folder = try? Folder(path: path(of: "solutions"))
    switch folder {
    case .none: return false
    case .some(let folder):
      var found = false
      try? folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        found = found || Name(entry.bytes) != nil
      }
      return found
    }
  }

  // MARK: What is counted must fit into the time in which it is counted

  private mutating func lookAtWindows() {
    let restarts = numbers[.restartsBeforeReboot]
    // One restart of everything follows another when the problem is too old again, or the last one hung.
    let apart = max(numbers[.solveWithin], numbers[.restartWithin]) + 2
    let needed = Check.times(restarts, apart)
    if numbers[.restartsWindow] < needed {
      complain(
        "restarts-window",
        "\(numbers[.restartsWindow]) s is too short to count \(restarts) restarts that are up to \(apart) s "
          + "apart, so the box would never be rebooted: write at least \(needed), or less into "
          + "restarts-before-reboot", about: .solving)
    } else {
      lookAtSlowHearts(restarts)
    }
    let reboots = numbers[.rebootsBeforeStandingDown]
    let cycle = Check.sum([
      numbers[.minimumUptime], Check.times(restarts, numbers[.solveWithin] + 2), slowestLink,
      numbers[.deviceTimeout],
    ])
    let wanted = Check.times(reboots, cycle)
    if numbers[.rebootsWindow] < wanted {
      complain(
        "reboots-window",
        "\(numbers[.rebootsWindow]) s is too short to count \(reboots) reboots that are about \(cycle) s apart, so "
          + "a box that is broken would be rebooted for ever: write at least \(wanted), or less into "
          + "reboots-before-standing-down", about: .solving)
    }
  }

  /// A program that never beats is found out when its start limit is over; that belongs to each round too.
  private mutating func lookAtSlowHearts(_ restarts: Int64) {
    var slowest: (name: Name, limit: Int64)?
    for (name, heart) in hearts where canBeSolved(name) {
      let limit = heart.startLimit.wholeSeconds
      if slowest.map({ $0.limit < limit }) ?? true { slowest = (name, limit) }
    }
    guard let slowest, !isMarkOnly else { return }
    let needed = Check.times(restarts, slowest.limit + numbers[.solveWithin])
    if numbers[.restartsWindow] < needed {
      remark(
        "restarts-window",
        "\(numbers[.restartsWindow]) s: should \(slowest.name.text) never beat again, that is noticed "
          + "\(slowest.limit) s after each start, so \(restarts) restarts do not fit, and the box is not rebooted "
          + "for it; at \(needed) it would be")
    }
  }

  // MARK: Who solves what

  /// Whether problems stay until a person has solved them. The device may be fed all the same, by a chain that only
  /// marks.
  private var solvesNothing: Bool { isMarkOnly || (running.isKnown && !running.solves) }

  /// Whether somebody said how: a program or a solution.
  func canBeSolved(_ name: Name) -> Bool {
    ["solutions", "programs"].contains { folder in
      (try? Folder(path: "/").status(of: "\(roots.config)/\(folder)/\(name.text)")) != nil
    }
  }

  private mutating func lookForHopelessHearts() {
    if solvesNothing { return }
    for (name, _) in hearts where !canBeSolved(name) {
      complain(
        "hearts/\(name.text)",
        "nobody could solve a problem of it, so each would restart everything: write \(roots.config)/programs/"
          + "\(name.text), which runs it, or \(roots.config)/solutions/\(name.text), which mends it",
        about: .solving)
    }
  }

  // MARK: The worst case

  var slowestLink: Int64 {
    links.map { $0.limit.wholeSeconds }.max() ?? Link.usualLimit.wholeSeconds
  }

  /// How long it takes at the worst until the box is rebooted, in words.
  var worstCases: [String] {
    if isMarkOnly {
      return ["This box only marks problems: nothing is restarted, and no device is armed."]
    }
    let (chain, device) = (slowestLink, deviceTimeout)
    let reboot = Check.sum([chain, device])
    let words =
      "At the worst the box is rebooted \(reboot) s after a tool of the chain is gone "
      + "(chain \(chain) s + device \(device) s)"
    if solvesNothing { return ["\(words)."] }
    let step = numbers[.solveWithin] + 2
    let restarts = numbers[.restartsBeforeReboot]
    let climb = Check.sum([Check.times(restarts + 1, step), reboot])
    return [
      "\(words),",
      "and \(climb) s after a problem that \(restarts) restarts of everything do not solve "
        + "(\(restarts + 1) x \(step) s more;",
      "none is made before the box has been up for \(numbers[.minimumUptime]) s).",
    ]
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
