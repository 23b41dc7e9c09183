import LinuxCalls
import Rules
import Watchdog

/// The crontabs in which the chain is run.
enum CrontabRules {
  static let all: [Rule<Configuration>] = [
    Rule("crontab", files), Rule("syntax", syntax), Rule("percent", percent),
    Rule("programs", programs), Rule("boot", boot), Rule("accepts", accepts), Rule("beats", beats),
  ]

  private static func read(_ all: Configuration) -> [CrontabFile] {
    all.crontabs.filter { $0.isRead }
  }

  private static func jobs(_ all: Configuration) -> [(file: CrontabFile, job: Crontab.Job)] {
    read(all).flatMap { file in file.jobs.map { (file, $0) } }
  }

  // MARK: Files

  /// A name that cron passes over, whose it is, and who may write to it.
  @Findings private static func files(_ all: Configuration) -> [Finding] {
    for file in all.crontabs {
      if !file.isRead, !file.hasCounterpart {
        all.wrong(
          file.path.printable,
          "cron passes over it: the name of a crontab is made of letters, digits, _ and -",
          cure: "rename it")
      } else if file.isRead, file.isGuarded, let status = file.status {
        guarded(file, status, all)
      }
    }
  }

  @Findings private static func guarded(
    _ file: CrontabFile, _ status: FileStatus, _ all: Configuration
  ) -> [Finding] {
    if !all.trusts(status.owner) {
      all.wrong(
        file.path, "it belongs to user \(status.owner), so cron does not read it",
        cure: "chown root \(file.path)")
    } else if status.isWritableByOthers {
      all.wrong(
        file.path, "others can write to it, so cron does not read it",
        cure: "chmod go-w \(file.path)", fix: file.fix(.closeToOthers))
    }
    if status.links > 1 {
      all.wrong(
        file.path, "it has \(status.links) names (hard links), so cron does not read it",
        cure: "make it a file of its own")
    }
  }

  /// What cron drops a whole file for, without a word to its author.
  @Findings private static func syntax(_ all: Configuration) -> [Finding] {
    for file in read(all) {
      let fate = file.hasUsers ? ", and cron drops the whole file for it" : ""
      for (line, name) in file.crontab.bare {
        all.wrong(
          file.path, "line \(line): \(name.printable)= has no value\(fate)",
          cure: "write \(name.printable)=\"\"", fix: file.fix(.quoteNothing))
      }
      if !file.crontab.endsInNewline {
        all.wrong(
          file.path, "its last line has no newline\(fate)", cure: "echo >>\(file.path)",
          fix: file.fix(.endLastLine))
      }
    }
  }

  // MARK: Lines

  private static func percent(_ all: Configuration) -> [Finding] {
    jobs(all).filter { _, job in
      job.hasPercent && job.commands.contains { Tools.all.has($0.program) }
    }.map { file, job in
      all.wrong(
        file.path, "line \(job.line): cron takes a % for the end of the command",
        cure: "write \\% for it")
    }
  }

  /// Whether what they call is there. Once, and not for each line of a pair.
  private static func programs(_ all: Configuration) -> [Finding] {
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
        } else if call.word.utf8.contains(.slash) {
          found.append(
            all.wrong(
              file.path, "\(place)there is no \(word)", cure: "install it, or write where it is"))
        } else {
          found.append(
            all.wrong(
              file.path, "\(place)there is no \(word) in its PATH (\(call.path.printable))",
              cure: call.path.utf8.contains(UInt8(ascii: "$"))
                ? "cron does not expand $ there: write the directories themselves"
                : "add its directory"))
        }
      }
    }
    return found
  }

  /// The programs are started at boot by a line of the crontab: one of @reboot, or one whose condition is true once per
  /// boot, for a cron that knows no such words (busybox).
  @Findings private static func boot(_ all: Configuration) -> [Finding] {
    let isStarted = jobs(all).contains { _, job in
      (job.isAtBoot || job.commands.count > 1)
        && job.commands.contains { $0.program.isEqual(to: "restart-system") }
    }
    let programs = all.folder("programs")?.files ?? []
    if all.running.byCron, all.running.solves, !programs.isEmpty, !isStarted {
      all.note(
        "programs",
        "no line of the crontab starts them at boot, so each is started only when its heart is late",
        cure: "@reboot root exec \(all.roots.path(of: "restart-system"))")
    }
  }

  /// boot-good and roll-back are run by a line of a crontab.
  @Findings private static func accepts(_ all: Configuration) -> [Finding] {
    let isRun = jobs(all).contains { _, job in
      job.commands.contains {
        $0.program.isEqual(to: "\(Tool.people)") && $0.operands.has("accept")
      }
    }
    let files = [Acceptance.file, Acceptance.rollBackFile].filter { file in
      all.executables.contains { $0.file.isEqual(to: file) }
    }
    if all.running.byCron, !isRun, let file = files.first {
      all.wrong(
        file, "no line of a crontab runs watchdog-chain accept, so it is never run",
        cure: "cron/accept of the sources is one")
    }
  }

  /// How much later than its minute a line may beat: `beat` lets a command take ten seconds, and cron starts it
  /// within two.
  private static let slack = 12

  /// A heart that a crontab beats must be allowed to be as old as that takes.
  private static func beats(_ all: Configuration) -> [Finding] {
    var beats: [(name: String, line: Int, file: String, schedules: [Schedule])] = []
    for (file, job) in jobs(all) {
      guard let schedule = job.schedule else { continue }
      for command in job.commands where Tool.beat.isNamed(command.program) {
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

extension CrontabFile {
  /// What --fix does with it; nothing with the crontab of a user.
  fileprivate func fix(_ act: Fix.Act) -> Fix? {
    isGuarded ? Fix(act: act, base: folder, names: [name]) : nil
  }
}
