import LinuxCalls
import Rules
import Testing

@testable import Overview
@testable import Watchdog

/// What is wrong with a box, on boxes that are made up.
@Suite struct BoxRulesTests {
  private func found(_ box: Box) -> [Finding] {
    (BoxRules.guarding + BoxRules.hearts).findings(in: box)
  }

  @Test func `of a box that is well there is nothing to say`() {
    #expect(found(Made.box()).isEmpty)
  }

  /// A box, the rule that says something of it, how bad that is, and what it says.
  static let cases: [(change: @Sendable (inout Box) -> Void, Finding.Severity, String)] = [
    ({ $0.stoodDown = "it did not help" }, .critical, "the box stood down"),
    ({ $0.standingObstacle = "EIO" }, .critical, "unable to see whether the box stood down: EIO"),
    (
      { $0.hold = (.seconds(7199), "a new disk") }, .note,
      "on hold for another 1 h 59 min: a new disk: watchdog-chain hold --end"
    ),
    (
      {
        $0.rebootDue = RebootDueNote(
          why: "web", isTest: false, decided: .zero, isLeft: false, name: nil)
      }, .critical, "a reboot is due: web: to prevent it: watchdog-chain resume"
    ),
    (
      { $0.staleness = ["mark-problems was last alive 20.0 s ago"] }, .critical, "mark-problems was"
    ),
    (
      {
        let now = $0.now.monotonic
        $0.lives = [
          Life(
            helper: "each-second", begun: now - .seconds(81), end: now + .seconds(39),
            next: .seconds(60))
        ]
      }, .critical,
      "no each-second was started for 81.0 s: when the last one exits, in 39.0 s, none takes its place, and the box is reset"
    ),
    ({ $0.isDisarmed = true }, .critical, "disarmed by an administrator: kwatchdog-feeder --arm"),
    (
      { $0.devices.append(Made.device(state: "inactive")) }, .critical,
      "/dev/watchdog is not armed: run"
    ),
    (
      { $0.device = Made.device(state: nil) }, .critical,
      "no feeder has armed /dev/watchdog, and its driver does not report"
    ),
    (
      { $0.device = Made.device(exists: false) }, .critical,
      "/dev/watchdog is missing: load the driver"
    ),
    ({ $0.device = Made.device(state: "inactive") }, .critical, "/dev/watchdog is not armed: run"),
    ({ $0.problems = [Made.problem("ill")] }, .critical, "web: ill: it is only marked"),
    (
      { $0.hearts = [HeartState(name: Made.web, mistake: "it is empty", isPassedOver: true)] },
      .warning, "web: passed over: it is empty"
    ),
    (
      { $0.hearts = [HeartState(name: Made.web, mistake: "it is empty")] }, .warning,
      "web: its limit of before counts: it is empty"
    ),
  ]

  @Test(arguments: cases.indices)
  func `one thing that is wrong is one finding, with its cure`(index: Int) {
    let (change, severity, words) = Self.cases[index]
    let all = found(Made.box(change))
    #expect(all.first?.severity == severity)
    #expect(all.first?.line.hasPrefix(words) == true, "\(all.lines)")
    #expect(all.allSatisfy { !"\($0.id)".isEmpty })
  }

  @Test func `a late heart is told once, and not beside its problem`() {
    var heart = HeartState(name: Made.web, mistake: "")
    heart = HeartState(
      name: heart.name, mistake: nil, age: .seconds(40), limit: .seconds(30), isLate: true)
    #expect(
      found(Made.box { $0.hearts = [heart] }).lines.first?.hasPrefix("web: late: no beat") == true)
    let both = Made.box {
      $0.hearts = [heart]
      $0.problems = [Made.problem("ill")]
    }
    #expect(found(both).count == 1)
  }

  @Test func `during a hold what it is for is only worth knowing`() {
    let held = Made.box {
      $0.hold = (.seconds(9), "")
      $0.problems = [Made.problem("ill")]
    }
    #expect(found(held).allSatisfy { $0.severity == .note })
  }

  @Test func `what has lasted tells since when, and is known again by that`() {
    let finding = found(Made.box { $0.problems = [Made.problem("ill")] })[0]
    #expect(finding.words(at: noon.realtime).hasPrefix("problem web, for 12.0 s: ill: "))
    #expect(finding.since == noon.realtime - .seconds(12))
  }
}
