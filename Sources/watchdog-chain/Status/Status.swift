import Linux
import Watchdog

/// `watchdog-chain status`: how the chain is, as a person or a program wants to know it. It only looks: makes
/// nothing, opens no device, and needs no rights.
struct Status {
  static let command = Command(
    name: "watchdog-chain status",
    usage: ["[--json]"],
    summary: """
      Shows whether this box is guarded, and its hearts, problems, chain and device. Changes nothing and never
      opens the device.
      """,
    options: [
      .init("json", "print it for programs")
    ])

  /// A heart and how it is.
  struct HeartLine {
    let name: Name
    /// What is wrong with its file; then the rest is unknown.
    let mistake: String?
    /// Since its last beat, or since it should have begun to beat.
    let age: Duration
    let limit: Duration
    let hasBeaten: Bool
    let isLate: Bool
  }

  /// A problem and since when.
  struct ProblemLine {
    let name: Name
    let problem: Problem
    let age: Duration
  }

  var hearts: [HeartLine] = []
  var problems: [ProblemLine] = []
  var links: [Link] = []
  var staleness: [String] = []
  var device = ""
  var description: WatchdogDevice.Description?
  var deviceExists = false
  var isDisarmed = false
  /// How much is left of a hold, and why it is.
  var hold: (rest: Duration, reason: String)?
  /// Why the box is waiting for its device to reboot it.
  var rebootDue: String?
  /// Since when and why the box only marks problems.
  var stoodDown: String?
  /// The last thing that the ladder did to the whole box.
  var lastStep: String?
  let now = Moment.now()

  /// Prints it.
  static func show(_ roots: Roots, asJSON: Bool) throws(Failure) -> ExitCode {
    let status = try Status(roots)
    Console.write(asJSON ? status.json.text() + "\n" : status.text(Style()))
    return .success
  }

  /// Looks.
  init(_ roots: Roots) throws(Failure) {
    device = try Settings(roots).device()
    if let file = try? Folder(path: "/").followedStatus(of: device) {
      deviceExists = true
      description = file.kind == .characterDevice ? WatchdogDevice.describe(file.node) : nil
    }
    stoodDown = try? StandDown.read(roots)
    lastStep = Status.lastStep(roots)
    let state = try StateFolder.toLookAt(roots)
    switch state {
    case .some(let state):
      let hold = try Hold.read(in: state, now: now.monotonic)
      self.hold = hold.flatMap { hold in hold.rest(at: now.monotonic).map { ($0, hold.reason) } }
      rebootDue = try RebootDue.read(in: state)
      isDisarmed = try Disarming.isNoted(in: state)
      let chain = try Chain.look(roots, state)
      links = chain.links
      staleness = chain.staleness(at: now)
      try readProblems(state)
      try readHearts(roots, state)
    case .none: staleness = ["no tool has run since boot (\(roots.state) is missing)"]
    }
  }

  /// Why this box is not guarded; empty when it is.
  var objections: [String] {
    var all: [String] = []
    if let stoodDown {
      all.append("it stood down and only marks problems, until watchdog-chain resume")
      all.append(stoodDown)
    }
    if let hold {
      all.append("on hold for another \(hold.rest.wholeSeconds + 1) s: \(hold.reason)")
    }
    if let rebootDue { all.append("a reboot is due: \(rebootDue)") }
    all += staleness
    if isDisarmed { all.append("disarmed (kwatchdog-feeder --arm arms again)") }
    if !deviceExists { all.append("\(device) is missing") }
    if deviceExists, description == nil { all.append("\(device) is no watchdog device") }
    if let state = description?.state, !state.isEqual(to: "active") {
      all.append("\(device) is not armed")
    }
    return all
  }

  /// The last line of incidents.jsonl that is about the whole box: when, what and why.
  private static func lastStep(_ roots: Roots) -> String? {
    guard let lines = try? Incident.lastLines(roots) else { return nil }
    let steps = ["restart", "reboot", "stood-down", "resumed", "hold"]
    for line in lines.reversed() {
      guard let event = line.member("event"),
        steps.contains(where: { $0.isEqual(to: event) })
      else { continue }
      let time = String(decoding: Array((line.member("time") ?? "").utf8.prefix(19)), as: UTF8.self)
      return "\(time) UTC  \(event): \(line.member("why") ?? "")"
    }
    return nil
  }

  private mutating func readProblems(_ state: borrowing StateFolder) throws(Failure) {
    guard let folder = try state.openIfThere(.problems) else { return }
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read problems", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes),
        let status = try? folder.status(of: name.text), status.kind == .file
      else { return }
      let bytes = (try? folder.readFile(name.text, atMost: 1024)) ?? nil
      problems.append(
        ProblemLine(
          name: name, problem: Problem(parsing: bytes ?? []),
          age: max(now.realtime - status.modified, .zero)))
    }
    problems.sort { $0.age > $1.age }
  }

  private mutating func readHearts(
    _ roots: Roots, _ state: borrowing StateFolder
  ) throws(Failure) {
    // The ages are those that mark-problems goes by: nobody is late for time in which it did not watch.
    let alive = try state.openIfThere(.alive)
    let record = alive.contents(of: "mark-problems")
    let vigil = Vigil.resume(last: record.flatMap { Vigil(parsing: $0) }, now: now)
    let beats = try state.openIfThere(.beats)
    let starts = try state.openIfThere(.starts)
    let folder = try roots.configFolder("hearts")
    try folder.forEachEntry(onSystemError: { Failure.unable(to: "read hearts", $0) }) {
      entry throws(Failure) in
      guard let name = Name(entry.bytes) else { return }
      do throws(Heart.Unreadable) {
        let heart = try Heart.read(name, kind: entry.kind, in: folder)
        let beat = Beat(beats.status(of: name.text), owner: heart.owner)
        hearts.append(
          HeartLine(
            name, heart, beat, start: starts.status(of: name.text)?.modified, vigil, now))
      } catch {
        hearts.append(HeartLine(name, mistake: error.words))
      }
    }
    hearts.sort { $0.urgency > $1.urgency }
  }
}

extension Status.HeartLine {
  init(
    _ name: Name, _ heart: Heart, _ beat: Beat, start: Duration?, _ vigil: Vigil, _ now: Moment
  ) {
    let lateness = heart.lateness(beat: beat.date, start: start, vigil: vigil, now: now)
    let beaten = beat.date ?? .zero
    let awaitsFirst = beat.date == nil || (start ?? .zero) > beaten
    self.init(
      name: name, mistake: nil,
      age: vigil.age(of: max(beat.date ?? heart.written, start ?? .zero), at: now),
      limit: awaitsFirst ? heart.startLimit : heart.limit, hasBeaten: beat.date != nil,
      isLate: lateness != nil)
  }

  init(_ name: Name, mistake: String) {
    self.init(
      name: name, mistake: mistake, age: .zero, limit: .zero, hasBeaten: false, isLate: false)
  }

  /// How much of its limit is used up, in thousandths; what is wrong comes first.
  var urgency: Int64 {
    if mistake != nil { return .max }
    let limit = max(limit.nanoseconds / 1_000_000, 1)
    return (age.nanoseconds / 1000) / limit
  }
}

extension Heart.Unreadable {
  /// For people.
  var words: String {
    switch self {
    case .notThere: "it is gone"
    case .mistake(let mistake, _): mistake.sentence
    case .failed(let error): error.reason
    }
  }
}

extension Folder? {
  fileprivate borrowing func status(of name: String) -> FileStatus? {
    switch self {
    case .some(let folder): try? folder.status(of: name)
    case .none: nil
    }
  }

  fileprivate borrowing func contents(of name: String) -> [UInt8]? {
    switch self {
    case .some(let folder): (try? folder.readFile(name, atMost: 256)) ?? nil
    case .none: nil
    }
  }
}
