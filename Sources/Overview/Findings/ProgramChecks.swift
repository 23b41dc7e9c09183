import Linux
import Rules
import Watchdog

extension Doctor {
  private static let chainTools = [
    "beat", "mark-problems", "solve-problems", "check-solutions", "run-stamped", "kill-stamped",
    "kwatchdog-feeder", "each-second",
  ]

  // MARK: Programs and what runs of them

  /// Files are dated to the second on some disks, and starts to a clock tick.
  private static let dateError: Duration = .seconds(2)

  mutating func lookAtPrograms() {
    let pids = try? Folder(path: "\(roots.state)/pids")
    let programs = Doctor.names(in: "\(roots.config)/programs")
    let before = findings.count
    var running = 0
    for name in programs {
      guard let process = pids.note(of: name)?.process, isRunning(process) else {
        find(
          .todo, "programs",
          "programs/\(name.text) does not run: solve-problems --solve \(name.text), or remove the file"
        )
        continue
      }
      running += 1
      let path = "\(roots.config)/programs/\(name.text)"
      guard let file = try? Folder(path: "/").followedStatus(of: path) else { continue }
      let started = box.now.realtime - process.age
      if file.modified > started + Doctor.dateError {
        find(
          .todo, "programs",
          "programs/\(name.text) was changed \((box.now.realtime - file.modified).short) ago, after its process was "
            + "started (\(process.pid)): solve-problems --solve \(name.text) starts it anew")
      }
    }
    for name in Doctor.names(in: "\(roots.state)/pids") where !isKnown(name) {
      guard let process = pids.note(of: name)?.process, isRunning(process) else { continue }
      find(
        .todo, "programs",
        "process \(process.pid) was started for \(name.text), of which nothing is left in \(roots.config): "
          + "kill-stamped \(name.text)")
    }
    if findings.count > before { return }
    find(
      .fine, "programs",
      programs.isEmpty
        ? "none is started by the chain" : "\(running) run, each from the file as it is now")
  }

  private func isRunning(_ process: ProcessIdentity) -> Bool {
    processes.all.contains { $0.identity == process }
  }

  private func isKnown(_ name: Name) -> Bool {
    ["programs", "solutions", "hearts"].contains { folder in
      (try? Folder(path: "\(roots.config)/\(folder)").status(of: name.text)) != nil
    }
  }

  private static func names(in path: String) -> [Name] {
    ((try? Folder(path: path))?.names() ?? []).compactMap { Name($0) }
  }

  // MARK: The tools

  mutating func lookAtTools() {
    guard let folder = ThisProcess.executableFolder else { return }
    let before = findings.count
    for tool in Doctor.chainTools {
      guard let said = Doctor.output(of: ["\(folder)/\(tool)", "--version"]) else {
        find(.todo, "tools", "\(folder)/\(tool) cannot be run: etc/install puts it back")
        continue
      }
      if !said.isEqual(to: "\(tool) (watchdog-chain) \(version)\n") {
        find(
          .todo, "tools",
          "\(folder)/\(tool) is of another version than watchdog-chain (\(version)): \(said.printable): etc/install "
            + "installs all of one")
      }
    }
    for other in ["/usr/local/bin", "/usr/bin", "/bin"] {
      guard let one = try? Folder(path: folder).followedStatus(of: "mark-problems"),
        let file = around.status("\(other)/mark-problems"),
        file.inode != one.inode || file.device != one.device
      else { continue }
      find(
        .todo, "tools",
        "there is another mark-problems in \(around.path(other)), beside that in \(folder): cron runs the one that its "
          + "PATH names first: remove one of the installations")
      break
    }
    if findings.count == before {
      find(.fine, "tools", "those in \(folder) are all of version \(version)")
    }
  }

  // MARK: The configuration

  mutating func lookAtConfiguration() {
    let roots = roots
    let deadline = Clock.monotonic + .seconds(20)
    let run = try? Output.of([ThisProcess.executable, "check"], untilMonotonic: deadline) {
      () throws(SystemError) in
      roots.export()
      // As many mistakes as there may be must not fill the pipe.
      try ThisProcess.sendOutput(to: Descriptor.openNothing())
    }
    switch run {
    case .some((.exited(0), _)): find(.fine, "check", "watchdog-chain check finds no mistakes")
    case .some((.exited(78), _)):
      find(
        .todo, "check",
        "watchdog-chain check finds mistakes in \(roots.config): run it, it names the cures")
    default:
      find(
        .unseen, "check",
        "watchdog-chain check could not look at all of \(roots.config): run it, it says why")
    }
  }

  private static func output(of command: [String]) -> String? {
    let deadline = Clock.monotonic + .seconds(5)
    guard let run = try? Output.of(command, untilMonotonic: deadline), run.end == .exited(0) else {
      return nil
    }
    return String(decoding: run.bytes, as: UTF8.self)
  }
}
