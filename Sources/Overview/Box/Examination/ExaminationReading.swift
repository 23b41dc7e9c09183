import LinuxCalls
import Rules
import Watchdog

extension Examination {
  /// Looks at the box, for as long as it is to be watched.
  init(_ roots: Roots, _ around: Outside, watching seconds: Duration) throws(Failure) {
    let watched = try Watched(roots, around, for: seconds)
    // After that, so that it is as fresh as what it is judged by.
    self.init(
      box: try Box(roots, system: around.path("/sys")), uptime: Clock.sinceBoot,
      isRoot: ThisProcess.user == 0, watched: watched,
      configuration: try? Configuration.ofBox(roots, around))
    let processes = Processes.look()
    starters = Starters(around, processes)
    readGenerations(processes)
    device = DeviceNeighbours(box, around)
    kernel = KernelState(around)
    rivals = Rivals(around, processes)
    state = Place(roots.state, near: ["/tmp", "/dev/shm", "/var/tmp"].map { around.path($0) })
    beats = Place(roots.path(of: .beats), near: [roots.state])
    temporary = Place(around.path("/tmp"), near: [roots.data])
    data = Place(roots.data)
    if let state = try? StateFolder.toLookAt(roots) {
      look = try? VigilPeek(of: Tool.markProblems.name, in: state, at: box.now).look
    }
    readPrograms()
    tools = Installation(around)
    logs = Logs(around)
    if let test = try RebootTest.read(roots) { self.test = (test, box.verdict(on: test)) }
  }

  private mutating func readGenerations(_ processes: Processes) {
    guard let folder = box.roots.folder(.locks), let table = try? ProcessTable()
    else { return }
    for lock in folder.names() {
      let isTicker = lock.utf8.starts(with: "\(Tool.eachSecond.name),".utf8)
      guard isTicker || Tool.feeder.isNamed(lock), let file = try? folder.status(of: lock)
      else { continue }
      var generation = Generation(tool: isTicker ? .eachSecond : .feeder)
      for process in processes.named([generation.tool.text]) {
        // What we may not look into may be of another chain on this box.
        let isOurs = table.hasOpen(file, process.identity.pid)
        if isOurs == nil, !isRoot { generation.isGuess = true }
        if isOurs ?? !isRoot { generation.ages.append(process.identity.age) }
      }
      generations.append(generation)
    }
  }

  /// Files are dated to the second on some disks, and starts to a clock tick.
  private static let dateError: Duration = .seconds(2)

  private mutating func readPrograms() {
    let roots = box.roots
    let pids = roots.folder(.pids)
    var table = LazyProcessTable()
    func look(_ name: Name) -> (process: ProcessIdentity?, isSeen: Bool) {
      guard let note = pids.note(of: name) else { return (nil, true) }
      switch (try? note.state(in: &table)) ?? .unknown {
      case .runs: return (note.process, true)
      case .gone, .notNoted: return (nil, true)
      case .unknown: return (nil, false)
      }
    }
    for name in roots.names(in: "programs") {
      let (process, isSeen) = look(name)
      var program = Program(name: name, pid: process?.pid, isSeen: isSeen)
      let path = roots.path(of: "programs/\(name.text)")
      if let process, let file = try? FileStatus.following(path),
        file.modified > Clock.realtime - process.age + Examination.dateError
      {
        program.changed = Clock.realtime - file.modified
      }
      programs.append(program)
    }
    let known = ["programs", "solutions", "hearts"].flatMap { roots.names(in: $0) }
    for name in roots.names(in: .pids) where !known.contains(name) {
      if let process = look(name).process { strays.append((name, process.pid)) }
    }
  }
}

extension Examination.Starters {
  init(_ around: Outside, _ processes: Processes) {
    hasCrontab = around.exists(Self.crontab)
    hasTimer = around.exists(Self.timer)
    cron = processes.ofRoot(named: Daemons.starters).first.map {
      (printable($0.command), $0.identity.pid)
    }
  }
}

extension Examination.Place {
  /// - Parameter others: directories that should be on another file system.
  init(_ path: String, near others: [String] = []) {
    self.path = path
    status = try? FileStatus.following(path)
    system = try? FileSystem(of: path)
    guard let device = status?.device else { return }
    sharedWith = others.first { (try? FileStatus.following($0))?.device == device }
  }
}

extension Examination.Installation {
  init(_ around: Outside) {
    guard let folder = ThisProcess.executableFolder else { return }
    self.folder = folder
    for tool in Tools.chain {
      guard let said = Self.output(of: ["\(folder)/\(tool)", "--version"]) else {
        broken.append(tool)
        continue
      }
      if !said.isEqual(to: "\(tool) (watchdog-chain) \(version)\n") { others.append((tool, said)) }
    }
    let any = Tool.markProblems.text
    let one = try? Folder(path: folder).followedStatus(of: any)
    second = ["/usr/local/bin", "/usr/bin", "/bin"].first { other in
      guard let one, let file = around.status("\(other)/\(any)") else { return false }
      return !file.isSame(as: one)
    }.map { around.path($0) }
  }

  private static func output(of command: [String]) -> String? {
    let deadline = Clock.monotonic + .seconds(5)
    let run = try? Output(of: command, untilMonotonic: deadline)
    return run.flatMap { $0.end == .exited(0) ? $0.bytes.text : nil }
  }
}

extension Examination.Logs {
  init(_ around: Outside) {
    hasRotation = around.exists(Self.rotation)
    hasLogrotate = ["/usr/sbin/logrotate", "/sbin/logrotate", "/usr/bin/logrotate"].contains {
      around.exists($0)
    }
  }
}

extension DeviceNeighbours {
  init(_ box: Box, _ around: Outside) {
    holders = box.device.holders
    wanted = Settings.value(of: .deviceTimeout, box.roots).wholeSeconds
    guard box.device.isSoftware == true else { return }
    for name in around.names(in: "/sys/class/watchdog")
    where !name.isEqual(to: box.device.description?.name ?? "") {
      let identity = around.contents("/sys/class/watchdog/\(name)/identity") ?? []
      let driver = printable(identity.firstLine)
      if !driver.isEqual(to: WatchdogDevice.software) {
        hardware = (name, driver)
        return
      }
    }
    drivers = HardwareDrivers.fitting(around)
    var files = ["/etc/modules"]
    for folder in ["/etc/modules-load.d", "/run/modules-load.d", "/usr/lib/modules-load.d"] {
      files += around.names(in: folder).map { "\(folder)/\($0)" }
    }
    softdogLoader = files.first { around.isSaid("softdog", in: $0) }
    hasSoftdog = around.exists("/sys/module/softdog")
  }
}

extension KernelState {
  init(_ around: Outside) {
    var scanner = Scanner(around.contents("/proc/sys/kernel/osrelease") ?? [])
    if let major = scanner.number(), scanner.skip(.dot), let minor = scanner.number() {
      version = (Int64(clamping: major), Int64(clamping: minor))
    }
    panic = around.number("/proc/sys/kernel/panic")
    ptraceScope = around.number("/proc/sys/kernel/yama/ptrace_scope")
    hasCrashKernel = around.number("/sys/kernel/kexec_crash_loaded") == 1
    openTimeout = around.number("/sys/module/watchdog/parameters/open_timeout")
    hasSystemd = around.exists("/run/systemd/system")
    hasBootUnit = [
      "udev/rules.d/60-watchdog-chain.rules", "systemd/system/watchdog-chain-boot.service",
    ].allSatisfy { file in
      ["/etc", "/usr/lib", "/lib"].contains { around.exists("\($0)/\(file)") }
    }
  }
}

extension Rivals {
  init(_ around: Outside, _ processes: Processes) {
    systemd = SystemdWatchdog(Rivals.systemdFiles(around))
    running = processes.ofRoot(named: Rivals.daemons.map { "\($0.program)" }).map {
      (printable($0.command), $0.identity.pid)
    }
    for daemon in Rivals.daemons where daemon.takesUnasked {
      let path = ["/usr/sbin", "/sbin", "/usr/local/sbin"].map { "\($0)/\(daemon.program)" }
        .first { around.exists($0) }
      if let path { installed.append((path, "\(daemon.package)")) }
    }
  }

  /// In the order of what each may say: the file itself, then those beside it, by name.
  private static func systemdFiles(
    _ around: Outside
  ) -> [(path: String, bytes: [UInt8])] {
    let mains = ["/etc/systemd/system.conf", "/usr/lib/systemd/system.conf"]
    var found: [(name: String, path: String)] = []
    for folder in ["/etc", "/run", "/usr/local/lib", "/usr/lib"] {
      let folder = "\(folder)/systemd/system.conf.d"
      // The same name in a folder before hides it.
      for name in around.names(in: folder)
      where name.utf8.suffix(5).elementsEqual(".conf".utf8)
        && !found.contains(where: { $0.name.isEqual(to: name) })
      { found.append((name, "\(folder)/\(name)")) }
    }
    found.sort { $0.name.precedes($1.name) }
    let paths = (mains.first { around.exists($0) }.map { [$0] } ?? []) + found.map { $0.path }
    return paths.compactMap { path in around.contents(path).map { (path.printable, $0) } }
  }
}

extension Box {
  /// Whether it waits for its device because of this test.
  func waits(for test: RebootTest) -> Bool {
    rebootDue != nil && test.boot.isEqual(to: Boot.name())
  }

  /// What came of a test, as far as can be known.
  func verdict(on test: RebootTest) -> RebootTest.Verdict {
    // Both clocks now: what was looked at meanwhile may have taken seconds.
    let booted = Clock.realtime - Clock.sinceBoot
    var facts = RebootTest.Facts(
      now: now, boot: Boot.name(), booted: booted,
      endedInOrder: LoginRecords.lastBootEndedInOrder(boot: booted), isDue: rebootDue != nil,
      working: begunToWork(since: booted))
    // Where nobody looked in the boot after the test, but something happened in it, its lines say when it began.
    let next = incidents.first {
      !$0.boot.utf8.isEmpty && !$0.boot.isEqual(to: test.boot) && $0.time >= test.begun.realtime
    }
    if let next, let uptime = next.uptime, !next.boot.isEqual(to: facts.boot) {
      facts.booted = next.time - uptime
      facts.endedInOrder = nil
      facts.working = nil
    }
    return test.verdict(facts)
  }

  /// When the chain was at work after boot; nil when it began anew since, which is then long after.
  private func begunToWork(since booted: Duration) -> Duration? {
    guard let state = try? StateFolder.toLookAt(roots),
      let look = try? VigilPeek(of: Tool.checkSolutions.name, in: state, at: now).look,
      look.broken == nil
    else { return nil }
    let began = now.realtime - (look.vigil.watched - look.vigil.begun)
    return began - booted < .seconds(300) ? began : nil
  }
}
