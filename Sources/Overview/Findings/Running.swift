import Linux
import Rules
import Watchdog

/// What runs the tools on this box, as far as that can be seen.
struct Running {
  /// A tool, and what starts it.
  struct Start {
    let tool: String
    /// The crontab, or the service.
    let file: String
    /// Which helper it is started by: tools with the same one take turns.
    let helper: String
  }

  /// PATH, as what runs the tools has it.
  var path = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  var starts: [Start] = []
  /// Whatever is named in a line that is run, as a tool of somebody else.
  var mentions: [String] = []
  /// Whether cron runs any of it.
  var byCron = false

  static let feeder = "kwatchdog-feeder"
  /// The tools that are run each second.
  static let ticked = ["mark-problems", "solve-problems", "check-solutions"]
  /// The tools by which a file is known to be about this chain.
  static let own = ticked + [feeder, "each-second"]

  /// Whether anything was found.
  var isKnown: Bool { !starts.isEmpty }

  /// Whether anything starts feeders.
  var feeds: Bool { runs(Running.feeder) }

  /// Whether anything is restarted.
  var solves: Bool { runs("solve-problems") || runs("check-solutions") }

  func runs(_ tool: String) -> Bool { starts.contains { $0.tool.isEqual(to: tool) } }

  func mentions(_ tool: String) -> Bool { mentions.contains { $0.isEqual(to: tool) } }

  /// What starts a tool: different ones run it more often than each second.
  func files(of tool: String) -> [String] {
    var helpers: [String] = []
    var files: [String] = []
    for start in starts where start.tool.isEqual(to: tool) {
      let helper = start.helper
      if helpers.contains(where: { $0.isEqual(to: helper) }) { continue }
      helpers.append(helper)
      files.append(start.file)
    }
    return files
  }
}

/// Whether everything that must be run is run, and only once.
extension Check {
  mutating func lookAtWhatRuns() {
    lookAtCrontabs()
    lookAtServices()
    guard running.isKnown else {
      remark(
        "",
        "nothing was found that runs the tools, neither in a crontab nor among services: see the folder cron "
          + "for what there is"
          + (ThisProcess.user == 0 ? "" : " (some crontabs only root can read)"))
      return
    }
    for tool in Running.ticked { lookForSecond(tool) }
    if !running.runs("mark-problems") {
      complain(anyFile, "nothing runs mark-problems, so nothing is noticed: see the folder cron")
    }
    lookAtLinks()
  }

  private var anyFile: String { running.starts.first?.file ?? "" }

  private mutating func lookForSecond(_ tool: String) {
    let files = running.files(of: tool)
    guard files.count > 1 else { return }
    let words = files[0].isEqual(to: files[1]) ? "by two different lines" : "by \(files[1]) too"
    complain(files[0], "\(tool) is run \(words): leave one of them")
  }

  /// The tools that are run and the links of the chain belong together.
  private mutating func lookAtLinks() {
    guard running.feeds else {
      if running.solves {
        remark(anyFile, "nothing runs kwatchdog-feeder, so the box is never rebooted")
      }
      return
    }
    for (tool, _) in links {
      let name = tool.text
      if running.runs(name) || running.mentions(name) || isAlive(tool) { continue }
      complain(
        "chain/\(name)",
        "nothing was found that runs \(name), and while it is not alive the device is not fed: run it, or rm "
          + path(of: "chain/\(name)"), about: .solving)
    }
    for tool in ["mark-problems", "check-solutions"] where running.runs(tool) {
      if links.contains(where: { $0.tool.text.isEqual(to: tool) }) { continue }
      complain(
        "chain",
        "it does not name \(tool), so nobody notices when that is gone: once it is alive: echo 10 >"
          + path(of: "chain/\(tool)"), about: .solving)
    }
    if running.runs("solve-problems"), !running.runs("check-solutions") {
      complain(
        anyFile,
        "nothing runs check-solutions, so problems that solve-problems does not solve have no end",
        about: .solving
      )
    }
  }

  /// Whether somebody else's tool shows that something runs it, whatever that is.
  private func isAlive(_ tool: Name) -> Bool {
    if Running.own.contains(where: { $0.isEqual(to: tool.text) }) { return false }
    let state = try? StateFolder.toLookAt(roots)
    switch state {
    case .some(let state):
      guard let chain = try? Chain.look(roots, state, last: nil) else { return false }
      return chain.links.contains { $0.tool == tool && $0.isFresh(at: Moment.now()) }
    case .none: return false
    }
  }
}
