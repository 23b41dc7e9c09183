import Linux
import Rules
import Watchdog

/// The crontabs in which the chain is run.
enum CrontabRules {
  private static func read(_ all: Configuration) -> [CrontabFile] {
    all.crontabs.filter { $0.isRead }
  }

  private static func jobs(_ all: Configuration) -> [(file: CrontabFile, job: Crontab.Job)] {
    read(all).flatMap { file in file.jobs.map { (file, $0) } }
  }

  // MARK: Files

  /// What cron is silent about: a name that it passes over, whose it is, and who may write to it.
  static func files(_ all: Configuration) -> [Finding] {
    var found: [Finding] = []
    for file in all.crontabs {
      if !file.isRead {
        if file.hasCounterpart { continue }
        found.append(
          all.wrong(
            file.path.printable,
            "cron passes over it: the name of a crontab is made of letters, digits, _ and -",
            cure: "rename it"))
      } else if file.isGuarded, let status = file.status {
        found += guarded(file, status, all)
      }
    }
    return found
  }

  private static func guarded(
    _ file: CrontabFile, _ status: FileStatus, _ all: Configuration
  ) -> [Finding] {
    var found: [Finding] = []
    if !all.trusts(status.owner) {
      found.append(
        all.wrong(
          file.path, "it belongs to user \(status.owner), so cron does not read it",
          cure: "chown root \(file.path)"))
    } else if status.isWritableByOthers {
      found.append(
        all.wrong(
          file.path, "others can write to it, so cron does not read it",
          cure: "chmod go-w \(file.path)",
          fix: Fix(act: .closeToOthers, base: file.folder, names: [file.name])))
    }
    if status.links > 1 {
      found.append(
        all.wrong(
          file.path, "it has \(status.links) names (hard links), so cron does not read it",
          cure: "make it a file of its own"))
    }
    return found
  }

  /// What cron does not understand.
  static func syntax(_ all: Configuration) -> [Finding] {
    var found: [Finding] = []
    for file in read(all) {
      let fate = file.hasUsers ? ", and cron drops the whole file for it" : ""
      func fix(_ act: Fix.Act) -> Fix? {
        file.isGuarded ? Fix(act: act, base: file.folder, names: [file.name]) : nil
      }
      for mistake in file.crontab.mistakes {
        found.append(
          all.wrong(
            file.path, "line \(mistake.line): \(mistake.sentence)\(fate)", cure: mistake.cure,
            fix: mistake.isNothing ? fix(.quoteNothing) : nil))
      }
      if !file.crontab.endsInNewline {
        found.append(
          all.wrong(
            file.path, "its last line has no end\(fate)", cure: "echo >>\(file.path)",
            fix: fix(.endLastLine)))
      }
    }
    return found
  }

  // MARK: Lines

  static func lines(_ all: Configuration) -> [Finding] {
    var found: [Finding] = []
    for (file, job) in jobs(all) {
      func add(_ what: String, cure: String) {
        found.append(all.wrong(file.path, "line \(job.line): \(what)", cure: cure))
      }
      let tools = job.commands.map { $0.program }
      let root = tools.first { Tools.own.has($0) }
      if let user = job.user {
        if file.strangers.has(user) {
          add(
            "there is no user \"\(user.printable)\", and cron drops the whole file for it",
            cure: "write root before the command")
        } else if !user.isEqual(to: "root"), let root {
          add("\(root) has to be run by root, and not by \(user.printable)", cure: "write root")
        }
      } else if let first = job.commands.first, first.words[0].isEqual(to: "root") {
        // Written for /etc/cron.d.
        add("this crontab is root's, and its lines name no user", cure: "remove \"root\"")
      }
      if job.hasPercent, tools.contains(where: { Tools.all.has($0) }) {
        add("cron takes a % for the end of the command", cure: "write \\% for it")
      }
    }
    return found
  }

  /// Whether what they call is there. Once, and not for each line of a pair.
  static func programs(_ all: Configuration) -> [Finding] {
    var found: [Finding] = []
    var told: [String] = []
    for file in read(all) {
      for call in file.calls {
        let word = call.word.printable
        let key = call.distrust ?? "\(file.path) \(word) \(call.path)"
        if call.isThere && call.distrust == nil || told.has(key) { continue }
        told.append(key)
        let place = "line \(call.line): "
        if let distrust = call.distrust {
          found.append(all.wrong(file.path, place + distrust))
        } else if call.word.utf8.contains(UInt8(ascii: "/")) {
          found.append(
            all.wrong(
              file.path, "\(place)there is no \(word)", cure: "install it, or write where it is"))
        } else {
          found.append(
            all.wrong(
              file.path, "\(place)there is no \(word) in its PATH (\(call.path.printable))",
              cure: call.path.utf8.contains(UInt8(ascii: "$"))
                ? "cron knows no $ there: write the folders themselves"
                : "add the folder that it is in"))
        }
      }
    }
    return found
  }

  /// The programs are started at boot by a line of the crontab.
  static func boot(_ all: Configuration) -> [Finding] {
    guard all.running.byCron, all.running.solves, !(all.folder("programs")?.files ?? []).isEmpty,
      !jobs(all).contains(where: { _, job in
        job.isAtBoot && job.commands.contains { $0.program.isEqual(to: "restart-system") }
      })
    else { return [] }
    return [
      all.note(
        "programs",
        "no line of the crontab starts them at boot, so each is started when its heart is late",
        cure: "@reboot root exec \(all.roots.path(of: "restart-system"))")
    ]
  }

  // MARK: Minutes

  /// Helpers that take turns, and the lines that start them.
  private struct Turns {
    let file: CrontabFile
    let command: ShellCommand
    let key: String
    var jobs: [Crontab.Job]
  }

  private static func turns(_ all: Configuration) -> [Turns] {
    var turns: [Turns] = []
    for (file, job) in jobs(all) {
      for command in job.commands where isHelper(command) {
        let key =
          "\(file.path) \(command.program) \(command.operands.joined(separator: " "))"
        if let index = turns.firstIndex(where: { $0.key.isEqual(to: key) }) {
          turns[index].jobs.append(job)
        } else {
          turns.append(Turns(file: file, command: command, key: key, jobs: [job]))
        }
      }
    }
    return turns
  }

  private static func isHelper(_ command: ShellCommand) -> Bool {
    // kwatchdog-feeder --disarm and --once live for no time.
    command.program.isEqual(to: Tools.ticker)
      || (command.program.isEqual(to: Tools.feeder)
        && !command.words.contains { ["--disarm", "--once"].has($0) })
  }

  /// They must be started again before they end.
  static func helpers(_ all: Configuration) -> [Finding] {
    var found: [Finding] = []
    for one in turns(all) {
      let (program, lifetime) = (one.command.program, one.command.lifetime)
      let lines = one.jobs.map { "\($0.line)" }.joined(separator: " and ")
      let gap = Schedule.longestGap(one.jobs.compactMap { $0.schedule })
      // Cron may be up to ten seconds late.
      guard let gap, gap * 60 + 10 < lifetime else {
        let words = gap.map { "up to \($0) minutes" } ?? "more than an hour"
        found.append(
          all.wrong(
            one.file.path,
            "line \(lines): \(program) is started \(words) apart but lives for \(lifetime) s, so there are times without "
              + "one", cure: "start it in each minute, as by a pair of lines with */2 and 1-59/2"))
        continue
      }
      for job in one.jobs where one.file.isBusybox {
        guard let schedule = job.schedule, let gap = Schedule.longestGap([schedule]),
          gap * 60 < lifetime + 15
        else { continue }
        found.append(
          all.wrong(
            one.file.path,
            "line \(job.line): this cron passes over a line that still runs, and \(program) lives for \(lifetime) s",
            cure: "take the pairs of lines of cron/busybox.crontab"))
      }
    }
    return found
  }

  /// How much later than its minute a line may beat: `beat` lets a command take ten seconds, and cron starts it
  /// within two.
  private static let slack = 12

  /// A heart that a crontab beats must be allowed to be as old as that takes.
  static func beats(_ all: Configuration) -> [Finding] {
    var beats: [(name: String, line: Int, file: String, schedules: [Schedule])] = []
    for (file, job) in jobs(all) {
      guard let schedule = job.schedule else { continue }
      for command in job.commands where command.program.isEqual(to: "beat") {
        for name in command.operands {
          if let index = beats.firstIndex(where: { $0.name.isEqual(to: name) }) {
            beats[index].schedules.append(schedule)
          } else {
            beats.append((name, job.line, file.path, [schedule]))
          }
        }
      }
    }
    return beats.compactMap { beat in
      guard let one = all.hearts.first(where: { $0.name.text.isEqual(to: beat.name) }) else {
        return all.wrong(
          beat.file, "line \(beat.line): it beats for \(beat.name.printable), which has no heart",
          cure: "echo 90 >\(all.roots.path(of: "hearts/\(beat.name.printable)"))")
      }
      let gap = Schedule.longestGap(beat.schedules)
      let seconds = (gap ?? 60) * 60 + slack
      guard one.heart.limit < .seconds(Int64(seconds)) else { return nil }
      let words = gap.map { "each \($0 * 60) s" } ?? "each hour, or less often"
      return all.wrong(
        one.file,
        "a limit of \(one.heart.limit.wholeSeconds) s, but line \(beat.line) of \(beat.file) beats \(words)",
        cure: "write \(seconds) or more")
    }
  }
}
