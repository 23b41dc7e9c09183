import Foundation
import Rules

@testable import LinuxCalls
@testable import Overview
@testable import Watchdog

/// 2024, on a box that was booted 10,000 s ago.
let noon = Moment(realtime: .seconds(1_720_000_000), monotonic: .seconds(10_000))

/// Values that are made up, each as when all is well.
enum Made {
  static let roots = Roots(config: "/etc/watchdog", state: "/run/watchdog", data: "/d", logs: "/l")
  static let web = name("web")

  static func name(_ text: String) -> Name {
    guard let name = Name(text) else { fatalError("\(text) is no name") }
    return name
  }

  static func box(_ change: (inout Box) -> Void = { _ in }) -> Box {
    var box = Box(roots: roots, now: noon, devices: [device()])
    for tool in ["mark-problems", "check-solutions"] {
      box.links.append(
        Link(tool: name(tool), limit: .seconds(10), touched: noon.realtime))
    }
    change(&box)
    return box
  }

  static func device(
    exists: Bool = true, isWatchdog: Bool = true, state: String? = "active",
    identity: String = "i6300ESB timer",
    timeout: String? = "75", nowayout: Bool? = false
  ) -> ArmedDevice {
    ArmedDevice(
      path: "/dev/watchdog", node: nil, kind: exists ? .characterDevice : nil,
      description: exists && isWatchdog
        ? WatchdogDevice.Description(
          name: "watchdog0", identity: identity, state: state, timeout: timeout, timeLeft: nil,
          nowayout: nowayout, bootFlags: nil) : nil, isConfigured: true, isNoted: false,
      holder: nil)
  }

  static func problem(_ reason: String, ago: Duration = .seconds(12)) -> ProblemState {
    let noticed = noon.realtime - ago
    let found = TroubleFound(
      name: web, problem: Problem(detector: "me", reason: reason), noticed: noticed,
      trouble: Trouble(
        detector: .other, age: ago, beatBefore: nil, promise: .none, beat: .never,
        process: .notNoted,
        means: .none,
        limits: .init(lastStep: nil, solveTime: .seconds(20), solveWithin: .seconds(30)),
        attempt: nil, isSolverRunning: false),
      record: nil, hold: nil, complaints: [])
    return ProblemState(found: found, age: ago, plan: .marked, obstacle: nil, ladder: nil)
  }

  /// A configuration of one heart with its program, which a crontab runs.
  static func configuration(
    _ change: (inout Configuration) -> Void = { _ in }
  ) -> Configuration {
    var all = Configuration(
      roots: roots, around: Outside(root: "/none"), seesOutside: true, runner: 0)
    for name in [""] + ConfigFolder.known { all.folders.append(folder(name)) }
    all.folders[1].files = [file("hearts/web")]
    all.folders[3].files = [file("programs/web", mode: 0o755)]
    all.hearts = [heart()]
    all.links = [
      (name("mark-problems"), .seconds(10)), (name("check-solutions"), .seconds(10)),
    ]
    all.folders[2].files = all.links.map { file("chain/\($0.tool.text)") }
    all.executables = [
      Executable(file: "programs/web", name: web), Executable(file: "restart-system"),
    ]
    all.devices = [device()]
    for tool in Tools.ticked + [Tool.feeder.text] {
      all.running.starts.append(.init(tool: tool, file: "/etc/cron.d/w", helper: "one"))
    }
    change(&all)
    return all
  }

  static func heart(limit: Int64 = 30, start: Int64 = 120) -> ConfiguredHeart {
    ConfiguredHeart(
      name: web,
      heart: Heart(
        limit: .seconds(limit), startLimit: .seconds(start), owner: 0, given: .zero))
  }

  static func folder(_ name: String, mode: mode_t = 0o755, owner: uid_t = 0) -> ConfigFolder {
    ConfigFolder(name: name, status: status(S_IFDIR | mode, owner))
  }

  static func file(_ path: String, mode: mode_t = 0o644, owner: uid_t = 0) -> ConfigFile {
    ConfigFile(
      path: path, name: name(path.split(separator: "/").last.map(String.init) ?? ""), kind: .file,
      status: status(S_IFREG | mode, owner))
  }

  static func status(_ mode: mode_t, _ owner: uid_t = 0) -> FileStatus {
    var status = stat()
    status.st_mode = mode
    status.st_uid = owner
    status.st_nlink = 1
    return FileStatus(status)
  }

  static func crontab(_ text: String, hasUsers: Bool = true) -> CrontabFile {
    var file = CrontabFile(path: "/etc/cron.d/w", folder: "/etc/cron.d", name: "w")
    file.hasUsers = hasUsers
    file.crontab = Crontab(Array(text.utf8), hasUsers: hasUsers)
    file.status = status(S_IFREG | 0o644)
    return file
  }

  /// A box that doctor has looked at, and of which there is nothing to say.
  static func examination(_ change: (inout Examination) -> Void = { _ in }) -> Examination {
    var all = Examination(box: box(), uptime: .seconds(10_000))
    all.configuration = configuration()
    all.starters = .init(hasCrontab: true, hasTimer: false, cron: ("cron", 7))
    all.logs = .init(hasRotation: true, hasLogrotate: true)
    all.kernel = KernelState(version: (6, 1), panic: 10, hasBootUnit: true)
    change(&all)
    return all
  }

  /// Lines of the incidents: seconds since 1970, since boot, the boot, the event, and more members.
  static func line(
    _ time: Double, uptime: Double? = nil, boot: String = "b", _ event: String, _ more: String = ""
  ) -> Incident.Line {
    let date = Duration.milliseconds(Int64(time * 1000)).date
    let up = uptime.map { ", \"uptime\": \(String(format: "%.3f", $0))" } ?? ""
    let text =
      "{\"time\": \"\(date)\"\(up), \"boot\": \"\(boot)\", \"event\": \"\(event)\"\(more)}"
    guard let line = Incident.Line(Array(text.utf8)) else { fatalError(text) }
    return line
  }
}

extension [Finding] {
  /// "subject: what: cure" of those that are not as they should be.
  var lines: [String] { told.map { $0.line } }
}
