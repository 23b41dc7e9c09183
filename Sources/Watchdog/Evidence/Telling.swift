import LinuxCalls

/// What evidence tells of a program, in a few words: what its threads wait for, and what it has run out of.
public struct Telling: Equatable, Sendable {
  /// A sentence each, those that tell most first.
  public let sentences: [String]
  /// The same without numbers, by which what is alike can be counted: "a futex".
  public let kind: String

  /// A thread, as its row has it.
  private struct Thread {
    let process: String
    let number: Int
    let state: UInt8
    let wait: String
    /// Clock ticks for which it had the processor, 100 a second (USER_HZ).
    let ticks: UInt64
    let name: String
    /// Its place among the threads, from 1.
    let place: Int
  }

  /// Reads what was kept.
  public init(_ evidence: [UInt8]) {
    var threads: [Thread] = []
    var processes: [[UInt8]] = []
    var told: [String] = []
    let lines = evidence.lines
    for line in lines {
      if line.starts(with: "thread ".utf8) {
        let fields = line.pieces(between: .space)
        guard fields.count >= 6, let state = fields[3].first else { continue }
        threads.append(
          Thread(
            process: printable(fields[1]), number: Int(clamping: Telling.number(fields[2]) ?? 0),
            state: state,
            wait: fields[4].text, ticks: Telling.number(fields[5]) ?? 0,
            name: fields.dropFirst(6).map { $0.text }.joined(separator: " "),
            place: threads.count + 1))
        if !processes.contains(fields[1]) { processes.append(fields[1]) }
      } else if let sentence = Telling.shortage(line) {
        told.append(sentence)
      }
    }
    let isShortOfFiles = told.contains {
      Array($0.utf8).suffix(14).elementsEqual("files are open".utf8)
    }
    // Only some of many have their threads here.
    let count = max(processes.count, Telling.count(lines))
    if count > 20 { told.append("it has \(count) processes") }
    let groups = Telling.groups(threads)
    sentences =
      told + groups.map { $0.words(of: threads.count) } + Telling.details(lines, groups)
      + Telling.surroundings(lines, isShortOfFiles: isShortOfFiles)
    let kinds = told.map { Telling.withoutNumbers($0) } + groups.map { $0.what.words }
    kind = kinds.isEmpty ? "nothing ran of it" : kinds.joined(separator: ", ")
  }

  // MARK: Threads

  private struct Group {
    let what: WaitingFor
    var threads: [Thread]

    /// "all 4 threads wait for a futex", "thread 2 (worker) waits for an NFS server (nfs_wait)".
    func words(of count: Int) -> String {
      let waits = threads.map { $0.wait }
      let same = waits.allSatisfy { $0.isEqual(to: waits[0]) } && !waits[0].isEqual(to: "-")
      let place = same ? " (\(waits[0]))" : ""
      if threads.count == 1, count > 1 {
        return
          "thread \(threads[0].place) (\(threads[0].number) \(threads[0].name)) \(what.verb(1)) "
          + "\(what.words)\(place)"
      }
      let who =
        count == 1
        ? "its only thread"
        : threads.count == count ? "all \(count) threads" : "\(threads.count) of \(count) threads"
      return "\(who) \(what.verb(threads.count)) \(what.words)\(place)"
    }
  }

  private static func groups(_ threads: [Thread]) -> [Group] {
    var groups: [Group] = []
    for thread in threads {
      let what = WaitingFor(state: thread.state, wait: thread.wait)
      if let index = groups.firstIndex(where: { $0.what == what }) {
        groups[index].threads.append(thread)
      } else {
        groups.append(Group(what: what, threads: [thread]))
      }
    }
    // Those that wait for work are what programs usually have; what tells more comes first, and then the rarer.
    return groups.sorted {
      ($0.what.isUsual ? 1 : 0, $0.threads.count) < ($1.what.isUsual ? 1 : 0, $1.threads.count)
    }
  }

  /// Of the first thread that tells something: which of its files it waits for, and its way through the kernel, the
  /// innermost call first.
  private static func details(_ lines: [[UInt8]], _ groups: [Group]) -> [String] {
    guard let first = groups.first, !first.what.isUsual, let thread = first.threads.first else {
      return []
    }
    let stack = section(of: lines, "[stack \(thread.process) \(thread.number)]")
    var details: [String] = []
    if let hint = first.what.hint { details.append("\(hint)") }
    if first.what.isRunning {
      let seconds = first.threads.map { $0.ticks }.reduce(0, &+) / 100
      return details + ["it has had the processor for \(seconds) s"]
    }
    let call = stack.first { $0.starts(with: "system call ".utf8) } ?? []
    if let file = file(of: call, in: section(of: lines, "[files \(thread.process):")) {
      details.append("on its descriptor \(file)")
    }
    let frames = stack.filter { $0.starts(with: "[<".utf8) }.prefix(6).map { line in
      let frame = line.pieces(between: .space).dropFirst().first ?? []
      return printable(Array(frame.prefix { $0 != UInt8(ascii: "+") }))
    }
    if !frames.isEmpty { details.append("in the kernel: \(frames.joined(separator: " < "))") }
    return details
  }

  /// What stands below the head that begins so.
  private static func section(of lines: [[UInt8]], _ head: String) -> ArraySlice<[UInt8]> {
    guard let start = lines.firstIndex(where: { $0.starts(with: head.utf8) }) else { return [] }
    return lines[(start + 1)...].prefix {
      $0.first != UInt8(ascii: "[") || $0.starts(with: "[<".utf8)
    }
  }

  /// The row of the file that the first argument of a system call is the number of: it is that of all calls that wait
  /// for a file. A path or an address is no number of one.
  private static func file(of call: [UInt8], in files: ArraySlice<[UInt8]>) -> String? {
    let words = call.pieces(between: .space)
    guard words.count > 3, words[3].starts(with: "0x".utf8), words[3].count <= 8 else { return nil }
    var number = 0
    for digit in words[3].dropFirst(2) {
      guard let value = Hexadecimal.number(digit) else { return nil }
      number = number << 4 | Int(value)
    }
    let row = Array("\(number) ".utf8)
    return files.first { $0.starts(with: row) }.map { printable($0, atMost: 200) }
  }

  // MARK: What it has run out of

  private static func number(_ word: [UInt8]) -> UInt64? {
    var scanner = Scanner(word)
    return scanner.number()
  }

  /// "101 processes"
  private static func count(_ lines: [[UInt8]]) -> Int {
    let line = lines.prefix(5).first { $0.suffix(10).elementsEqual(" processes".utf8) }
    return line.flatMap { number($0) }.map { Int(clamping: $0) } ?? 0
  }

  private static func shortage(_ line: [UInt8]) -> String? {
    let words = line.pieces(between: .space)
    func number(_ index: Int) -> UInt64? {
      index < words.count ? Telling.number(words[index]) : nil
    }
    // "[files 1234: 1024 open of 1024]"
    if line.starts(with: "[files ".utf8), let open = number(2), let limit = number(5),
      limit > 0, open >= limit - limit / 20
    {
      return "\(open) of its \(limit) files are open"
    }
    // "dead children 1234 3"
    if line.starts(with: "dead children ".utf8), let dead = number(3), dead > 0 {
      return "dead children that it has not collected (zombies): \(dead)"
    }
    // "memory.events oom_kill 1"
    if line.starts(with: "memory.events oom_kill ".utf8), let kills = number(2), kills > 0 {
      return "its group ran out of memory; processes of it that were killed: \(kills)"
    }
    if line.starts(with: "pids.events max ".utf8), let refusals = number(2), refusals > 0 {
      return "its group has as many processes as it may: more were refused \(refusals) times"
    }
    return nil
  }

  private static func withoutNumbers(_ sentence: String) -> String {
    sentence.utf8.filter { !$0.isDigit }.text.utf8.pieces(between: .space).map { $0.text }
      .joined(separator: " ")
  }
}
