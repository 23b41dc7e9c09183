import LinuxCalls
import Rules
import Watchdog

/// /run, /tmp and /var, the clock, the programs, the tools and the logs.
enum PlaceRules {
  static let all: [Rule<Examination>] = [
    Rule("state", state), Rule("beats", beats), Rule("/tmp", temporary), Rule("data", data),
    Rule("clock", clock), Rule("programs", programs), Rule("tools", tools), Rule("logs", logs),
  ]

  /// Less than that is soon filled.
  private static let leastRoom: UInt64 = 1 << 20
  private static let leastFiles: UInt64 = 200

  @Findings private static func state(_ all: Examination) -> [Finding] {
    let path = all.state.path
    if let system = all.state.system {
      if system.isInMemory {
        room(path, system, "in memory, with room")
        if let other = all.state.sharedWith {
          Finding(
            .warning, "\(path) is on the file system of \(other), which everybody can fill",
            cure: "put it on one of its own: mount a tmpfs at /run")
        }
      } else {
        Finding(
          .warning,
          "\(path) is on a disk: the tools write to it each second, and a reboot does not clear it",
          cure: "mount a tmpfs at /run")
      }
    } else {
      Finding(.critical, "\(path) is missing: no tool has run since boot")
    }
  }

  /// Who beats owns a file there, into which he can write faster than it is emptied.
  @Findings private static func beats(_ all: Examination) -> [Finding] {
    let hearts = all.configuration?.hearts ?? []
    if let heart = hearts.first(where: { all.configuration?.trusts($0.user) == false }),
      all.beats.sharedWith != nil
    {
      Finding(
        .note,
        "user \(heart.user), who beats for \(heart.name.text), can fill \(all.state.path) for a second with data "
          + "in the beat, and for good with attributes of the beat (Linux 6.6 or later)",
        cure:
          "give beats a file system of its own, from the next boot on: systemctl enable run-watchdog-beats.mount, or in "
          + "/etc/fstab: tmpfs \(all.beats.path) tmpfs mode=755,size=1m 0 0")
    }
  }

  @Findings private static func temporary(_ all: Examination) -> [Finding] {
    let path = all.temporary.path
    if let status = all.temporary.status, status.kind == .folder, let system = all.temporary.system
    {
      if status.permissions == 0o1777 {
        room(path, system, "cron can write to it")
        if let other = all.temporary.sharedWith {
          Finding(
            .note, "everybody can fill \(path), which is on the file system of \(other)",
            cure: "give \(path) one of its own, such as a tmpfs with size and nr_inodes")
        } else if system.isInMemory, system.room == nil || system.filesLeft == nil {
          Finding(
            .warning, "everybody can fill the memory of the box by \(path), which has no limit",
            cure: "mount -o remount,size=20%,nr_inodes=400k \(path), and so in /etc/fstab")
        }
      } else {
        Finding(
          .warning, "\(path) is not writable for everybody",
          cure: "chmod 1777 \(path)")
      }
    } else {
      Finding(
        .critical, "\(path) is no directory, and Debian's cron starts nothing without it",
        cure: "mkdir -m 1777 \(path)")
    }
  }

  @Findings private static func data(_ all: Examination) -> [Finding] {
    let path = all.data.path
    let loss = "so no reboot is counted and no reason survives"
    if let system = all.data.system {
      if system.isInMemory {
        Finding(.warning, "\(path) is in memory, \(loss)", cure: "put it on a disk")
      } else {
        room(path, system, "on a disk, with room")
      }
    } else {
      Finding(.warning, "\(path) is missing, \(loss)", cure: "mkdir \(path)")
    }
  }

  /// Nobody can write where nothing is left, and then the tools are not alive.
  @Findings private static func room(
    _ path: String, _ system: FileSystem, _ praise: String
  ) -> [Finding] {
    if system.isReadOnly {
      Finding(
        .critical, "\(path) cannot be written to, because its file system is read-only",
        cure: "see dmesg for an error of the disk, and mount -o remount,rw")
    } else if let room = system.room, room < leastRoom {
      Finding(
        .critical, "\(path) has \(room / 1024) kB left",
        cure: "see what fills its file system (du -x)")
    } else if let files = system.filesLeft, files < leastFiles {
      Finding(
        .critical, "\(path) has room for \(files) more files",
        cure: "see what fills its file system (du -x --inodes)")
    } else {
      let room = system.room.map { ": \($0 >> 20) MB left" } ?? ""
      Finding(.fine, "\(path): \(praise)\(room)")
    }
  }

  /// A tool that began to watch anew, long after boot, did so because the clock was set, or all stood still.
  @Findings private static func clock(_ all: Examination) -> [Finding] {
    if let look = all.look, look.counted > .zero || look.broken != nil {
      let watched = look.vigil.watched - look.vigil.begun
      switch look.breach {
      case .clockMoved(let moved):
        Finding(
          .note,
          "it jumped by \(moved.inSeconds) s since mark-problems ran last: no heart is late by that, but find out what set it"
        )
      case .pause, .otherBoot: []
      case nil where all.uptime - watched > .seconds(300):
        Finding(
          .note,
          "mark-problems has watched without a break for \(watched.short) only: before, it did not run, the clock "
            + "was set, or the box slept: the system's log says which")
      case nil: Finding(.fine, "nothing set it, and nothing stood still, for \(watched.short)")
      }
    }
  }

  // MARK: Programs

  @Findings private static func programs(_ all: Examination) -> [Finding] {
    for program in all.programs {
      let name = program.name.text
      if let changed = program.changed, let pid = program.pid {
        Finding(
          .warning,
          "programs/\(name) was changed \(changed.short) ago, after its process was started (\(pid))",
          cure: "solve-problems --solve \(name) starts it anew")
      } else if !program.isSeen {
        Finding(
          .note, "whether programs/\(name) runs cannot be seen from here: only its beats count")
      } else if program.pid == nil {
        Finding(
          .critical, "programs/\(name) does not run",
          cure: "solve-problems --solve \(name), or remove the file")
      }
    }
    for (name, pid) in all.strays {
      Finding(
        .warning,
        "process \(pid) was started for \(name.text), of which nothing is left in \(all.box.roots.config)",
        cure: "kill-stamped \(name.text)")
    }
    if all.strays.isEmpty, all.programs.allSatisfy({ $0.pid != nil && $0.changed == nil }) {
      Finding(
        .fine,
        all.programs.isEmpty
          ? "none is started by the chain"
          : "\(all.programs.count) run, each from the file as it is now")
    }
  }

  @Findings private static func tools(_ all: Examination) -> [Finding] {
    let tools = all.tools
    for tool in tools.broken {
      Finding(.critical, "\(tools.folder)/\(tool) cannot be run", cure: "etc/install puts it back")
    }
    for (tool, said) in tools.others {
      Finding(
        .warning,
        "\(tools.folder)/\(tool) is of another version than watchdog-chain (\(version)): \(said.printable)",
        cure: "etc/install installs all of one")
    }
    if let second = tools.second {
      Finding(
        .warning,
        "there is another mark-problems in \(second), beside that in \(tools.folder): cron runs the one that its PATH "
          + "names first", cure: "remove one of the installations")
    }
    if !tools.folder.utf8.isEmpty, tools.broken.isEmpty, tools.others.isEmpty, tools.second == nil {
      Finding(.fine, "those in \(tools.folder) are all of version \(version)")
    }
  }

  @Findings private static func logs(_ all: Examination) -> [Finding] {
    let file = Examination.Logs.rotation
    if !all.logs.hasRotation {
      Finding(
        .warning, "\(file) is missing, so \(all.box.roots.logs) and incidents.jsonl grow for ever",
        cure: "etc/install --restore puts it back")
    } else if all.logs.hasLogrotate {
      Finding(.fine, "rotated by \(file)")
    } else {
      Finding(
        .warning, "there is no logrotate, so they grow for ever", cure: "install logrotate")
    }
  }
}
