import LinuxCalls
import Rules
import Watchdog

/// How long everything takes at the worst, with the numbers of this very configuration.
extension Configuration {
  /// A heart, and how long it takes until something is done about it.
  typealias Slowest = (name: Name, bound: Bound)

  var slowestLink: Int64 {
    links.map { $0.limit.wholeSeconds }.max() ?? Link.usualLimit.wholeSeconds
  }

  /// The heart for which that takes longest, of those whose ladder goes as far as this step.
  func slowest(upTo step: Step) -> Slowest? {
    var slowest: Slowest?
    for one in hearts where reach(of: one.name).rawValue >= step.rawValue {
      let (name, heart) = (one.name, one.heart)
      let bound = Bound(
        limit: heart.limit, startLimit: heart.startLimit,
        solveWithin: .seconds(number(.solveWithin, for: name)),
        restartWithin: .seconds(numbers[.restartWithin]),
        restarts: Int(numbers[.restartsBeforeReboot]))
      if slowest.map({ $0.bound.untilReboot < bound.untilReboot }) ?? true {
        slowest = (name, bound)
      }
    }
    return slowest
  }

  /// Until the device has reset the box, which the ladder leaves to it by no longer being alive.
  func untilReset(_ bound: Bound) -> Int64 {
    let link = links.first { Tool.checkSolutions.isNamed($0.tool) }?.limit
    return NumberRules.sum([
      bound.untilReboot.wholeSeconds, (link ?? Link.usualLimit).wholeSeconds, deviceTimeout,
    ])
  }

  /// How long it takes at the worst, in words.
  var worstCases: [String] {
    if isMarkOnly {
      return ["This box only marks problems: nothing is restarted, and no device is armed."]
    }
    let (chain, device) = (slowestLink, deviceTimeout)
    let first =
      "At the worst the box is reset \(NumberRules.sum([chain, device])) s after a tool of the chain stopped working "
      + "(chain \(chain) s + device \(device) s)."
    if solvesNothing { return [first] }
    guard let slowest = slowest(upTo: .restart) else {
      return [first, "No heart has everything restarted or the box rebooted."]
    }
    return [first] + worstCases(of: slowest)
  }

  private func worstCases(of slowest: Slowest) -> [String] {
    let bound = slowest.bound
    let restart = bound.notice + bound.firstRestart
    var lines = [
      "If the program of \(slowest.name.text), the slowest heart, never works again, at the worst",
      "  \(bound.notice.wholeSeconds) s until that is noticed,",
      "  \(restart.wholeSeconds) s until restart-system is run for the first time (never within "
        + "\(numbers[.minimumUptime]) s of boot),",
    ]
    guard let last = self.slowest(upTo: .reboot) else {
      lines.append("  and the box is never rebooted for it (last-step restart).")
      return lines
    }
    let whose = last.name == slowest.name ? "" : ", for \(last.name.text)"
    lines.append(
      "  \(untilReset(last.bound)) s until the box is reset, after \(numbers[.restartsBeforeReboot]) runs of "
        + "restart-system\(whose).")
    lines.append("Time in which the chain does not run, or during a hold, does not count.")
    return lines
  }
}
