import Linux
import Rules
import Watchdog

/// Whether the tools are run each second, and by whom.
enum WorkRules {
  static func work(_ all: Examination) -> [Finding] {
    guard let watched = all.watched else { return [] }
    if watched.tools.isEmpty {
      return [
        Finding(.critical, "no tool has run since boot", cure: "see the lines about cron")
      ]
    }
    var found: [Finding] = []
    var steady: [String] = []
    var most: Duration = .zero
    for (name, cadence) in watched.tools {
      switch cadence.verdict(until: watched.end) {
      case .steady:
        steady.append(name.text)
        most = max(most, cadence.longestPause(until: watched.end))
      case .halting(let pause):
        found.append(
          Finding(
            .warning,
            "\(name.text) stood still for \(pause.inSeconds) s: it is run once a second where the box is not overloaded",
            cure: "see the system's log, and with which load the box runs (uptime)"))
      case .dead where all.box.rebootDue != nil && name.text.isEqual(to: "check-solutions"):
        found.append(Finding(.note, "check-solutions is not alive on purpose: a reboot is due"))
      case .dead:
        found.append(
          Finding(
            .critical,
            "\(name.text) did not complete a run in \(watched.time.wholeSeconds) s. Run it by hand to see the error; if it "
              + "succeeds, nothing is starting it (see cron below)."))
      }
    }
    if steady.isEmpty { return found }
    return found + [
      Finding(
        .fine,
        "\(steady.joined(separator: ", ")): alive each second for \(watched.time.wholeSeconds) s, with pauses of at most "
          + "\(most.inSeconds) s")
    ]
  }

  static func cron(_ all: Examination) -> [Finding] {
    let crontab = Examination.Starters.crontab
    if all.starters.hasCrontab, let cron = all.starters.cron {
      return [
        Finding(.fine, "\(cron.name) runs (process \(cron.pid)), and \(crontab) is there")
      ]
    }
    if all.starters.hasCrontab {
      return [
        Finding(
          .critical, "no cron runs, so nobody reads \(crontab)",
          cure: "systemctl enable --now cron, or what starts it here")
      ]
    }
    if all.starters.hasTimer {
      return [
        Finding(
          .fine, "not needed: the tools are run by systemd, from \(Examination.Starters.timer)")
      ]
    }
    return [
      all.isAnyAtWork
        ? Finding(
          .note,
          "there is no \(crontab): something else runs the tools, and must do so after a reboot too"
        )
        : Finding(
          .critical, "there is no \(crontab), and nothing runs the tools",
          cure: "etc/install, or a file of the folder cron")
    ]
  }

  // MARK: Generations

  static func generations(_ all: Examination) -> [Finding] {
    var found = all.generations.compactMap { generation($0, all) }
    if all.isAnyAtWork, !all.generations.contains(where: { $0.tool.isEqual(to: Tools.ticker) }) {
      found.append(
        Finding(.note, "each-second is not used: something else runs the tools each second"))
    }
    return found
  }

  private static func generation(
    _ one: Examination.Generation, _ all: Examination
  ) -> Finding? {
    let hint = one.isGuess ? ", as far as this user can see" : ""
    switch Overlap(ages: one.ages, uptime: all.uptime) {
    case .overlaps(let count, let youngest):
      return Finding(
        .fine, "\(count) \(one.tool) are alive, the youngest for \(youngest.short)\(hint)")
    case .first(let age):
      return Finding(
        .fine, "one \(one.tool) is alive, for \(age.short): the second comes within a minute")
    case .none: return none(one.tool, all)
    case .alone(let age), .aging(let age):
      let words =
        one.ages.count == 1
        ? "only one \(one.tool) is alive, for \(age.short)"
        : "the youngest \(one.tool) is \(age.short) old"
      // Supervisors that start it again at once do without a second one.
      return all.starters.hasCrontab
        ? Finding(
          .warning, "\(words): cron should start one each minute",
          cure: "see whether cron runs, and its log (journalctl -u cron)")
        : Finding(.note, "\(words): nobody stands by until it is started again")
    }
  }

  private static func none(_ tool: String, _ all: Examination) -> Finding? {
    if tool.isEqual(to: Tools.ticker) {
      return all.isAnyAtWork
        ? nil : Finding(.critical, "no \(tool) is alive", cure: "see the lines about cron")
    }
    return all.isMarkOnly
      ? nil
      : Finding(
        .critical, "no \(tool) is alive, so nobody feeds the device",
        cure: "run kwatchdog-feeder by hand, which says why")
  }

  // MARK: The chain and the ladder, where they are well

  static func chain(_ all: Examination) -> [Finding] {
    let box = all.box
    guard box.staleness.isEmpty else { return [] }
    let names = box.links.map { "\($0.tool.text) (at most \($0.limit.wholeSeconds) s)" }
    let fresh = Finding(.fine, "fresh: \(names.joined(separator: ", "))")
    if all.isMarkOnly || box.links.contains(where: { $0.tool.text.isEqual(to: "check-solutions") })
    {
      return [fresh]
    }
    return [
      fresh,
      Finding(
        .note, "check-solutions is no link of it: nothing that is unsolved reboots the box",
        cure: "echo 10 >\(box.roots.config)/chain/check-solutions, once the tool is alive"),
    ]
  }

  static func ladder(_ all: Examination) -> [Finding] {
    guard let ladder = all.box.ladder else { return [] }
    var found: [Finding] = []
    if let why = ladder.whyUncounted {
      let least = ladder.ladder.leastTimeBetweenUncountedReboots.wholeSeconds
      found.append(
        Finding(
          .warning,
          "reboots cannot be counted, so the ladder makes none before the box has been up for \(least) s: \(why)"
        ))
    }
    if all.box.stoodDown == nil {
      let (restarts, reboots) = (
        ladder.countOfRestarts(at: all.box.now), ladder.countOfReboots ?? 0
      )
      found.append(
        Finding(
          restarts + reboots == 0 ? .fine : .note,
          "not stood down: \(restarts) restarts of the system and \(reboots) reboots count towards it"
        ))
    }
    return found
  }
}
