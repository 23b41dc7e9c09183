import LinuxCalls

/// What /proc tells of a program that hangs (proc(5)). Never cmdline, maps, environ, smaps or io: to read these takes
/// locks of the process, which may be what it hangs in.
struct ProcessEvidence: ~Copyable {
  private let proc: Folder
  private let processes: [Int32]

  /// So many processes, and so many threads in all, are looked at.
  private static let most = (processes: 64, threads: 400)

  /// - Parameters:
  ///   - processes: their numbers.
  ///   - path: where /proc is.
  init(of processes: [Int32], _ path: String) throws(SystemError) {
    proc = try Folder(path: path)
    self.processes = Array(processes.prefix(ProcessEvidence.most.processes))
  }

  // MARK: What takes no lock

  /// A row for each thread, then what each process has, may have, and has open.
  borrowing func write(to text: inout EvidenceText) {
    text.head("threads")
    forEachThread { process, thread, task in
      text.line(ProcessEvidence.row(process, thread, task))
    }
    writeLocks(to: &text)
    for process in processes {
      guard let folder = try? proc.folder("\(process)") else { continue }
      writeStop(of: process, folder, to: &text)
      let dead = deadChildren(of: process, folder)
      if dead > 0 { text.line("dead children \(process) \(dead)") }
      let files = ProcessEvidence.files(of: folder)
      let limits = folder.evidence("limits")
      text.head(
        "files \(process): \(files.count) open of \(ProcessEvidence.limit(limits) ?? "unknown")")
      let sockets =
        files.contains { $0.target.starts(with: "socket:".utf8) }
        ? SocketNames(folder) : SocketNames()
      for file in files.prefix(256) {
        text.line(
          "\(file.number) \(printable(file.target, atMost: 200))\(sockets.name(file.target))")
      }
      if files.count > 256 { text.line("and \(files.count - 256) more") }
      text.head("status \(process)")
      text.add(folder.evidence("status"))
      text.head("limits \(process)")
      text.add(limits)
    }
  }

  /// Which signal stopped it, by the exit code that its parent would see (proc_pid_stat(5)), or who traces it.
  private borrowing func writeStop(
    of process: Int32, _ folder: borrowing Folder, to text: inout EvidenceText
  ) {
    let line = folder.evidence("stat", atMost: 1024)
    let state = ProcessStatus(parsing: line)?.state
    if state == UInt8(ascii: "T"), let code = line.firstLine.pieces(between: .space).last {
      text.line("stopped \(process) \(printable(code))")
    } else if state == UInt8(ascii: "t"),
      let row = folder.evidence("status").lines.first(where: { $0.starts(with: "TracerPid:".utf8) })
    {
      let tracer = Array(row.drop { !$0.isDigit })
      text.line("traced \(process) \(printable(tracer)) \(name(of: tracer))")
    }
  }

  private borrowing func name(of process: [UInt8]) -> String {
    let stat = try? proc.folder(process.text).evidence("stat", atMost: 1024)
    return printable(stat.flatMap { ProcessStatus(parsing: $0) }?.command ?? [])
  }

  /// How many of its children have ended and were not asked for (task/TID/children of proc(5)).
  private borrowing func deadChildren(of process: Int32, _ folder: borrowing Folder) -> Int {
    guard let main = try? folder.folder("task/\(process)") else { return 0 }
    return main.evidence("children", atMost: 4096).pieces(between: .space).filter { child in
      let stat = try? proc.folder(child.text).evidence("stat", atMost: 1024)
      return stat.flatMap { ProcessStatus(parsing: $0) }?.isDead ?? false
    }.count
  }

  /// Who has the file locks that these processes wait for: a line "lock WAITER HOLDER NAME" each, from /proc/locks
  /// (Documentation/filesystems/locking.rst): "1: FLOCK ADVISORY WRITE 22 ...", and then "1: -> FLOCK ... 23 ...".
  private borrowing func writeLocks(to text: inout EvidenceText) {
    var last: [[UInt8]] = []
    for line in proc.evidence("locks", atMost: 65_536).lines {
      let words = line.pieces(between: .space)
      guard words.count > 5, words[1].elementsEqual("->".utf8) else {
        last = words
        continue
      }
      guard last.count > 4, last[0] == words[0],
        processes.contains(where: { words[5].elementsEqual("\($0)".utf8) })
      else { continue }
      text.line("lock \(words[5].text) \(last[4].text) \(name(of: last[4]))")
    }
  }

  // MARK: What may wait for a process that is being replaced

  /// The kernel's stack and the system call of each thread. Only root may read them.
  borrowing func writeStacks(to text: inout EvidenceText) {
    forEachThread { process, thread, task in
      let stack = task.evidence("stack")
      let call = task.evidence("syscall", atMost: 256).firstLine
      if stack.isEmpty && call.isEmpty { return }
      text.head("stack \(process) \(thread)")
      if !call.isEmpty { text.line("system call \(printable(call))") }
      text.add(stack)
    }
  }

  private borrowing func forEachThread(_ body: (Int32, Int32, borrowing Folder) -> Void) {
    var left = ProcessEvidence.most.threads
    for process in processes {
      guard let tasks = try? proc.folder("\(process)/task") else { continue }
      for name in (try? tasks.names()) ?? [] where left > 0 {
        guard let thread = UInt64(leading: name), let task = try? tasks.folder("\(thread)") else {
          continue
        }
        left -= 1
        body(process, Int32(clamping: thread), task)
      }
    }
  }

  /// "thread PROCESS THREAD STATE WAIT TICKS NAME": of how many clock ticks it had the processor (proc_pid_stat(5)).
  private static func row(_ process: Int32, _ thread: Int32, _ task: borrowing Folder) -> String {
    let line = task.evidence("stat", atMost: 1024)
    let status = ProcessStatus(parsing: line)
    let wait = task.evidence("wchan", atMost: 128).firstLine
    let state = status.map { printable([$0.state]) } ?? "?"
    let ticks = StatNumbers(line).map { $0.ticks } ?? 0
    return "thread \(process) \(thread) \(state) "
      + "\(wait.isEmpty || wait == [UInt8(ascii: "0")] ? "-" : printable(wait)) \(ticks) "
      + "\(printable(status?.command ?? []))"
  }

  private static func files(of process: borrowing Folder) -> [(number: Int32, target: [UInt8])] {
    guard let folder = try? process.folder("fd"), let names = try? folder.names() else { return [] }
    var files: [(number: Int32, target: [UInt8])] = []
    for name in names {
      guard let number = UInt64(leading: name) else { continue }
      // All count, but of a hundred thousand not each is asked for.
      let target = files.count < 256 ? try? folder.linkTarget(of: name.text) : nil
      files.append((Int32(clamping: number), target ?? []))
    }
    return files
  }

  /// How many files it may have open: the soft limit.
  private static func limit(_ limits: [UInt8]) -> String? {
    let line = limits.lines.first { $0.starts(with: "Max open files".utf8) }
    return line?.dropFirst("Max open files".utf8.count).pieces(between: .space).first.map {
      printable($0)
    }
  }
}

/// The numbers of /proc/PID/stat that evidence is interested in.
struct StatNumbers {
  /// Clock ticks in user and in kernel mode (fields 14 and 15).
  let ticks: UInt64
  /// Pages in memory (field 24).
  let pages: UInt64

  /// Reads a /proc/PID/stat file; nil when it is anything else.
  init?(_ bytes: [UInt8]) {
    guard let close = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    // The state, field 3, is the first of these.
    let fields = bytes[(close + 1)...].pieces(between: .space)
    guard fields.count > 21 else { return nil }
    func number(_ field: Int) -> UInt64 { UInt64(leading: fields[field - 3]) ?? 0 }
    ticks = number(14) &+ number(15)
    pages = number(24)
  }
}
