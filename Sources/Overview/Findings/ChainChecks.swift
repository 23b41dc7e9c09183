import Linux
import Rules
import Watchdog

extension Doctor {
  /// The crontab that etc/install puts there.
  static let crontab = "/etc/cron.d/watchdog-chain"
  /// Where systemd runs the tools instead.
  static let timer = "/etc/systemd/system/watchdog-chain@.timer"

  /// Whether the crontab has no feeder: then nothing is restarted and no device is armed, on purpose.
  var isMarkOnly: Bool {
    around.exists(Doctor.crontab) && !around.isSaid("kwatchdog-feeder", in: Doctor.crontab)
  }

  private var isAnyAtWork: Bool { watched.tools.contains { !$0.cadence.touches.isEmpty } }

  // MARK: Whether the tools are run each second

  mutating func lookAtWork() {
    if watched.tools.isEmpty {
      find(.todo, "each second", "no tool has run since boot: see the lines about cron")
    }
    var steady: [String] = []
    var most: Duration = .zero
    for (name, cadence) in watched.tools {
      switch cadence.verdict(until: watched.end) {
      case .steady:
        steady.append(name.text)
        most = max(most, cadence.longestPause(until: watched.end))
      case .halting(let pause):
        find(
          .todo, "each second",
          "\(name.text) stood still for \(pause.inSeconds) s: it is run once a second where the box is not "
            + "overloaded: see the system's log, and with which load the box runs (uptime)")
      case .dead where box.rebootDue != nil && name.text.isEqual(to: "check-solutions"):
        find(.remark, "each second", "check-solutions is not alive on purpose: a reboot is due")
      case .dead:
        find(
          .todo, "each second",
          "\(name.text) did not complete a run in \(watched.time.wholeSeconds) s. Run it by hand to see the error; "
            + "if it succeeds, nothing is starting it (see cron below).")
      }
    }
    if steady.isEmpty { return }
    find(
      .fine, "each second",
      "\(steady.joined(separator: ", ")): alive each second for \(watched.time.wholeSeconds) s, with pauses of at "
        + "most \(most.inSeconds) s")
  }

  // MARK: Who runs them

  mutating func lookAtCron() {
    let crons = processes.named(["cron", "crond", "fcron", "supercronic"])
    let hasCrontab = around.exists(Doctor.crontab)
    if hasCrontab, let cron = crons.first {
      find(
        .fine, "cron",
        "\(printable(cron.command)) runs (process \(cron.identity.pid)), and \(Doctor.crontab) is there"
      )
    } else if hasCrontab {
      find(
        .todo, "cron",
        "no cron runs, so nobody reads \(Doctor.crontab): systemctl enable --now cron, or what starts it here"
      )
    } else if around.exists(Doctor.timer) {
      find(.fine, "cron", "not needed: the tools are run by systemd, from \(Doctor.timer)")
    } else if isAnyAtWork {
      find(
        .remark, "cron",
        "there is no \(Doctor.crontab): something else runs the tools, and must do so after a reboot too"
      )
    } else {
      find(
        .todo, "cron",
        "there is no \(Doctor.crontab), and nothing runs the tools: etc/install, or a file of the folder cron"
      )
    }
  }

  // MARK: Generations

  mutating func lookAtGenerations() {
    let locks = (try? Folder(path: "\(roots.state)/locks"))?.names() ?? []
    var isAnyTicking = false
    for lock in locks {
      if lock.utf8.starts(with: "each-second,".utf8) {
        isAnyTicking = true
        lookAtGeneration("each-second", lock: lock)
      } else if lock.isEqual(to: "kwatchdog-feeder") {
        lookAtGeneration("kwatchdog-feeder", lock: lock)
      }
    }
    if !isAnyTicking, isAnyAtWork {
      find(.remark, "overlap", "each-second is not used: something else runs the tools each second")
    }
  }

  private mutating func lookAtGeneration(_ tool: StaticString, lock: String) {
    guard let folder = try? Folder(path: "\(roots.state)/locks"),
      let file = try? folder.status(of: lock), let table = try? ProcessTable()
    else { return }
    var ages: [Duration] = []
    var isGuess = false
    for process in processes.named(["\(tool)"]) {
      let pid = process.identity.pid
      guard let isOurs = table.hasOpen(file, pid) else {
        // Not ours to look into: it may be of another chain on this box.
        isGuess = ThisProcess.user != 0
        if isGuess { ages.append(process.identity.age) }
        continue
      }
      if isOurs { ages.append(process.identity.age) }
    }
    let hint = isGuess ? ", as far as this user can see" : ""
    switch Overlap(ages: ages, uptime: Clock.sinceBoot) {
    case .overlaps(let count, let youngest):
      find(
        .fine, "overlap", "\(count) \(tool) are alive, the youngest for \(youngest.short)\(hint)")
    case .first(let age):
      find(
        .fine, "overlap", "one \(tool) is alive, for \(age.short): the second comes within a minute"
      )
    case .none: findNone(tool)
    case .alone(let age), .aging(let age):
      findAlone(tool, ages.count, age)
    }
  }

  private mutating func findNone(_ tool: StaticString) {
    if "\(tool)".isEqual(to: "each-second") {
      if !isAnyAtWork { find(.todo, "overlap", "no \(tool) is alive: see the lines about cron") }
    } else if !isMarkOnly {
      find(
        .todo, "overlap",
        "no \(tool) is alive, so nobody feeds the device: run kwatchdog-feeder by hand, which says why"
      )
    }
  }

  private mutating func findAlone(_ tool: StaticString, _ count: Int, _ age: Duration) {
    let words =
      count == 1
      ? "only one \(tool) is alive, for \(age.short)" : "the youngest \(tool) is \(age.short) old"
    // Supervisors that start it again at once do without a second one.
    if around.exists(Doctor.crontab) {
      find(
        .todo, "overlap",
        "\(words): cron should start one each minute: see whether cron runs, and its log (journalctl -u cron)"
      )
    } else {
      find(.remark, "overlap", "\(words): nobody stands by until it is started again")
    }
  }

  // MARK: The chain and the ladder

  mutating func lookAtLinks() {
    // When a reboot is due it is stale on purpose, and that is told with the ladder.
    if box.rebootDue != nil, !box.staleness.isEmpty { return }
    for staleness in box.staleness {
      find(
        .todo, "chain",
        "\(staleness): so the device is not fed: run the tool by hand, which says why")
    }
    if !box.staleness.isEmpty { return }
    let names = box.links.map { "\($0.tool.text) (at most \($0.limit.wholeSeconds) s)" }
    find(.fine, "chain", "fresh: \(names.joined(separator: ", "))")
    if !isMarkOnly, !box.links.contains(where: { $0.tool.text.isEqual(to: "check-solutions") }) {
      find(
        .remark, "chain",
        "check-solutions is no link of it: nothing that is unsolved reboots the box: echo 10 "
          + ">\(roots.config)/chain/check-solutions, once the tool is alive")
    }
  }

  mutating func lookAtLadder() {
    if let why = box.stoodDown {
      find(
        .todo, "ladder",
        "the box stood down, so only single programs are mended: mend what is broken, or watchdog-chain resume: \(why)"
      )
    }
    if let obstacle = box.standingObstacle {
      find(.todo, "ladder", "whether the box stood down cannot be told: \(obstacle)")
    }
    if let due = box.rebootDue, !due.isTest {
      find(
        .todo, "ladder",
        "the device is about to reboot the box: \(due.why): if you do not want that, watchdog-chain resume"
      )
    }
    if let why = box.ladder?.whyUncounted {
      find(
        .todo, "ladder",
        "reboots cannot be counted, so the ladder makes none before the box has been up for "
          + "\(box.ladder?.ladder.leastTimeBetweenUncountedReboots.wholeSeconds ?? 0) s: \(why)")
    }
    if let hold = box.hold, let rest = box.holdRest {
      find(
        .remark, "ladder",
        "on hold for another \(rest.wholeSeconds + 1) s (\(hold.reason)): watchdog-chain hold --end"
      )
    }
    if let problem = box.problems.first {
      find(
        .todo, "problems",
        "\(box.problems.count), the oldest is \(problem.name.text), for \(problem.age.short): watchdog-chain explain "
          + problem.name.text)
    }
    if box.stoodDown == nil, let ladder = box.ladder {
      let (restarts, reboots) = (
        ladder.countOfRestarts(at: box.now), ladder.countOfReboots ?? 0
      )
      let counts = "\(restarts) restarts of the system and \(reboots) reboots count towards it"
      find(restarts + reboots == 0 ? .fine : .remark, "ladder", "not stood down: \(counts)")
    }
  }
}
