import LinuxCalls
import Watchdog

/// What runs the tools where cron does not: systemd's timers, and the services of runit, s6 and daemontools. See the
/// folder cron.
struct Services {
  /// A timer of systemd that is enabled.
  struct Timer {
    /// Its link in timers.target.wants.
    let file: String
    let name: String
    /// Which tool it starts.
    let tool: String
    /// Whether its link leads to a unit.
    var isThere = true
  }

  var timers: [Timer] = []
  /// What is started by timers and run files.
  var starts: [Running.Starter] = []
  var mentions: [String] = []
  /// The run files of feeders.
  var feeders: [String] = []

  /// None.
  init() {}

  /// Looks for them.
  init(_ around: Outside) {
    readTimers(around)
    readRunFiles(around)
  }

  // MARK: systemd

  private mutating func readTimers(_ around: Outside) {
    let wants = "/etc/systemd/system/timers.target.wants"
    for name in around.names(in: wants) {
      let ticked = Services.instance(name, of: "watchdog-chain@")
      guard ticked != nil || Services.instance(name, of: "kwatchdog-feeder@") != nil else {
        continue
      }
      let file = around.path("\(wants)/\(name)")
      var timer = Timer(file: file, name: name, tool: ticked ?? Tools.feeder)
      timer.isThere = around.exists("\(wants)/\(name)")
      if timer.isThere {
        starts.append(
          Running.Starter(tool: timer.tool, file: file, helper: ticked == nil ? "systemd" : file))
      }
      timers.append(timer)
    }
  }

  /// "web" of "watchdog-chain@web.timer".
  private static func instance(_ unit: String, of template: StaticString) -> String? {
    let (begin, end) = (Array("\(template)".utf8), Array(".timer".utf8))
    let bytes = Array(unit.utf8)
    guard bytes.starts(with: begin), bytes.suffix(end.count) == end[...],
      bytes.count > begin.count + end.count
    else { return nil }
    return bytes[begin.count..<(bytes.count - end.count)].text
  }

  // MARK: Supervisors, and what else has a list of commands

  /// One file is the run script of several services, told apart by their names; so in each only that counts which
  /// the name of its folder begins with.
  private mutating func readRunFiles(_ around: Outside) {
    let names = [Tools.ticker, "kwatchdog-feeder-a", "kwatchdog-feeder-b", Tools.feeder]
    for folder in ["/etc/service", "/var/service", "/service", "/run/service"] {
      for name in names { read("\(folder)/\(name)/run", of: name, around) }
    }
    for file in ["/var/spool/cron/fcrontab/root.orig", "/var/spool/fcron/root.orig"] {
      read(file, of: nil, around)
    }
  }

  private mutating func read(_ file: String, of service: String?, _ around: Outside) {
    guard let bytes = around.contents(file) else { return }
    let path = around.path(file)
    let words = CrontabFile.words(of: bytes)
    mentions += words
    for tool in Tools.ticked + [Tools.feeder] where words.has(tool) {
      let isFeeder = tool.isEqual(to: Tools.feeder)
      guard service?.utf8.starts(with: Tools.feeder.utf8) ?? isFeeder == isFeeder else { continue }
      starts.append(Running.Starter(tool: tool, file: path, helper: isFeeder ? "service" : path))
      if service != nil, isFeeder { feeders.append(path) }
    }
  }
}
