import Foundation
import Rules
import Testing

@testable import LinuxCalls
@testable import Overview
@testable import Watchdog

/// The rules of doctor, on boxes that are made up.
@Suite struct ExaminationRulesTests {
  typealias Change = @Sendable (inout Examination) -> Void

  /// What is wrong beside the places, which a made-up box does not have.
  private func found(_ change: Change) -> [Finding] {
    ExaminationRules.findings(in: Made.examination(change)).filter {
      !["state", "/tmp", "data"].contains("\($0.id)")
    }
  }

  @Test func `a box that is well is fine`() {
    let all = found { $0.isRoot = false }
    #expect(all.wrong.map { $0.line } == [])
    #expect(all.contains { $0.line == "watchdog-chain check finds no mistakes" })
  }

  static let cases: [(rule: String, words: String, change: Change)] = [
    ("cron", "no cron runs, so nothing reads", { $0.starters.cron = nil }),
    ("overlap", "no kwatchdog-feeder is alive", { $0.generations = [.init(tool: .feeder)] }),
    (
      "overlap", "only one each-second is alive",
      { $0.generations = [.init(tool: .eachSecond, ages: [.seconds(200)])] }
    ),
    (
      "chain", "mark-problems is old: the device is not fed until it is alive",
      { $0.box.staleness = ["mark-problems is old"] }
    ),
    ("armed", "counts down and no process holds it", { _ in }),
    ("timeout", "the driver made 64 s of the 75 s", { $0.box.device = Made.device(timeout: "64") }),
    (
      "hardware", "although the box has watchdog1 (i6300ESB)",
      {
        $0.box.device = Made.device(identity: "Software Watchdog")
        $0.device.hardware = ("watchdog1", "i6300ESB")
      }
    ),
    (
      "driver", "nothing was found that loads softdog",
      {
        $0.box.device = Made.device(identity: "Software Watchdog")
        $0.device.hasSoftdog = true
      }
    ),
    (
      "panic", "stays stopped for ever",
      {
        $0.box.device = Made.device(identity: "Software Watchdog")
        $0.kernel.panic = 0
      }
    ),
    ("kernel", "(5.5) is older than 5.6", { $0.kernel.version = (5, 5) }),
    (
      "rivals", "systemd feeds the device itself",
      {
        $0.rivals.systemd = SystemdWatchdog([
          ("/s", Array("[Manager]\nRuntimeWatchdogSec=30\n".utf8))
        ])
      }
    ),
    ("rivals", "watchdogd runs (process 9)", { $0.rivals.running = [("watchdogd", 9)] }),
    ("programs", "programs/web does not run", { $0.programs = [.init(name: Made.web)] }),
    (
      "programs", "was changed 5.0 s ago",
      { $0.programs = [.init(name: Made.web, pid: 7, changed: .seconds(5))] }
    ),
    ("programs", "process 7 was started for web", { $0.strays = [(Made.web, 7)] }),
    (
      "tools", "cannot be run",
      {
        $0.tools.folder = "/bin"
        $0.tools.broken = ["beat"]
      }
    ),
    ("logs", "there is no logrotate", { $0.logs.hasLogrotate = false }),
    ("check", "grace: it is empty", { $0.configuration?.mistakes = [("grace", "it is empty")] }),
  ]

  @Test(arguments: cases.indices)
  func `what is to be done is told by its rule`(index: Int) throws {
    let (rule, words, change) = Self.cases[index]
    let all = found {
      // Root, who sees who holds the device.
      $0.isRoot = rule == "armed"
      change(&$0)
    }
    let finding = try #require(all.first { $0.line.contains(words) }, "\(all.lines)")
    #expect("\(finding.id)" == rule && finding.isWrong)
  }

  @Test func `on a box that only marks problems a missing device is as it was wanted`() {
    let all = found {
      $0.configuration?.running.starts.removeAll { $0.tool != "mark-problems" }
      $0.box.device = Made.device(exists: false)
    }
    #expect(all.first { "\($0.id)" == "device" }?.severity == .note)
    // One that solves wants to be reset too, as check says.
    let solving = found {
      $0.configuration?.running.starts.removeAll { $0.tool == "kwatchdog-feeder" }
      $0.box.device = Made.device(exists: false)
    }
    #expect(solving.first { "\($0.id)" == "device" }?.isWrong == true)
  }

  @Test func `a chain that is stale because a reboot is due is stale on purpose`() {
    let all = found {
      $0.box.staleness = ["check-solutions was last alive 20 s ago"]
      $0.box.rebootDue = RebootDueNote(
        why: "a test", isTest: true, decided: .zero, isLeft: false, name: nil)
    }
    #expect(
      all.filter { ["chain", "reboot"].contains("\($0.id)") }.allSatisfy { $0.severity == .note })
  }

  static let notes: [(String, @Sendable (inout Examination) -> Void)] = [
    ("older than 5.14", { $0.kernel.version = (5, 13) }),
    ("feeders cannot hand the device over", { $0.kernel.ptraceScope = 3 }),
    (
      "a crash dump (kdump) that takes more than 75 s is cut off",
      { $0.kernel.hasCrashKernel = true }
    ),
    ("nothing guards the boot before the chain is alive", { $0.kernel.hasBootUnit = false }),
  ]

  @Test(arguments: notes.indices)
  func `what the kernel does is a note`(index: Int) throws {
    let (words, change) = Self.notes[index]
    let finding = try #require(found(change).first { $0.line.contains(words) })
    #expect(finding.severity == .note)
  }

  @Test func `a device that the kernel has opened in time is a guard of the boot`() {
    let all = found {
      $0.kernel.hasBootUnit = false
      $0.kernel.openTimeout = 900
    }
    #expect(
      all.contains { $0.line.contains("unless it is opened within 900 s") && $0.severity == .fine })
  }
}
