import LinuxCalls
import Rules
import Watchdog

/// Whether the tools are run each second, and by whom.
enum WorkRules {
  static let all: [Rule<Examination>] = [
    Rule("each second", work), Rule("cron", cron), Rule("overlap", generations),
    Rule("chain", chain), Rule("ladder", ladder),
  ]

  @Findings private static func work(_ all: Examination) -> [Finding] {
    if let watched = all.watched {
      if watched.tools.isEmpty {
        Finding(.critical, "no tool has run since boot", cure: "see the lines about cron")
      }
      for (name, cadence) in watched.tools {
        switch cadence.rhythm(until: watched.end) {
        case .steady: []
        case .halting(let pause):
          Finding(
            .warning,
            "\(name.text) did not run for \(pause.inSeconds) s: on a box that is not overloaded it runs once a second",
            cure: "see the system's log, and the load of the box (uptime)")
        case .dead where all.box.rebootDue != nil && Tool.checkSolutions.isNamed(name):
          Finding(.note, "check-solutions is not alive on purpose: a reboot is due")
        case .dead:
          Finding(
            .critical,
            "\(name.text) did not complete a run in \(watched.time.wholeSeconds) s. Run it by hand to see the error; if "
              + "it succeeds, nothing is starting it (see cron below).")
        }
      }
      let steady = watched.tools.filter { $0.cadence.rhythm(until: watched.end) == .steady }
      if !steady.isEmpty {
        let names = steady.map { $0.name.text }.joined(separator: ", ")
        let pause = steady.map { $0.cadence.longestPause(until: watched.end) }.max() ?? .zero
        Finding(
          .fine,
          "\(names): alive each second for \(watched.time.wholeSeconds) s, with pauses of at most \(pause.inSeconds) s"
        )
      }
    }
  }

  @Findings private static func cron(_ all: Examination) -> [Finding] {
    let (crontab, timer) = (Examination.Starters.crontab, Examination.Starters.timer)
    if all.starters.hasCrontab {
      if let (name, pid) = all.starters.cron {
        Finding(.fine, "\(name) runs (process \(pid)), and \(crontab) is there")
      } else {
        Finding(
          .critical, "no cron runs, so nothing reads \(crontab)",
          cure: "systemctl enable --now cron, or what starts it here")
      }
    } else if all.starters.hasTimer {
      Finding(.fine, "not needed: the tools are run by systemd, from \(timer)")
    } else if all.isAnyAtWork {
      Finding(
        .note,
        "there is no \(crontab): something else runs the tools, and must do so after a reboot too")
    } else {
      Finding(
        .critical, "there is no \(crontab), and nothing runs the tools",
        cure: "etc/install, or a file of the directory cron")
    }
  }

  // MARK: Generations

  @Findings private static func generations(_ all: Examination) -> [Finding] {
    for one in all.generations { generation(one, all) }
    if all.isAnyAtWork, !all.generations.contains(where: { $0.tool == .eachSecond }) {
      Finding(.note, "each-second is not used: something else runs the tools each second")
    }
  }

  @Findings private static func generation(
    _ one: Examination.Generation, _ all: Examination
  ) -> [Finding] {
    let hint = one.isGuess ? ", as far as this user can see" : ""
    switch Overlap(ages: one.ages, uptime: all.uptime) {
    case .overlaps(let count, let youngest):
      Finding(
        .fine, "\(count) \(one.tool.name) are alive, the youngest for \(youngest.short)\(hint)")
    case .first(let age):
      Finding(
        .fine, "one \(one.tool.name) is alive, for \(age.short): the second comes within a minute")
    case .none: none(one.tool, all)
    case .alone(let age), .aging(let age):
      let words =
        one.ages.count == 1
        ? "only one \(one.tool.name) is alive, for \(age.short)"
        : "the youngest \(one.tool.name) is \(age.short) old"
      // Supervisors that start it again at once do without a second one.
      all.starters.hasCrontab
        ? Finding(
          .warning, "\(words): cron should start one each minute",
          cure: "see whether cron runs, and its log (journalctl -u cron)")
        : Finding(.note, "\(words): none stands by until it is started again")
    }
  }

  @Findings private static func none(_ tool: Tool, _ all: Examination) -> [Finding] {
    if tool == .eachSecond {
      if !all.isAnyAtWork {
        Finding(.critical, "no \(tool.name) is alive", cure: "see the lines about cron")
      }
    } else if !all.isMarkOnly {
      Finding(
        .critical, "no \(tool.name) is alive, so nothing feeds the device",
        cure: "run kwatchdog-feeder by hand to see why")
    }
  }

  // MARK: The chain and the ladder, where they are well

  @Findings private static func chain(_ all: Examination) -> [Finding] {
    let box = all.box
    let names = box.links.map { "\($0.tool.text) (at most \($0.limit.wholeSeconds) s)" }
    let isLinked = box.links.contains { Tool.checkSolutions.isNamed($0.tool) }
    if box.staleness.isEmpty {
      Finding(.fine, "fresh: \(names.joined(separator: ", "))")
      if !all.isMarkOnly, !isLinked {
        Finding(
          .note, "check-solutions is no link of it: an unsolved problem never reboots the box",
          cure: "echo 10 >\(box.roots.config)/chain/check-solutions, once the tool is alive")
      }
    }
  }

  @Findings private static func ladder(_ all: Examination) -> [Finding] {
    if let why = all.box.ladder?.whyUncounted {
      let least = all.box.ladder?.ladder.leastTimeBetweenUncountedReboots.wholeSeconds ?? 0
      Finding(
        .warning,
        "reboots cannot be counted, so the ladder makes none before the box has been up for \(least) s: \(why)"
      )
    }
    if all.box.stoodDown == nil, let ladder = all.box.ladder {
      let restarts = ladder.countOfRestarts(at: all.box.now)
      let reboots = ladder.countOfReboots ?? 0
      Finding(
        restarts + reboots == 0 ? .fine : .note,
        "not stood down: \(restarts.counted("restart")) of the system and \(reboots.counted("reboot")) count towards it"
      )
    }
  }
}
