import LinuxCalls
import Rules
import Watchdog

/// What a reboot test showed, and whether one may begin.
enum RebootTestRules {
  static let all: [Rule<Examination>] = [Rule("reboot test", last)]

  // MARK: The last one

  @Findings private static func last(_ all: Examination) -> [Finding] {
    if let (test, verdict) = all.test {
      let end = all.box.waits(for: test) ? "--reboot-test --end lets it be fed again, and " : ""
      told(verdict, test, "that of \(test.begun.realtime.utc)", end)
    } else if !all.isMarkOnly {
      Finding(
        .note,
        "there was none yet: only watchdog-chain doctor --reboot-test shows that the device really reboots this box"
      )
    }
  }

  @Findings private static func told(
    _ verdict: RebootTest.Verdict, _ test: RebootTest, _ begin: String, _ end: String
  ) -> [Finding] {
    let again = "run watchdog-chain doctor --reboot-test again"
    let bound = test.bound.wholeSeconds
    switch verdict {
    case .running(let rest):
      Finding(
        .note,
        "under way: the device resets the box within \(rest.wholeSeconds) s (--reboot-test --end takes it back)"
      )
    case .failed(let time):
      Finding(
        .critical,
        "\(begin) failed: the box was not reset within \(bound) s, nor in \(time.short)",
        cure: "\(end)the box needs another driver or device")
    case .ended: Finding(.note, "\(begin) was ended by a person", cure: again)
    case .inOrder:
      Finding(
        .note, "\(begin) shows nothing: the box was shut down in order meanwhile", cure: again)
    case .early(let time):
      Finding(
        .note,
        "\(begin) shows nothing: the box was reset after \(time.short) already, by something else",
        cure: again)
    case .late(let time):
      Finding(
        .warning,
        "\(begin) failed, or doctor was not run afterwards: the next boot that is known of began \(time.short) later, "
          + "instead of within \(bound) s", cure: again)
    case .worked(let took?, let working):
      let words = working.map { ", and the chain was at work after \($0.short)" } ?? ""
      Finding(.fine, "\(begin) worked: the box was reset, and booted after \(took.short)\(words)")
    case .worked(nil, _):
      Finding(.fine, "\(begin) worked: the box was reset (the clock does not show after how long)")
    }
  }

  // MARK: Whether one may begin

  /// What is known before one begins.
  struct Wish {
    let box: Box
    let holders: [Holder]
    let isRoot: Bool
    /// Whether something starts the chain at boot.
    let isStarted: Bool
    /// On which file systems the state and the data are.
    let state: FileSystem?
    let data: FileSystem?
    /// Whether the box waits for a test already.
    let isUnderWay: Bool
  }

  /// Why it may not begin.
  static func objections(_ wish: Wish) -> [Finding] {
    let problems = Rule("problem", firstProblem)
    return wish.box.objections + problems.findings(in: wish.box)
      + Rule("reboot test", own).findings(in: wish)
  }

  private static func firstProblem(_ box: Box) -> [Finding] {
    Array(BoxRules.hearts.findings(in: box).filter { $0.since != nil }.prefix(1))
  }

  private static func own(_ wish: Wish) -> [Finding] {
    let (box, roots) = (wish.box, wish.box.roots)
    var found: [Finding] = []
    func add(_ isSo: Bool, _ what: String) {
      if isSo { found.append(Finding(.critical, what)) }
    }
    add(!wish.isRoot && roots.isOfBox, "only root can begin one")
    add(
      box.device.isArmed == nil && box.device.description != nil,
      "the driver of \(box.device.path) does not say that it is armed")
    if let other = wish.holders.first(where: { !$0.isFeeder }) {
      add(true, "\(box.device.path) is \(other.words)")
    }
    add(wish.holders.isEmpty, "no kwatchdog-feeder is seen that holds \(box.device.path)")
    add(
      !box.links.contains { Tool.checkSolutions.isNamed($0.tool) },
      "check-solutions is no link of the chain, so it cannot end the feeding")
    // What is not cleared by the reboot would ask for the next one.
    add(
      wish.state.map { !$0.isInMemory } ?? false,
      "\(roots.state) is on a disk, so the box would be rebooted again and again: mount a tmpfs at /run"
    )
    add(
      wish.data.map { $0.isInMemory || $0.isReadOnly } ?? false,
      "\(roots.data) is not on a disk that can be written to, so the result would be lost")
    add(
      roots.isOfBox && !wish.isStarted,
      "there is no \(Examination.Starters.crontab), so the chain may not come back with the box")
    add(wish.isUnderWay, "end that one first: watchdog-chain doctor --reboot-test --end")
    return found
  }
}
