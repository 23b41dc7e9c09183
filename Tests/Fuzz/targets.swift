import Foundation

@testable import CrashSafe
@testable import LinuxCalls
@testable import Overview
@testable import Rules
@testable import Watchdog

/// What reads bytes that others, or a broken disk, wrote. Whatever they are, nothing ends the process, and what was read
/// and is written again is read as the same.
let targets: [String: @Sendable ([UInt8]) -> Void] = [
  "heart": { bytes in
    let heart = try? Heart(parsing: bytes, owner: 0, given: .zero)
    _ = heart.map { $0.limit + $0.startLimit }
    _ = Name(bytes)
  },
  "setting": { bytes in
    _ = try? Seconds.parse(one: bytes)
    _ = try? Seconds.parse(bytes)
    _ = Step(named: bytes)
    _ = Signal(asking: bytes)
  },
  "pid": { bytes in
    same(ProcessIdentity(parsing: bytes), { ProcessIdentity(parsing: Array($0.text.utf8)) })
    _ = ProcessNote(parsing: bytes)
    _ = ProcessIdentity(parsing: bytes)?.age
  },
  "attempt": { bytes in
    guard let record = AttemptNote(parsing: bytes) else { return }
    // What the rules make of it.
    _ = record.attempt.waited + .seconds(1)
  },
  "vigil": { bytes in
    let memories = Memories<Awaited>(parsing: bytes)
    _ = memories.text
    _ = Margins(parsing: bytes).text
    _ = Memories<Unsolved>(parsing: bytes).text
    if let vigil = Vigil(line: bytes.firstLine) {
      let now = Moment(realtime: .seconds(1_800_000_000), monotonic: .seconds(100))
      _ = Look(after: vigil, now: now)
    }
  },
  "hold": { bytes in
    let note = HoldNote(parsing: bytes, now: .seconds(100))
    _ = note?.hold.rest(at: .seconds(100))
  },
  "counter": { bytes in
    let restarts = Restarts(parsing: bytes, boot: "boot")
    _ = Restarts(parsing: Array(restarts.text.utf8), boot: "boot")
    _ = RebootsNote(parsing: bytes)?.text
    _ = RebootDueNote(parsing: bytes)
    _ = StandingDownNote(parsing: bytes).text
    _ = RebootTest(parsing: bytes)
    _ = Accepted(parsing: bytes)?.text
    _ = FilePlace(bytes)?.text
  },
  "incident": { bytes in
    for line in bytes.lines { _ = Incident.Line(line)?.words }
    _ = Spool.lines(of: bytes)
  },
  "report": { bytes in
    let now = Moment(realtime: .seconds(1_800_000_000), monotonic: .seconds(100_000))
    let lines = bytes.lines.compactMap { Incident.Line($0) }
    let record = Record(lines, boot: "b", sinceBoot: .seconds(100_000), now: now)
    let names = BoxReport.names(record, [], [])
    let guarded = names.map {
      Guarded(name: $0, isHeart: true, limit: .seconds(30), written: nil, means: .program)
    }
    let report = BoxReport(
      host: "box", since: .zero, record, guarded, isWhole: true, problems: [])
    _ = ReportText(report: report).text(Style())
    _ = Field<BoxReport>.ofReport.json(of: report).text()
    _ = ReportPage(report: report).text
    for name in names { _ = Story(of: name, lines) }
  },
  "problem": { bytes in
    let problem = Problem(parsing: bytes)
    _ = Problem(parsing: Array(problem.text.utf8))
    _ = Stamp(parsing: bytes)
  },
  "evidence": { bytes in
    _ = Telling(bytes).sentences
    _ = StatNumbers(bytes)
    _ = EvidenceStore.File(bytes)?.date
  },
  "device": { bytes in
    for line in bytes.lines { _ = DeviceRecord(parsing: line) }
    _ = DeviceNumber(parsing: bytes)
  },
  "crontab": { bytes in
    _ = Crontab(bytes, hasUsers: true)
    _ = Crontab(bytes, hasUsers: false)
  },
  "unit": { bytes in
    let systemd = SystemdWatchdog([("a", bytes), ("b", bytes)])
    _ = systemd.runtime
  },
  "interpreter": { bytes in _ = Interpreter(of: bytes) },
  "stat": { bytes in
    _ = ProcessStatus(parsing: bytes)?.isDead
    _ = ControlGroup(parsing: bytes)
  },
  "utmp": { bytes in
    let path = "/dev/shm/fuzz-\(getpid())"
    _ = FileManager.default.createFile(atPath: path, contents: Data(bytes))
    _ = LoginRecords.lastBootEndedInOrder(boot: .seconds(1_800_000_000), path: path)
    unlink(path)
  },
  "mounts": { bytes in
    for entry in MountEntry.all(in: bytes) { _ = entry.point.count + (entry.upper?.count ?? 0) }
  },
  "detectors": { bytes in
    guard let plan = Detectors.Timetable(parsing: bytes) else { return }
    let again = Detectors.Timetable(parsing: Array(plan.text.utf8))
    precondition(again?.entries.map { $0.due } == plan.entries.map { $0.due })
  },
  "environment": { bytes in
    let entry = Array("WATCHDOG_HEART=".utf8)
    let entries = bytes.split(separator: 0, omittingEmptySubsequences: false)
    let plain = entries.first { $0.starts(with: entry) }?.dropFirst(entry.count)
    precondition(bytes.value(ofEntry: entry, upTo: bytes.count) == plain.map { Array($0) })
  },
  "shadow": { bytes in _ = Configuration.daysOfRoot(bytes, today: 20_000) },
  "slots": { bytes in
    var slots = CounterSlots(bytes, proof: [1])
    if let newest = slots.newest { _ = slots.write(newest &+ 1) }
    same(StoredValue.read(bytes)) { StoredValue.read($0 + StoredValue.end(of: $0)) }
    _ = KeyName.meaning(of: bytes, below: [])
  },
  "state": { bytes in PlaceOfState.here.read(bytes) },
]

/// What is read by way of directories. The first byte chooses the file.
final class PlaceOfState: Sendable {
  static let here = PlaceOfState()
  private let roots: Roots
  private let name: Name
  private let files = [
    "state/known/x", "state/boot", "state/roll-back", "state/counted", "state/restart-system",
    "state/lives/x", "state/shutting-down", "state/metrics", "data/told", "data/left",
    "data/reboot-test", "data/incidents.jsonl", "config/hearts/x", "config/device",
    "config/of/x/spare",
  ]

  private init() {
    let root = "/dev/shm/fuzz-\(getpid())"
    roots = Roots(
      config: "\(root)/config", state: "\(root)/state", data: "\(root)/data", logs: "\(root)/logs")
    for folder in ["config/hearts", "config/of/x", "state/known", "state/lives", "data"] {
      try? FileManager.default.createDirectory(
        atPath: "\(root)/\(folder)", withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o755])
    }
    guard let name = Name(Array("x".utf8)) else { fatalError("x is no name") }
    self.name = name
  }

  func read(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let file = files[Int(first) % files.count]
    let path = roots.state.dropLast("state".count) + file
    _ = FileManager.default.createFile(atPath: String(path), contents: Data(bytes.dropFirst()))
    defer { unlink(String(path)) }
    try? readAll()
  }

  private func readAll() throws(Failure) {
    let state = try StateFolder(roots)
    let now = Moment(realtime: .seconds(1_800_000_000), monotonic: .seconds(100_000))
    _ = try KnownHearts(in: state).read(name).map { $0.limit + $0.startLimit }
    _ = try? ThisBoot(roots, state, makes: false).uptime(at: now.monotonic)
    _ = try? RollBackNote.look(roots, state, at: now.monotonic)
    _ = try? Counted.read(in: state)?.text
    _ = try? LastRestart.read(in: state)
    for life in (try? Life.all(in: state)) ?? [] { _ = life.isLast(at: now.monotonic) }
    _ = ShuttingDown.read(in: state)
    _ = try? IncidentCounts(roots, of: [name])
    _ = try? LeftBehind.read(roots)
    _ = try? RebootTest.read(roots)?.text
    _ = try? roots.heart(name)
    let settings = try Settings(roots)
    _ = try? settings.read(.spare, for: name)
    guard let data = try roots.dataIfThere() else { return }
    _ = try? FilePlace.read(in: data)?.next(in: data)?.end.text
  }
}

func same<Value: Equatable>(_ value: Value?, _ again: (Value) -> Value?) {
  guard let value else { return }
  precondition(again(value) == value, "what is written is read as something else")
}

private let target: @Sendable ([UInt8]) -> Void = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let found = targets[name] else { fatalError("FUZZ_TARGET names none: \(name)") }
  return found
}()

/// What libFuzzer calls.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  target(Array(UnsafeBufferPointer(start: data, count: size)))
  return 0
}
