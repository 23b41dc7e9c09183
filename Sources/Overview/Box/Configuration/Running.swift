import LinuxCalls
import Watchdog

/// What runs the tools on this box, as far as that can be seen.
struct Running {
  /// A tool, and what starts it.
  struct Starter {
    let tool: String
    /// The crontab, or the service.
    let file: String
    /// Which helper it is started by: tools with the same one take turns.
    let helper: String
  }

  /// PATH, as what runs the tools has it.
  var path = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  var starts: [Starter] = []
  /// Whatever is named in a line that is run, as a tool of somebody else.
  var mentions: [String] = []
  /// Whether cron runs any of it.
  var byCron = false

  /// Nothing.
  init() {}

  /// What these run.
  init(_ crontabs: [CrontabFile], _ services: Services) {
    for crontab in crontabs where crontab.isRead {
      mentions += crontab.mentions
      for job in crontab.jobs {
        for command in job.commands { add(command, job, crontab) }
      }
    }
    starts += services.starts
    mentions += services.mentions
  }

  private mutating func add(_ command: ShellCommand, _ job: Crontab.Job, _ crontab: CrontabFile) {
    let name = command.program
    if Tool.eachSecond.isNamed(name) {
      path = job.path
      byCron = true
      let helper = command.operands.joined(separator: " ")
      starts += command.operands.map {
        Starter(tool: $0.lastPathPart, file: crontab.path, helper: helper)
      }
    } else if Tools.own.has(name) {
      starts.append(Starter(tool: name, file: crontab.path, helper: name))
    }
  }

  /// Whether anything was found.
  var isKnown: Bool { !starts.isEmpty }

  /// Whether anything starts feeders.
  var feeds: Bool { runs(.feeder) }

  /// Whether anything is restarted.
  var solves: Bool { runs(.solveProblems) || runs(.checkSolutions) }

  func runs(_ tool: Tool) -> Bool { runs(tool.text) }

  func runs(_ tool: String) -> Bool { starts.contains { $0.tool.isEqual(to: tool) } }

  /// What starts a tool: different ones run it more often than each second.
  func files(of tool: String) -> [String] {
    var helpers: [String] = []
    var files: [String] = []
    for start in starts where start.tool.isEqual(to: tool) && !helpers.has(start.helper) {
      helpers.append(start.helper)
      files.append(start.file)
    }
    return files
  }
}
