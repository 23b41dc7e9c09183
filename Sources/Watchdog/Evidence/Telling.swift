import LinuxCalls

/// What evidence tells of a program, in a few words: what its threads wait for, and what it has run out of.
public struct Telling: Sendable {
  /// What is alike has the same, for it has no numbers: "a futex".
  public let kind: String

  let lines: [[UInt8]]
  let threads: [Thread]
  /// The threads by what they wait for, those that tell most first.
  let groups: [Group]
  private let told: [String]

  /// A thread, as its row has it.
  struct Thread: Sendable {
    let process: String
    let number: Int
    let state: UInt8
    var wait: String
    /// Clock ticks for which it had the processor, 100 a second (USER_HZ).
    let ticks: UInt64
    let name: String
    /// Its place among the threads, from 1.
    let place: Int

    init?(_ line: [UInt8], place: Int) {
      let fields = line.pieces(between: .space)
      guard fields.count >= 6, fields[0].elementsEqual("thread".utf8), let state = fields[3].first
      else { return nil }
      process = printable(fields[1])
      number = Int(clamping: UInt64(leading: fields[2]) ?? 0)
      self.state = state
      wait = fields[4].text
      ticks = UInt64(leading: fields[5]) ?? 0
      name = fields.dropFirst(6).map { $0.text }.joined(separator: " ")
      self.place = place
    }
  }

  /// Reads what was kept.
  public init(_ evidence: [UInt8]) {
    var threads: [Thread] = []
    var told: [String] = []
    lines = evidence.lines
    for line in lines {
      if let thread = Thread(line, place: threads.count + 1) {
        threads.append(thread)
      } else if let sentence = Telling.shortage(line) {
        told.append(sentence)
      }
    }
    for index in threads.indices where WaitingFor.isGeneral(threads[index].wait) {
      let frames = Telling.frames(of: threads[index], lines)
      if let function = frames.first(where: { !WaitingFor.isGeneral($0) }) {
        threads[index].wait = function
      }
    }
    // Only some of many have their threads here.
    let count = max(Telling.processes(threads).count, Telling.count(lines))
    if count > 20 { told.append("it has \(count) processes") }
    groups = Telling.groups(threads)
    self.threads = threads
    self.told = told
    let kinds = told.map { Telling.withoutNumbers($0) } + groups.map { $0.what.words }
    kind = kinds.isEmpty ? "no process of it ran" : kinds.joined(separator: ", ")
  }

  /// A sentence each, those that tell most first.
  public var sentences: [String] {
    let isOne = Telling.processes(threads).count < 2
    return told + groups.map { $0.words(of: threads.count, isOneProcess: isOne) } + details
      + surroundings
  }

  // MARK: Threads

  struct Group: Sendable {
    let what: WaitingFor
    var threads: [Thread]

    /// "all 4 threads wait for a futex", "thread 2 (12 worker) waits for an NFS server (nfs_wait)"; with the names of
    /// few where they are of several processes.
    func words(of count: Int, isOneProcess: Bool) -> String {
      let waits = threads.map { $0.wait }
      let same = waits.allSatisfy { $0.isEqual(to: waits[0]) } && !waits[0].isEqual(to: "-")
      let place = same ? " (\(waits[0]))" : ""
      if threads.count == 1, count > 1 {
        return "\(threads[0].words) \(what.verb(1)) \(what.words)\(place)"
      }
      var who =
        count == 1
        ? "its only thread"
        : threads.count == count ? "all \(count) threads" : "\(threads.count) of \(count) threads"
      if !isOneProcess, threads.count < 5 {
        who += " (\(threads.map { "\($0.number) \($0.name)" }.joined(separator: ", ")))"
      }
      return "\(who) \(what.verb(threads.count)) \(what.words)\(place)"
    }
  }

  static func processes(_ threads: [Thread]) -> [String] {
    var processes: [String] = []
    for thread in threads where !processes.contains(where: { $0.isEqual(to: thread.process) }) {
      processes.append(thread.process)
    }
    return processes
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

  // MARK: What it has run out of

  /// "101 processes"
  private static func count(_ lines: [[UInt8]]) -> Int {
    let line = lines.prefix(5).first { $0.suffix(10).elementsEqual(" processes".utf8) }
    return line.flatMap { UInt64(leading: $0) }.map { Int(clamping: $0) } ?? 0
  }

  static func shortage(_ line: [UInt8]) -> String? {
    let words = line.pieces(between: .space)
    func number(_ index: Int) -> UInt64? {
      index < words.count ? UInt64(leading: words[index]) : nil
    }
    // "[files 1234: 1024 open of 1024]"
    if line.starts(with: "[files ".utf8), let open = number(2), let limit = number(5),
      limit > 0, open >= limit - limit / 20
    {
      return "\(open) of its \(limit) files are open"
    }
    // "dead children 1234 3"
    if line.starts(with: "dead children ".utf8), let dead = number(3), dead > 0 {
      return dead == 1
        ? "a dead child that it has not collected (a zombie)"
        : "\(dead) dead children that it has not collected (zombies)"
    }
    // "memory.events oom_kill 1"
    if line.starts(with: "memory.events oom_kill ".utf8), let kills = number(2), kills > 0 {
      return "its group ran out of memory; \(kills) processes of it were killed"
    }
    if line.starts(with: "memory.events high ".utf8), let times = number(2), times > 0 {
      return "its group came to memory.high, where the kernel slows it down, \(times) times"
    }
    if line.starts(with: "pids.events max ".utf8), let refusals = number(2), refusals > 0 {
      return "its group has as many processes as it may: more were refused \(refusals) times"
    }
    return nil
  }

  /// What is alike whatever the numbers are: "3 times" goes as well.
  private static func withoutNumbers(_ sentence: String) -> String {
    sentence.utf8.filter { !$0.isDigit }.text.utf8.pieces(between: .space)
      .filter { !$0.elementsEqual("times".utf8) }.map { $0.text }.joined(separator: " ")
  }
}
