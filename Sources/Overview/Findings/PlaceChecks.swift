import Linux
import Rules
import Watchdog

extension Doctor {
  /// Less than that is soon filled.
  private static let leastRoom: UInt64 = 1 << 20
  private static let leastFiles: UInt64 = 200

  // MARK: /run, /tmp, /var

  mutating func lookAtStateFolder() {
    guard let system = try? FileSystem(of: roots.state) else {
      find(.todo, "state", "\(roots.state) is missing: no tool has run since boot")
      return
    }
    if !system.isInMemory {
      find(
        .todo, "state",
        "\(roots.state) is on a disk: the tools write to it each second, and a reboot does not clear it: mount a tmpfs "
          + "at /run")
      return
    }
    lookAtRoom("state", roots.state, system, "in memory, with room")
  }

  mutating func lookAtTemporaryFolder() {
    let path = around.path("/tmp")
    guard let status = around.status("/tmp"), status.kind == .folder,
      let system = try? FileSystem(of: path)
    else {
      find(
        .todo, "/tmp",
        "\(path) is no folder, and Debian's cron starts nothing without it: mkdir -m 1777 \(path)")
      return
    }
    if status.permissions != 0o1777 {
      find(
        .todo, "/tmp",
        "not everybody can write to \(path), as it is meant to be: chmod 1777 \(path)")
      return
    }
    lookAtRoom("/tmp", path, system, "cron can write to it")
  }

  mutating func lookAtDataFolder() {
    guard let system = try? FileSystem(of: roots.data) else {
      find(
        .todo, "data",
        "\(roots.data) is missing, so no reboot is counted and no reason survives: mkdir \(roots.data)"
      )
      return
    }
    if system.isInMemory {
      find(
        .todo, "data",
        "\(roots.data) is in memory, so no reboot is counted and no reason survives: it must be on a disk"
      )
      return
    }
    lookAtRoom("data", roots.data, system, "on a disk, with room")
  }

  /// Nobody can write where nothing is left, and then the tools are not alive.
  private mutating func lookAtRoom(
    _ about: StaticString, _ path: String, _ system: FileSystem, _ praise: String
  ) {
    if system.isReadOnly {
      find(
        .todo, about,
        "\(path) cannot be written to, because its file system is read-only: see dmesg for an error of the disk, and "
          + "mount -o remount,rw")
    } else if let room = system.room, room < Doctor.leastRoom {
      find(
        .todo, about, "\(path) has \(room / 1024) kB left: see what fills its file system (du -x)")
    } else if let files = system.filesLeft, files < Doctor.leastFiles {
      find(
        .todo, about,
        "\(path) has room for \(files) more files only: see what fills its file system (du -x --inodes)"
      )
    } else {
      let room = system.room.map { ": \($0 >> 20) MB left" } ?? ""
      find(.fine, about, "\(path): \(praise)\(room)")
    }
  }

  // MARK: The clock

  /// A tool that began to watch anew, long after boot, did so because the clock was set, or all stood still.
  mutating func lookAtClock() {
    guard let state = try? StateFolder.toLookAt(roots),
      let look = try? VigilPeek(of: "mark-problems", in: state, at: box.now).look,
      look.counted > .zero || look.broken != nil
    else { return }
    let uptime = Clock.sinceBoot
    let watched = look.vigil.watched - look.vigil.begun
    switch look.breach {
    case .clockMoved(let moved):
      find(
        .remark, "clock",
        "it moved by \(moved.inSeconds) s since mark-problems ran last: nobody is late for that, but see who sets it"
      )
    case .pause, .otherBoot: break
    case nil where uptime - watched > .seconds(300):
      find(
        .remark, "clock",
        "mark-problems watches without a break for \(watched.short) only: then it was started, the clock was set, the box "
          + "slept, or nothing ran: the system's log says which")
    case nil: find(.fine, "clock", "nobody set it, and nothing stood still, for \(watched.short)")
    }
  }

  // MARK: Logs

  mutating func lookAtLogs() {
    let file = "/etc/logrotate.d/watchdog-chain"
    let programs = ["/usr/sbin/logrotate", "/sbin/logrotate", "/usr/bin/logrotate"]
    if !around.exists(file) {
      find(
        .todo, "logs",
        "\(file) is missing, so \(roots.logs) and incidents.jsonl grow for ever: etc/install --restore puts it back"
      )
    } else if !programs.contains(where: { around.exists($0) }) {
      find(.todo, "logs", "there is no logrotate, so they grow for ever: apt-get install logrotate")
    } else {
      find(.fine, "logs", "rotated by \(file)")
    }
  }
}
