import Linux
import Rules
import Watchdog

/// What crontabs do beside running the tools: programs started at boot, and hearts beaten for what cannot be changed.
extension Check {
  /// The programs are started at boot by a line of the crontab.
  mutating func lookAtBoot(_ jobs: [(source: Source, job: Crontab.Job)]) {
    guard running.byCron, running.solves, !names(quietlyIn: "programs").isEmpty else { return }
    let isStarted = jobs.contains { _, job in
      job.isAtBoot && job.commands.contains { $0.program.isEqual(to: "restart-system") }
    }
    if isStarted { return }
    remark(
      "programs",
      "no line of the crontab starts them at boot, so each is started when its heart is late: @reboot root exec "
        + path(of: "restart-system"))
  }

  private func names(quietlyIn folder: String) -> [Name] {
    var names: [Name] = []
    let entries = try? Folder(path: path(of: folder))
    switch entries {
    case .none: return []
    case .some(let entries):
      try? entries.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
        if let name = Name(entry.bytes) { names.append(name) }
      }
      return names
    }
  }

  /// How much later than its minute a line may beat: `beat` lets a command take ten seconds, and cron starts it
  /// within two.
  private static let slack = 12

  /// A heart that a crontab beats must be allowed to be as old as that takes.
  mutating func lookAtBeats(_ jobs: [(source: Source, job: Crontab.Job)]) {
    var beats: [(name: String, line: Int, file: String, schedules: [Schedule])] = []
    for (source, job) in jobs {
      for command in job.commands where command.program.isEqual(to: "beat") {
        for name in command.operands(Check.valued).operands {
          guard let schedule = job.schedule else { continue }
          if let index = beats.firstIndex(where: { $0.name.isEqual(to: name) }) {
            beats[index].schedules.append(schedule)
          } else {
            beats.append((name, job.line, source.path, [schedule]))
          }
        }
      }
    }
    for beat in beats {
      guard let (name, heart) = hearts.first(where: { $0.name.text.isEqual(to: beat.name) }) else {
        complain(
          beat.file,
          "line \(beat.line): it beats for \(beat.name.printable), which has no heart: echo 90 >"
            + path(of: "hearts/\(beat.name.printable)"))
        continue
      }
      lookAtBeat(name, heart, beat.line, beat.file, Schedule.longestGap(beat.schedules))
    }
  }

  private mutating func lookAtBeat(
    _ name: Name, _ heart: Heart, _ line: Int, _ file: String, _ gap: Int?
  ) {
    let seconds = (gap ?? 60) * 60 + Check.slack
    guard heart.limit < .seconds(Int64(seconds)) else { return }
    let words = gap.map { "each \($0 * 60) s" } ?? "each hour, or less often"
    complain(
      "hearts/\(name.text)",
      "a limit of \(heart.limit.wholeSeconds) s, but line \(line) of \(file) beats \(words): write "
        + "\(seconds) or more")
  }
}
