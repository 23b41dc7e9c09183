import LinuxCalls
import Watchdog

/// Whether everything that must be run is run, and only once.
enum RunningRules {
  static let all: [Rule<Configuration>] = [
    Rule("services", services), Rule("runs", runs), Rule("runs once", once),
    Rule("runs links", links),
  ]

  private static func anyFile(_ all: Configuration) -> String {
    all.running.starts.first?.file ?? ""
  }

  @Findings private static func runs(_ all: Configuration) -> [Finding] {
    let running = all.running
    if all.seesOutside, !running.isKnown {
      all.note(
        "", "nothing was found that runs the tools, neither in a crontab nor among services",
        cure: "see the directory cron for what there is"
          + (all.isRoot ? "" : " (only root can read some crontabs)"))
    }
    if running.isKnown, !running.runs(.markProblems) {
      all.wrong(
        anyFile(all), "nothing runs mark-problems, so nothing is noticed",
        cure: "see the directory cron")
    }
    if !running.feeds, running.solves {
      all.note(anyFile(all), "nothing runs kwatchdog-feeder, so the box is never rebooted")
    }
    if running.feeds, running.runs(.solveProblems), !running.runs(.checkSolutions) {
      all.wrong(
        anyFile(all),
        "nothing runs check-solutions, so nothing is done about problems that solve-problems cannot solve",
        solving: true)
    }
  }

  private static func once(_ all: Configuration) -> [Finding] {
    Tools.ticked.compactMap { tool in
      let files = all.running.files(of: tool)
      guard files.count > 1 else { return nil }
      let words =
        files[0].isEqual(to: files[1]) ? "by two different lines" : "by \(files[1]) too"
      return all.wrong(files[0], "\(tool) is run \(words)", cure: "leave one of them")
    }
  }

  /// The tools that are run and the links of the chain belong together.
  @Findings private static func links(_ all: Configuration) -> [Finding] {
    let running = all.running
    for (tool, _) in all.links where running.feeds {
      // Somebody else's tool that is alive shows that something runs it, whatever that is.
      let isAlive = !Tools.own.has(tool.text) && all.alive.contains(tool)
      if !running.runs(tool.text), !running.mentions.has(tool.text), !isAlive {
        all.wrong(
          "chain/\(tool.text)",
          "nothing was found that runs \(tool.text), and while it is not alive the device is not fed",
          cure: "run it, or rm \(all.roots.path(of: "chain/\(tool.text)"))", solving: true)
      }
    }
    for tool in [Tool.markProblems, .checkSolutions]
    where running.feeds && running.runs(tool) && !all.isLinked(tool) {
      all.wrong(
        "chain",
        "it does not name \(tool.name), so nothing notices when \(tool.name) is gone. Once it is alive",
        cure: "echo 10 >\(all.roots.path(of: "chain/\(tool.name)"))", solving: true)
    }
  }

  @Findings private static func services(_ all: Configuration) -> [Finding] {
    for timer in all.services.timers where !timer.isThere {
      all.wrong(
        timer.file, "it leads nowhere",
        cure: "systemctl disable \(timer.name), or put the unit back")
    }
    for helper in [Tool.eachSecond, .feeder] {
      let timers = all.services.timers.filter { $0.isThere && helper.isNamed($0.helper) }
      if timers.count == 1 {
        all.wrong(
          timers[0].file,
          "it is the only timer of \(helper.name), which lives for less than the two minutes until the next",
          cure: "systemctl enable --now \(helper.name)@a.timer \(helper.name)@b.timer",
          solving: true)
      }
    }
    if all.services.feeders.count == 1 {
      all.note(
        all.services.feeders[0],
        "it is the only feeder: a second one could take the open device over from it")
    }
  }
}
