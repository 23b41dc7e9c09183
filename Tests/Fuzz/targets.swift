import Foundation

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
]

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
