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
    /// Which helper it starts.
    let helper: String
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
      let helpers = [Tool.eachSecond.text, Tool.feeder.text]
      guard let helper = helpers.first(where: { name.utf8.starts(with: "\($0)@".utf8) }) else {
        continue
      }
      let file = around.path("\(wants)/\(name)")
      var timer = Timer(file: file, name: name, helper: helper)
      timer.isThere = around.exists("\(wants)/\(name)")
      if timer.isThere {
        let tools = Tool.feeder.isNamed(helper) ? [helper] : Tools.ticked
        starts += tools.map { Running.Starter(tool: $0, file: file, helper: "systemd") }
      }
      timers.append(timer)
    }
  }

  // MARK: Supervisors, and what else has a list of commands

  /// One file is the run script of several services, told apart by their names; so in each only that counts which
  /// the name of its folder begins with.
  private mutating func readRunFiles(_ around: Outside) {
    let feeder = Tool.feeder.text
    let names = [Tool.eachSecond.text] + ["-a", "-b", ""].map { feeder + $0 }
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
    let feeder = Tool.feeder.text
    for tool in Tools.ticked + [feeder] where words.has(tool) {
      let isFeeder = Tool.feeder.isNamed(tool)
      guard service?.utf8.starts(with: feeder.utf8) ?? isFeeder == isFeeder else { continue }
      starts.append(Running.Starter(tool: tool, file: path, helper: isFeeder ? "service" : path))
      if service != nil, isFeeder { feeders.append(path) }
    }
  }
}
