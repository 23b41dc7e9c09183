import CrashSafe
import Foundation
import TestSupport
import Testing

/// What a reader finds after the power failed at any instant of an operation, for all that a disk may have kept
/// and lost by then.
@Suite(.enabled(if: Exerciser.obstacle == nil, Exerciser.comment)) struct PowerTests {
  /// What readers found.
  struct Findings {
    var outcomes = 0
    /// Neither the old value nor the new one.
    var wrong: [String] = []
    /// What was there after the operation had returned, when it was not the new one.
    var lost: [String] = []
  }

  private func replay(_ one: Case, _ durability: String) throws -> Findings {
    try withScratch { folder in
      let before = "\(folder)/before"
      let traced = "\(folder)/traced"
      try FileManager.default.createDirectory(atPath: before, withIntermediateDirectories: false)
      try one.prepare(before)
      try FileManager.default.copyItem(atPath: before, toPath: traced)
      let exerciser = Exerciser(folder: traced, durability: durability, operation: one.operation)
      if one.isRepeated {
        exerciser.run()
        try FileManager.default.removeItem(atPath: before)
        try FileManager.default.copyItem(atPath: traced, toPath: before)
      }
      let calls = "openat,write,pwrite64,fsync,fdatasync,mkdirat,unlinkat,renameat"
      let lines = try exerciser.trace(calls, ["-y", "-xx", "-s", "100000"])
      let begin = try #require(lines.firstIndex { $0.contains(Self.hexadecimal("/begin")) })
      var record = DiskRecord(Array(lines[begin...]))
      // The folder of the store is made by mkdir(2), which strace writes without a descriptor.
      if !FileManager.default.fileExists(atPath: "\(before)/store"),
        FileManager.default.fileExists(atPath: "\(traced)/store")
      {
        record.makeFirst("\(traced)/store")
      }
      return try judge(record, of: one, in: folder)
    }
  }

  private func judge(_ record: DiskRecord, of one: Case, in folder: String) throws -> Findings {
    var findings = Findings()
    let replay = Replay(record: record)
    let traced = "\(folder)/traced"
    for count in 0...record.actions.count {
      replay.forEachOutcome(after: count) { actions in
        findings.outcomes += 1
        let after = "\(folder)/after"
        try? FileManager.default.removeItem(atPath: after)
        try? FileManager.default.copyItem(atPath: "\(folder)/before", toPath: after)
        Replay.apply(actions) { $0.replacingOccurrences(of: traced, with: after) }
        let found = (try? one.read(after)) ?? "unreadable"
        if found != one.old && found != one.new { findings.wrong.append("\(found): \(actions)") }
        if count == record.actions.count && found != one.new {
          findings.lost.append("\(found): \(actions)")
        }
      }
    }
    return findings
  }

  private static func hexadecimal(_ text: String) -> String {
    text.utf8.map { "\\x" + String($0, radix: 16) }.joined()
  }

  @Test(arguments: [
    Case.firstIncrement, .increment, .nextIncrement, .firstSet, .set, .batch, .update, .remove,
    .setOfLongKey,
  ])
  func `after a power cut there is the old or the new, and what had returned is the new`(one: Case)
    throws
  {
    let findings = try replay(one, "power")
    print("\(one.testDescription): \(findings.outcomes) outcomes")
    #expect(findings.outcomes > 4)
    #expect(findings.wrong == [])
    #expect(findings.lost == [])
  }

  /// Or the tests above would say nothing.
  @Test func `without flush the replay finds losses, and a torn value reads as absent`() throws {
    let findings = try replay(.set, "process")
    #expect(findings.wrong != [])
    #expect(findings.wrong.allSatisfy { $0.hasPrefix("none: ") }, "never as garbage")
    #expect(findings.lost != [])
  }

  @Test(arguments: [Case.firstIncrement, .increment])
  func `without flush a counter loses numbers but is never damaged`(one: Case) throws {
    let findings = try replay(one, "process")
    #expect(findings.wrong == [])
    #expect(findings.lost != [])
  }
}
