import LinuxCalls
import Rules
import Watchdog

/// What doctor knows of a box: what the files tell, what was measured for some seconds, and what lies round the chain.
struct Examination {
  var box: Box
  /// Since boot.
  let uptime: Duration
  /// Whether root looks.
  var isRoot = true
  /// What was seen of the chain; nil where nobody watched it.
  var watched: Watched?
  /// What check says; nil where the configuration cannot be read.
  var configuration: Configuration?
  var starters = Starters()
  var generations: [Generation] = []
  var device = DeviceNeighbours()
  var kernel = KernelState()
  var rivals = Rivals()
  /// What is in /run, /tmp and /var.
  var state = Place(path: "")
  var beats = Place(path: "")
  var temporary = Place(path: "")
  var data = Place(path: "")
  /// Since when mark-problems watches; nil where that is not known.
  var look: Look?
  var programs: [Program] = []
  /// The processes of names of which nothing is left in the configuration.
  var strays: [(name: Name, pid: Int32)] = []
  var tools = Installation()
  var logs = Logs()
  /// The last reboot test, and what came of it.
  var test: (test: RebootTest, verdict: RebootTest.Verdict)?

  /// Whether any tool was seen at work.
  var isAnyAtWork: Bool { watched?.tools.contains { !$0.cadence.touches.isEmpty } ?? false }

  /// Whether nothing is restarted and no device is armed, on purpose: as check says, where it can.
  var isMarkOnly: Bool { configuration?.isMarkOnly ?? box.onlyMarks }

  /// What starts the tools.
  struct Starters {
    /// The crontab that etc/install puts there.
    static let crontab = "/etc/cron.d/watchdog-chain"
    /// Where systemd runs the tools instead.
    static let timer = "/etc/systemd/system/each-second@a.timer"

    var hasCrontab = false
    var hasTimer = false
    /// The name and process of a cron that runs.
    var cron: (name: String, pid: Int32)?
  }

  /// The processes of a helper that holds a lock of this chain.
  struct Generation {
    let tool: Tool
    var ages: [Duration] = []
    /// Whether this user could not see which of them are ours.
    var isGuess = false
  }

  /// A directory, and the file system that it is on.
  struct Place {
    let path: String
    /// Nil where it is missing.
    var status: FileStatus?
    var system: FileSystem?
    /// A directory on the same file system where that is a danger; nil for none.
    var sharedWith: String?
  }

  /// A program that the chain starts.
  struct Program {
    let name: Name
    /// As which process it runs; nil when it does not.
    var pid: Int32?
    /// Whether that can be seen: it may have been started in a container.
    var isSeen = true
    /// How long ago its file was changed, if that was after its process was started.
    var changed: Duration?
  }

  /// The tools that are installed.
  struct Installation {
    /// Where they are; empty where that is not known.
    var folder = ""
    /// Those that cannot be run.
    var broken: [String] = []
    /// Those of another version, and what they say.
    var others: [(tool: String, said: String)] = []
    /// A folder with another installation.
    var second: String?
  }

  struct Logs {
    static let rotation = "/etc/logrotate.d/watchdog-chain"
    var hasRotation = false
    var hasLogrotate = false
  }
}

/// The kernel, and what it does by itself.
struct KernelState {
  /// Nil where it is not seen.
  var version: (major: Int64, minor: Int64)?
  /// kernel.panic; nil where that is not seen.
  var panic: Int64?
  /// kernel.yama.ptrace_scope; nil where that is not seen.
  var ptraceScope: Int64?
  /// Whether a kernel is loaded that writes a dump after a crash (/sys/kernel/kexec_crash_loaded).
  var hasCrashKernel = false
  /// The parameter open_timeout of watchdog_core, in seconds.
  var openTimeout: Int64?
  var hasSystemd = false
  /// Whether udev starts watchdog-chain-boot.service.
  var hasBootUnit = false
}

/// What lies round the watchdog device.
struct DeviceNeighbours {
  /// Who holds it, as far as this user may see.
  var holders: [Holder] = []
  /// The timeout that the configuration wants, in seconds.
  var wanted: Int64 = 75
  /// Another device, which is hardware, and its driver.
  var hardware: (name: String, driver: String)?
  /// The drivers that would fit this box.
  var drivers: [String] = []
  /// The file that loads softdog at boot.
  var softdogLoader: String?
  var hasSoftdog = false
}

/// Who else wants the device.
struct Rivals {
  var systemd = SystemdWatchdog([])
  /// Daemons that run.
  var running: [(name: String, pid: Int32)] = []
  /// Daemons that are installed and take a device as soon as it is there, with the package.
  var installed: [(path: String, package: String)] = []

  /// systemd is PID 1 on most boxes: what it wants its configuration tells.
  static let daemons = Rival.all.filter { !"\($0.program)".isEqual(to: "systemd") }
}
