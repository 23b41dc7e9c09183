import Linux
import Watchdog

/// What runs the tools where cron does not: systemd's timers, and the services of runit, s6 and daemontools. See the
/// folder cron.
extension Check {
  mutating func lookAtServices() {
    lookAtTimers()
    lookAtRunFiles()
  }

  // MARK: systemd

  private mutating func lookAtTimers() {
    let path = "\(outside)/etc/systemd/system/timers.target.wants"
    let wants = try? Folder(path: path)
    guard let wants else { return }
    var timers: [String] = []
    try? wants.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      let name = String(decoding: entry.bytes, as: UTF8.self)
      if Check.instance(name, of: "watchdog-chain@") != nil
        || Check.instance(name, of: "kwatchdog-feeder@") != nil
      {
        timers.append(name)
      }
    }
    timers.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var feeders: [String] = []
    for timer in timers {
      let file = "\(path)/\(timer)"
      if (try? wants.followedStatus(of: timer)) == nil {
        complain(file, "it leads nowhere: systemctl disable \(timer), or put the unit back")
        continue
      }
      lookAtUnit(of: timer)
      if let tool = Check.instance(timer, of: "watchdog-chain@") {
        running.starts.append(.init(tool: tool, file: file, helper: file))
      } else {
        running.starts.append(.init(tool: Running.feeder, file: file, helper: "systemd"))
        feeders.append(file)
      }
    }
    if feeders.count == 1, let only = feeders.first {
      complain(
        only,
        "it is the only timer of a feeder, which lives for less than the two minutes until the next: systemctl "
          + "enable --now kwatchdog-feeder@a.timer kwatchdog-feeder@b.timer", about: .solving)
    }
  }

  /// What a timer starts must be where its unit says.
  private mutating func lookAtUnit(of timer: String) {
    let bytes = Array(timer.utf8)
    guard let at = bytes.firstIndex(of: 0x40) else { return }
    let unit = "\(String(decoding: bytes[...at], as: UTF8.self)).service"
    let instance = bytes[(at + 1)...].prefix { $0 != 0x2E }
    for folder in ["/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"] {
      let file = "\(outside)\(folder)/\(unit)"
      guard let text = try? Folder(path: "/").openFollowed(file).readStart(atMost: 65_536) else {
        continue
      }
      if let program = Check.program(inUnit: text, instance: instance),
        (try? Folder(path: "/").followedStatus(of: "\(outside)\(program)")) == nil
      {
        complain(
          file,
          "its ExecStart is \(program.printable), which is not there: write where it is, then systemctl "
            + "daemon-reload")
      }
      return
    }
  }

  /// The path after ExecStart=, with the instance for %i.
  private static func program(inUnit text: [UInt8], instance: ArraySlice<UInt8>) -> String? {
    let key = Array("ExecStart=".utf8)
    guard let line = text.split(separator: 0x0A).first(where: { $0.starts(with: key) }) else {
      return nil
    }
    var program: [UInt8] = []
    // Before the path there may be letters that say how it is run.
    var rest = line.dropFirst(key.count).drop { $0 != 0x2F }.prefix { $0 > 0x20 }
    while let byte = rest.first {
      let isInstance = rest.starts(with: "%i".utf8)
      program += isInstance ? Array(instance) : [byte]
      rest = rest.dropFirst(isInstance ? 2 : 1)
    }
    return program.isEmpty ? nil : String(decoding: program, as: UTF8.self)
  }

  /// "web" of "watchdog-chain@web.timer".
  private static func instance(_ unit: String, of template: StaticString) -> String? {
    let (begin, end) = (Array("\(template)".utf8), Array(".timer".utf8))
    let bytes = Array(unit.utf8)
    guard bytes.starts(with: begin), bytes.suffix(end.count) == end[...],
      bytes.count > begin.count + end.count
    else { return nil }
    return String(decoding: bytes[begin.count..<(bytes.count - end.count)], as: UTF8.self)
  }

  // MARK: Supervisors, and what else has a list of commands

  private static var runFiles: [String] {
    let services = ["each-second", "kwatchdog-feeder-a", "kwatchdog-feeder-b", "kwatchdog-feeder"]
    let scanned = ["/etc/service", "/var/service", "/service", "/run/service"]
    return scanned.flatMap { folder in services.map { "\(folder)/\($0)/run" } }
      + ["/var/spool/cron/fcrontab/root.orig", "/var/spool/fcron/root.orig"]
  }

  /// One file is the run script of several services, told apart by their names; so in each only that counts which
  /// the name of its folder begins with.
  private mutating func lookAtRunFiles() {
    var feeders: [String] = []
    for file in Check.runFiles {
      let path = "\(outside)\(file)"
      guard let bytes = try? Folder(path: "/").openFollowed(path).readStart(atMost: 65_536) else {
        continue
      }
      let words = Check.wordsOfLines(bytes)
      let service = file.utf8.suffix(4).elementsEqual("/run".utf8) ? Check.service(of: file) : nil
      for tool in Running.ticked + [Running.feeder] {
        let isMeant = service.map { Check.runs(service: $0, tool) } ?? true
        guard isMeant, words.contains(where: { $0.isEqual(to: tool) }) else { continue }
        running.starts.append(
          .init(tool: tool, file: path, helper: tool.isEqual(to: Running.feeder) ? "service" : path)
        )
        if service != nil, tool.isEqual(to: Running.feeder) { feeders.append(path) }
      }
      running.mentions += words
    }
    if feeders.count == 1, let only = feeders.first {
      remark(only, "it is the only feeder: a second one would take the open device over from it")
    }
  }

  private static func service(of file: String) -> String {
    let parts = file.utf8.split(separator: 0x2F)
    return String(decoding: Array(parts[parts.count - 2]), as: UTF8.self)
  }

  private static func runs(service: String, _ tool: String) -> Bool {
    let isFeeder = service.utf8.starts(with: Running.feeder.utf8)
    return isFeeder == tool.isEqual(to: Running.feeder)
  }

  /// The last parts of all words that stand in no comment.
  static func wordsOfLines(_ bytes: [UInt8]) -> [String] {
    var words: [String] = []
    for line in bytes.split(separator: 0x0A) {
      if line.first(where: { $0 != 0x20 && $0 != 0x09 }) == 0x23 { continue }
      let parts = line.split { byte in
        byte <= 0x20 || "\"'`;&|()<>=$".utf8.contains(byte)
      }
      words += parts.map { part in
        ShellCommand.lastPart(of: String(decoding: Array(part), as: UTF8.self))
      }
    }
    return words
  }
}
