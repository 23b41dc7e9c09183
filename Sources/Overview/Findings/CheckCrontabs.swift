import Linux
import Watchdog

/// The crontabs of this box in which the chain is run.
extension Check {
  /// A file that cron reads.
  struct Source {
    let path: String
    /// In its folder, for --fix.
    let folder: String
    let name: String
    /// Whether its lines name a user.
    var hasUsers = true
    /// Whether cron asks whose it is, and who may write to it. The others belong to who wrote them.
    var isGuarded = true
    /// Whether this is a cron that passes a line over while it still runs, and notices its end late.
    var isBusybox = false
  }

  private static let largest = 1 << 20

  mutating func lookAtCrontabs() {
    var jobs: [(source: Source, job: Crontab.Job)] = []
    var seen: [FileStatus] = []
    for source in sources() {
      guard let status = try? Folder(path: "/").followedStatus(of: source.path),
        status.kind == .file,
        !seen.contains(where: { $0.inode == status.inode && $0.device == status.device }),
        let bytes = try? Folder(path: "/").openFollowed(source.path).readStart(
          atMost: Check.largest)
      else { continue }
      seen.append(status)
      let crontab = Crontab(bytes, hasUsers: source.hasUsers)
      guard Check.isOurs(crontab, bytes), isRead(source) else { continue }
      running.mentions += Check.wordsOfLines(bytes)
      lookAtFile(source)
      tellMistakes(crontab, source)
      jobs += crontab.jobs.filter { !$0.isMoved }.map { (source, $0) }
    }
    for (source, job) in jobs { lookAtJob(job, source) }
    lookAtHelpers(jobs)
    lookAtBoot(jobs)
    lookAtBeats(jobs)
  }

  /// Whether a crontab runs any of our tools, or would if it could be understood.
  private static func isOurs(_ crontab: Crontab, _ bytes: [UInt8]) -> Bool {
    func isTool(_ word: String) -> Bool { tools.contains { $0.isEqual(to: word) } }
    let runsTools = crontab.jobs.contains { job in
      job.commands.contains { command in
        isTool(command.program)
          || (command.program.isEqual(to: "root") && command.words.contains { isTool($0) })
      }
    }
    if runsTools || crontab.mistakes.isEmpty { return runsTools }
    return wordsOfLines(bytes).contains { word in Running.own.contains { $0.isEqual(to: word) } }
  }

  // MARK: Files

  private func sources() -> [Source] {
    var sources: [Source] = []
    let folder = "\(outside)/etc/cron.d"
    if let entries = try? Folder(path: folder) {
      try? entries.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        // Hidden ones are on their way to be a crontab, or away from it.
        if entry.bytes.first == 0x2E { return }
        let name = String(decoding: entry.bytes, as: UTF8.self)
        sources.append(Source(path: "\(folder)/\(name)", folder: folder, name: name))
      }
    }
    sources.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    sources.append(
      Source(path: "\(outside)/etc/crontab", folder: "\(outside)/etc", name: "crontab"))
    for folder in ["/var/spool/cron/crontabs", "/var/spool/cron", "/etc/crontabs"] {
      sources.append(
        Source(
          path: "\(outside)\(folder)/root", folder: "\(outside)\(folder)", name: "root",
          hasUsers: false, isGuarded: false,
          isBusybox: isThere("\(outside)/etc/crontabs")))
    }
    return sources
  }

  private func isThere(_ path: String) -> Bool {
    (try? Folder(path: "/").followedStatus(of: path)) != nil
  }

  /// Whether cron reads a file of this name. One that it passes over is told, unless another is there for it.
  private mutating func isRead(_ source: Source) -> Bool {
    if Name(source.name) != nil { return true }
    let stem = source.name.utf8.prefix { Name(CollectionOfOne($0)) != nil }
    let counterpart = String(decoding: Array(stem), as: UTF8.self)
    if stem.isEmpty || !isThere("\(source.folder)/\(counterpart)") {
      complain(
        source.path.printable,
        "cron passes over it: the name of a crontab is made of letters, digits, _ and -: rename it")
    }
    return false
  }

  private mutating func lookAtFile(_ source: Source) {
    guard source.isGuarded, let folder = try? Folder(path: source.folder),
      let status = try? folder.followedStatus(of: source.name)
    else { return }
    if !trusts(status.owner) {
      complain(
        source.path,
        "it belongs to user \(status.owner), so cron does not read it: chown root \(source.path)")
    } else if status.isWritableByOthers {
      complain(
        source.path, "others can write to it, so cron does not read it: chmod go-w \(source.path)",
        fix: Fix(act: .closeToOthers, base: source.folder, names: [source.name]))
    }
    if status.links > 1 {
      complain(
        source.path,
        "it has \(status.links) names (hard links), so cron does not read it: make it a file of its own"
      )
    }
  }

  private mutating func tellMistakes(_ crontab: Crontab, _ source: Source) {
    let fate = source.hasUsers ? ", and cron drops the whole file for it" : ""
    for mistake in crontab.mistakes {
      let cure = mistake.cure.map { ": \($0)" } ?? ""
      complain(
        source.path, "line \(mistake.line): \(mistake.sentence)\(fate)\(cure)",
        fix: mistake.isNothing && source.isGuarded
          ? Fix(act: .quoteNothing, base: source.folder, names: [source.name]) : nil)
    }
    if !crontab.endsInNewline {
      complain(
        source.path, "its last line has no end\(fate): echo >>\(source.path)",
        fix: source.isGuarded
          ? Fix(act: .endLastLine, base: source.folder, names: [source.name]) : nil)
    }
  }

  // MARK: Lines

  private static let tools =
    Running.own + [
      "beat", "run-stamped", "kill-stamped", "watchdog-chain",
    ]

  /// The options of our tools that take a value.
  static let valued: [StaticString] = ["limit", "lifetime", "config", "state", "data"]

  private mutating func lookAtJob(_ job: Crontab.Job, _ source: Source) {
    let place = "line \(job.line): "
    let own = job.commands.filter { command in
      Check.tools.contains { $0.isEqual(to: command.program) }
    }
    lookAtUser(job, own, source)
    for command in own {
      let program = lookAtProgram(command.words[0], job, source)
      let name = command.program
      if name.isEqual(to: "each-second") {
        running.path = job.path
        running.byCron = true
        let tools = command.operands(Check.valued).operands
        for tool in tools {
          // Beside each-second first, as it looks itself.
          let beside = program.map { Check.neighbour(of: $0, tool) }
          if !(beside.map { isThere($0) } ?? false) { _ = lookAtProgram(tool, job, source) }
          running.starts.append(
            .init(
              tool: ShellCommand.lastPart(of: tool), file: source.path,
              helper: tools.joined(separator: " ")))
        }
      } else if Running.own.contains(where: { $0.isEqual(to: name) }) {
        running.starts.append(.init(tool: name, file: source.path, helper: name))
      }
    }
    if job.hasPercent, !own.isEmpty {
      complain(source.path, "\(place)cron takes a % for the end of the command: write \\% for it")
    }
  }

  private mutating func lookAtUser(
    _ job: Crontab.Job, _ own: [ShellCommand], _ source: Source
  ) {
    let place = "line \(job.line): "
    guard let user = job.user else {
      // Written for /etc/cron.d.
      if let first = job.commands.first, first.words[0].isEqual(to: "root") {
        complain(
          source.path, "\(place)this crontab is root's, and its lines name no user: remove \"root\""
        )
      }
      return
    }
    if User(user) == nil {
      complain(
        source.path,
        "\(place)there is no user \"\(user.printable)\", and cron drops the whole file for it: write root before "
          + "the command")
    } else if !user.isEqual(to: "root"),
      let tool = own.first(where: { command in
        Running.own.contains { $0.isEqual(to: command.program) }
      })
    {
      complain(
        source.path,
        "\(place)\(tool.program) has to be run by root, and not by \(user.printable): write root")
    }
  }

  /// - Returns: where it is; nil when it is not there.
  private mutating func lookAtProgram(
    _ word: String, _ job: Crontab.Job, _ source: Source
  ) -> String? {
    let place = "line \(job.line): "
    let isPath = word.utf8.contains(0x2F)
    let found =
      isPath
      ? (isThere("\(outside)\(word)") ? "\(outside)\(word)" : nil)
      : Crontab.find(word, in: job.path, below: outside)
    guard let found else {
      // Once, and not for each line of a pair.
      let key = "\(source.path) \(word) \(job.path)"
      if told.contains(where: { $0.isEqual(to: key) }) { return nil }
      told.append(key)
      let isExpanded = job.path.utf8.contains(0x24)
      complain(
        source.path,
        isPath
          ? "\(place)there is no \(word.printable): install it, or write where it is"
          : "\(place)there is no \(word.printable) in its PATH (\(job.path.printable)): "
            + (isExpanded
              ? "cron knows no $ there: write the folders themselves"
              : "add the folder that it is in"))
      return nil
    }
    do throws(Failure) {
      try Trust.check(executable: found, as: runner)
    } catch {
      if !told.contains(where: { $0.isEqual(to: error.sentence) }) {
        complain(source.path, "\(place)\(error.sentence)")
      }
      told.append(error.sentence)
    }
    return found
  }

  private static func neighbour(of path: String, _ name: String) -> String {
    let bytes = Array(path.utf8)
    let folder = bytes[..<(bytes.lastIndex(of: 0x2F) ?? 0)]
    return "\(String(decoding: Array(folder), as: UTF8.self))/\(name)"
  }

  // MARK: Minutes

  /// Helpers must be started again before they end.
  private mutating func lookAtHelpers(_ jobs: [(source: Source, job: Crontab.Job)]) {
    var done: [String] = []
    for (source, job) in jobs {
      for command in job.commands where Check.isHelper(command) {
        let key = Check.key(command, source.path)
        if done.contains(where: { $0.isEqual(to: key) }) { continue }
        done.append(key)
        lookAtHelper(command, key, jobs, source)
      }
    }
  }

  private mutating func lookAtHelper(
    _ command: ShellCommand, _ key: String, _ jobs: [(source: Source, job: Crontab.Job)],
    _ source: Source
  ) {
    let same = jobs.filter { other in
      other.job.commands.contains {
        Check.isHelper($0) && Check.key($0, other.source.path).isEqual(to: key)
      }
    }
    let schedules = same.compactMap { $0.job.schedule }
    let lifetime = Check.lifetime(of: command)
    let lines = same.map { "\($0.job.line)" }.joined(separator: " and ")
    let place = "line \(lines): \(command.program)"
    // Cron may be up to ten seconds late.
    guard let gap = Schedule.longestGap(schedules), gap * 60 + 10 < lifetime else {
      let gap =
        Schedule.longestGap(schedules).map { "up to \($0) minutes" }
        ?? "more than an hour"
      complain(
        source.path,
        "\(place) is started \(gap) apart but lives for \(lifetime) s, so there are times without one: "
          + "start it in each minute, as by a pair of lines with */2 and 1-59/2")
      return
    }
    guard source.isBusybox else { return }
    for job in same {
      guard let schedule = job.job.schedule, let gap = Schedule.longestGap([schedule]),
        gap * 60 < lifetime + 15
      else { continue }
      complain(
        source.path,
        "line \(job.job.line): this cron passes over a line that still runs, and \(command.program) lives for "
          + "\(lifetime) s: take the pairs of lines of cron/busybox.crontab")
    }
  }

  private static func isHelper(_ command: ShellCommand) -> Bool {
    // kwatchdog-feeder --disarm and --once live for no time.
    command.program.isEqual(to: "each-second")
      || (command.program.isEqual(to: Running.feeder)
        && !command.words.contains { $0.isEqual(to: "--disarm") || $0.isEqual(to: "--once") })
  }

  /// Equal for those that take turns.
  private static func key(_ command: ShellCommand, _ file: String) -> String {
    let operands = command.operands(Check.valued).operands
    return "\(file) \(command.program) \(operands.joined(separator: " "))"
  }

  private static func lifetime(of command: ShellCommand) -> Int {
    let numbers = command.operands(Check.valued).numbers
    let given = numbers.last { $0.0.isEqual(to: "lifetime") }
    return given.map { Int(clamping: $0.1) } ?? 120
  }
}
