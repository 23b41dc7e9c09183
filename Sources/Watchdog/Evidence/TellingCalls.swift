import LinuxCalls

/// What the system calls and stacks of a program's threads tell: on which file, for whom, on which way.
extension Telling {
  /// Of the first thread that tells something: which of its files it waits for, and its way through the kernel, the
  /// innermost call first; and what all that wait for a futex wait for.
  var details: [String] {
    let futexes = groups.first { $0.what.isFutex }.map { holders($0.threads) } ?? []
    guard let first = groups.first, !first.what.isUsual, let thread = first.threads.first else {
      return futexes
    }
    var details = futexes
    if let hint = first.what.hint { details.append("\(hint)") }
    if first.what.isRunning {
      let seconds = first.threads.map { $0.ticks }.reduce(0, &+) / 100
      return details + ["it has used \(seconds) s of processor time"]
    }
    if first.what.isForFile, let file = file(of: thread) {
      details.append(
        "on its descriptor \(printable(file, atMost: 200))\(others(with: file, thread, first.what))"
      )
    }
    if let kind = first.what.fileSystem {
      let mounts = lines.filter { $0.starts(with: "mount \(kind)".utf8) }
        .map { printable(Array($0.dropFirst(6)), atMost: 200) }
      if !mounts.isEmpty {
        details.append("its mounts of that kind: \(mounts.prefix(5).joined(separator: ", "))")
      }
    }
    let frames = Telling.frames(of: thread, lines).prefix(6)
    if !frames.isEmpty { details.append("in the kernel: \(frames.joined(separator: " < "))") }
    return details
  }

  /// The functions of the kernel that a thread is in, the innermost first.
  static func frames(of thread: Thread, _ lines: [[UInt8]]) -> [String] {
    section(of: lines, "[stack \(thread.process) \(thread.number)]")
      .filter { $0.starts(with: "[<".utf8) }.map { line in
        let frame = line.pieces(between: .space).dropFirst().first ?? []
        return printable(Array(frame.prefix { $0 != UInt8(ascii: "+") }))
      }
  }

  /// What stands below the head that begins so.
  static func section(of lines: [[UInt8]], _ head: String) -> ArraySlice<[UInt8]> {
    guard let start = lines.firstIndex(where: { $0.starts(with: head.utf8) }) else { return [] }
    return lines[(start + 1)...].prefix {
      $0.first != UInt8(ascii: "[") || $0.starts(with: "[<".utf8)
    }
  }

  /// The first arguments of the system call that a thread is in; nothing when it is in none.
  private func arguments(of thread: Thread) -> [UInt64] {
    let stack = Telling.section(of: lines, "[stack \(thread.process) \(thread.number)]")
    let call = stack.first { $0.starts(with: "system call ".utf8) } ?? []
    var arguments: [UInt64] = []
    for word in call.pieces(between: .space).dropFirst(3).prefix(3) {
      guard word.starts(with: "0x".utf8), word.count <= 18 else { break }
      guard let number = Hexadecimal.value(of: word.dropFirst(2)) else { return [] }
      arguments.append(number)
    }
    return arguments
  }

  // MARK: Files

  /// The row of the file that the first argument of a system call is the number of: it is that of all calls that wait
  /// for a file. A path or an address is no number of one.
  private func file(of thread: Thread) -> [UInt8]? {
    guard let number = arguments(of: thread).first, number < 1 << 24 else { return nil }
    let row = Array("\(number) ".utf8)
    return files(of: thread.process).first { $0.starts(with: row) }
  }

  private func files(of process: String) -> ArraySlice<[UInt8]> {
    Telling.section(of: lines, "[files \(process):")
  }

  /// Who else of the program has the same pipe or locked file: what is at its other end, or has the lock, is among them.
  private func others(with file: [UInt8], _ thread: Thread, _ what: WaitingFor) -> String {
    let target = Array(file.drop { $0 != .space })
    let isPipe = target.starts(with: " pipe:[".utf8)
    guard isPipe || what.isFileLock else { return "" }
    let others = threads.filter { other in
      !other.process.isEqual(to: thread.process)
        && "\(other.number)".isEqual(to: other.process)
        && files(of: other.process).contains { Array($0.drop { $0 != .space }) == target }
    }
    if others.isEmpty { return isPipe ? ", which no other process of it has open" : "" }
    let names = others.prefix(5).map { "\($0.number) \($0.name)" }.joined(separator: ", ")
    return ", which is open in \(names), too"
  }

  // MARK: Locks

  /// For whom or for which lock threads wait, by the arguments of futex(2): its address, the operation, and what stood
  /// there. That is the number of the thread that has a robust lock or is waited for by pthread_join(3), and 2 in a
  /// lock of glibc that is waited for (nptl/lowlevellock.h).
  private func holders(_ waiting: [Thread]) -> [String] {
    var told: [String] = []
    var locks: [(address: UInt64, threads: [Thread])] = []
    for thread in waiting {
      let call = arguments(of: thread)
      guard call.count == 3 else { continue }
      let other = threads.first { $0.number == Int(call[2] & 0x3FFF_FFFF) && $0.number > 2 }
      if let other {
        let what = call[2] >> 30 == 0 ? "to end (pthread_join)" : "to let go of a lock"
        told.append("thread \(thread.place) waits for \(other.words) \(what)")
      } else if call[2] == 2, call[1] == 0x80 || call[1] == 0x89 {
        if let index = locks.firstIndex(where: { $0.address == call[0] }) {
          locks[index].threads.append(thread)
        } else {
          locks.append((call[0], [thread]))
        }
      }
    }
    return Array(told.prefix(5)) + locks.prefix(5).map { words(of: $0.threads, at: $0.address) }
  }

  private func words(of waiting: [Thread], at address: UInt64) -> String {
    let places = waiting.prefix(10).map { "\($0.place)" }.joined(separator: ", ")
    let process = threads.filter { $0.process.isEqual(to: waiting[0].process) }
    let isAll = waiting.count == process.count
    let hint =
      isAll ? ": that is all, so who had it has ended, or one of them has taken it twice" : ""
    let who = waiting.count == 1 ? "thread \(places) waits" : "threads \(places) wait"
    return "\(who) for the mutex at 0x\(String(address, radix: 16))\(hint)"
  }
}

extension Telling.Thread {
  /// "thread 2 (12 worker)"
  var words: String { "thread \(place) (\(number) \(name))" }
}
