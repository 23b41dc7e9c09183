import Linux
import Rules
import Watchdog

/// /run, /tmp and /var, the clock, the programs, the tools and the logs.
enum PlaceRules {
  /// Less than that is soon filled.
  private static let leastRoom: UInt64 = 1 << 20
  private static let leastFiles: UInt64 = 200

  static func state(_ all: Examination) -> [Finding] {
    let place = all.state
    guard let system = place.system else {
      return [Finding(.critical, "\(place.path) is missing: no tool has run since boot")]
    }
    if !system.isInMemory {
      return [
        Finding(
          .warning,
          "\(place.path) is on a disk: the tools write to it each second, and a reboot does not clear it",
          cure: "mount a tmpfs at /run")
      ]
    }
    return room(place, system, "in memory, with room")
  }

  static func temporary(_ all: Examination) -> [Finding] {
    let path = all.temporary.path
    guard let status = all.temporary.status, status.kind == .folder,
      let system = all.temporary.system
    else {
      return [
        Finding(
          .critical, "\(path) is no folder, and Debian's cron starts nothing without it",
          cure: "mkdir -m 1777 \(path)")
      ]
    }
    if status.permissions != 0o1777 {
      return [
        Finding(
          .warning, "not everybody can write to \(path), as it is meant to be",
          cure: "chmod 1777 \(path)")
      ]
    }
    return room(all.temporary, system, "cron can write to it")
  }

  static func data(_ all: Examination) -> [Finding] {
    let place = all.data
    guard let system = place.system else {
      return [
        Finding(
          .warning, "\(place.path) is missing, so no reboot is counted and no reason survives",
          cure: "mkdir \(place.path)")
      ]
    }
    if system.isInMemory {
      return [
        Finding(
          .warning, "\(place.path) is in memory, so no reboot is counted and no reason survives",
          cure: "it must be on a disk")
      ]
    }
    return room(place, system, "on a disk, with room")
  }

  /// Nobody can write where nothing is left, and then the tools are not alive.
  private static func room(
    _ place: Examination.Place, _ system: FileSystem, _ praise: String
  ) -> [Finding] {
    let path = place.path
    if system.isReadOnly {
      return [
        Finding(
          .critical, "\(path) cannot be written to, because its file system is read-only",
          cure: "see dmesg for an error of the disk, and mount -o remount,rw")
      ]
    }
    if let room = system.room, room < leastRoom {
      return [
        Finding(
          .critical, "\(path) has \(room / 1024) kB left",
          cure: "see what fills its file system (du -x)")
      ]
    }
    if let files = system.filesLeft, files < leastFiles {
      return [
        Finding(
          .critical, "\(path) has room for \(files) more files only",
          cure: "see what fills its file system (du -x --inodes)")
      ]
    }
    let room = system.room.map { ": \($0 >> 20) MB left" } ?? ""
    return [Finding(.fine, "\(path): \(praise)\(room)")]
  }

  /// A tool that began to watch anew, long after boot, did so because the clock was set, or all stood still.
  static func clock(_ all: Examination) -> [Finding] {
    guard let look = all.look, look.counted > .zero || look.broken != nil else { return [] }
    let watched = look.vigil.watched - look.vigil.begun
    switch look.breach {
    case .clockMoved(let moved):
      return [
        Finding(
          .note,
          "it moved by \(moved.inSeconds) s since mark-problems ran last: nobody is late for that, but see who sets it"
        )
      ]
    case .pause, .otherBoot: return []
    case nil where all.uptime - watched > .seconds(300):
      return [
        Finding(
          .note,
          "mark-problems watches without a break for \(watched.short) only: then it was started, the clock was set, the "
            + "box slept, or nothing ran: the system's log says which")
      ]
    case nil:
      return [Finding(.fine, "nobody set it, and nothing stood still, for \(watched.short)")]
    }
  }

  // MARK: Programs

  static func programs(_ all: Examination) -> [Finding] {
    var found: [Finding] = []
    for program in all.programs {
      let (name, file) = (program.name.text, "programs/\(program.name.text)")
      if let changed = program.changed, let pid = program.pid {
        found.append(
          Finding(
            .warning,
            "\(file) was changed \(changed.short) ago, after its process was started (\(pid))",
            cure: "solve-problems --solve \(name) starts it anew"))
      } else if program.pid == nil {
        found.append(
          Finding(
            .critical, "\(file) does not run",
            cure: "solve-problems --solve \(name), or remove the file"))
      }
    }
    for (name, pid) in all.strays {
      found.append(
        Finding(
          .warning,
          "process \(pid) was started for \(name.text), of which nothing is left in \(all.box.roots.config)",
          cure: "kill-stamped \(name.text)"))
    }
    if !found.isEmpty { return found }
    return [
      Finding(
        .fine,
        all.programs.isEmpty
          ? "none is started by the chain"
          : "\(all.programs.count) run, each from the file as it is now")
    ]
  }

  static func tools(_ all: Examination) -> [Finding] {
    let tools = all.tools
    if tools.folder.utf8.isEmpty { return [] }
    var found = tools.broken.map {
      Finding(.critical, "\(tools.folder)/\($0) cannot be run", cure: "etc/install puts it back")
    }
    found += tools.others.map {
      Finding(
        .warning,
        "\(tools.folder)/\($0.tool) is of another version than watchdog-chain (\(version)): \($0.said.printable)",
        cure: "etc/install installs all of one")
    }
    if let second = tools.second {
      found.append(
        Finding(
          .warning,
          "there is another mark-problems in \(second), beside that in \(tools.folder): cron runs the one that its PATH "
            + "names first", cure: "remove one of the installations"))
    }
    return found.isEmpty
      ? [Finding(.fine, "those in \(tools.folder) are all of version \(version)")] : found
  }

  static func logs(_ all: Examination) -> [Finding] {
    let file = Examination.Logs.rotation
    if !all.logs.hasRotation {
      return [
        Finding(
          .warning,
          "\(file) is missing, so \(all.box.roots.logs) and incidents.jsonl grow for ever",
          cure: "etc/install --restore puts it back")
      ]
    }
    return [
      all.logs.hasLogrotate
        ? Finding(.fine, "rotated by \(file)")
        : Finding(
          .warning, "there is no logrotate, so they grow for ever",
          cure: "apt-get install logrotate")
    ]
  }
}
