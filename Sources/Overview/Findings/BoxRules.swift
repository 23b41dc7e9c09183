import LinuxCalls
import Rules
import Watchdog

/// What is wrong with a box as it is now. Status, nagios, the reboot test and doctor all ask these.
enum BoxRules {
  /// Whether the box is guarded: what they find says why not.
  static var guarding: [Rule<Box>] { shared + [Rule("lives", lives), aboutDevice] }

  /// Whether all is well as far as its programs tell, whatever device there is.
  static var well: [Rule<Box>] { shared + hearts }

  private static var shared: [Rule<Box>] {
    [Rule("ladder", ladder), Rule("hold", hold), aboutReboot, aboutChain]
  }

  /// How its programs are.
  static var hearts: [Rule<Box>] {
    [Rule("problem", problem), Rule("late", late), aboutMistakes]
  }

  // Those that are told in another way somewhere.

  static var aboutReboot: Rule<Box> { Rule("reboot", reboot) }
  static var aboutChain: Rule<Box> { Rule("chain", chain) }
  static var aboutDevice: Rule<Box> { Rule("device", device) }
  static var aboutMistakes: Rule<Box> { Rule("mistaken", mistaken) }

  // MARK: Guarding

  @Findings private static func ladder(_ box: Box) -> [Finding] {
    if let why = box.stoodDown {
      Finding(
        .critical,
        "the box stood down: nothing is rebooted, and programs are restarted a minute apart until all are well, or until watchdog-chain resume"
      )
      Finding(.critical, why)
    }
    if let obstacle = box.standingObstacle {
      Finding(.critical, "unable to see whether the box stood down: \(obstacle)")
    }
  }

  @Findings private static func hold(_ box: Box) -> [Finding] {
    if let hold = box.hold {
      Finding(
        .note, "on hold for another \(hold.rest.span): \(hold.reason)",
        cure: "watchdog-chain hold --end")
    }
  }

  @Findings private static func reboot(_ box: Box) -> [Finding] {
    if let due = box.rebootDue {
      Finding(
        .critical, "a reboot is due: \(due.why)",
        cure: due.isTest
          ? "watchdog-chain doctor --reboot-test --end takes it back"
          : "to prevent it: watchdog-chain resume")
    }
  }

  private static func chain(_ box: Box) -> [Finding] {
    box.staleness.map {
      Finding(
        .critical, $0,
        cure: "the device is not fed until it is alive: run it by hand to see why")
    }
  }

  /// What was started last works for a minute still: but people have to know that nothing comes after it.
  private static func lives(_ box: Box) -> [Finding] {
    box.lives.filter { $0.isLast(at: box.now.monotonic) }.map {
      let rest = max($0.end - box.now.monotonic, .zero)
      let isArmed = box.devices.contains { $0.isArmed == true }
      return Finding(
        .critical,
        "no \($0.helper.printable) was started for \((box.now.monotonic - $0.begun).short): when the last one exits, in "
          + "\(rest.short), none takes its place, and \(isArmed ? "the box is reset" : "nothing watches this box")",
        cure: "start cron, or what else runs it" + (isArmed ? "; or kwatchdog-feeder --disarm" : "")
      )
    }
  }

  @Findings private static func device(_ box: Box) -> [Finding] {
    if box.isDisarmed {
      Finding(
        .critical, "disarmed by an administrator", cure: "kwatchdog-feeder --arm arms it again")
    }
    for device in box.devices {
      if device.kind == nil {
        Finding(
          .critical, "\(device.path) is missing",
          cure: "load the driver of this box's watchdog, or modprobe softdog if it has none")
      } else if device.description == nil {
        Finding(
          .critical, "\(device.path) is no watchdog device",
          cure: "write the path of one into \(box.roots.config)/device")
      } else if device.isArmed == false {
        Finding(
          .critical, "\(device.path) is not armed",
          cure: "run kwatchdog-feeder by hand to see why")
      } else if device.isArmed == nil {
        Finding(
          .critical,
          "no feeder has armed \(device.path), and its driver does not report whether it is armed",
          cure: "run kwatchdog-feeder by hand to see why")
      }
    }
  }

  // MARK: Hearts

  /// During a hold somebody is at work: that programs stand still is what the hold is for.
  private static func severity(_ box: Box) -> Finding.Severity {
    box.hold == nil ? .critical : .note
  }

  private static func problem(_ box: Box) -> [Finding] {
    box.problems.map {
      Finding(
        severity(box), of: $0.name.text, "\($0.problem.reason): \($0.nextWords)",
        cure: "watchdog-chain explain \($0.name.text)", since: $0.noticed)
    }
  }

  private static func late(_ box: Box) -> [Finding] {
    box.hearts.filter { heart in
      heart.isLate && !box.problems.contains { $0.name == heart.name }
    }.map {
      Finding(
        severity(box), of: $0.name.text, "late: no beat for \($0.age.short)",
        cure: "mark-problems has not noticed it: see whether it runs")
    }
  }

  private static func mistaken(_ box: Box) -> [Finding] {
    box.hearts.compactMap { heart in
      heart.mistakeWords.map {
        Finding(
          .warning, of: heart.name.text, $0,
          cure: "watchdog-chain check names the cure")
      }
    }
  }
}

extension Box {
  /// Why this box is not guarded; empty when it is.
  var objections: [Finding] { BoxRules.guarding.findings(in: self).told }

  /// Why this boot is not accepted yet, as far as its programs tell; nil when all is well.
  var objectionToBoot: String? {
    if let wrong = BoxRules.well.findings(in: self).told.first {
      return wrong.words(at: now.realtime)
    }
    if hearts.isEmpty { return "there is no heart, so nothing shows that this boot is good" }
    if let gone = hearts.first(where: { $0.isGone }) {
      return "the process of \(gone.name.text) is gone"
    }
    return hearts.first { $0.beaten == nil }.map { "\($0.name.text) has not beaten yet" }
  }

  /// Why this boot is not accepted yet; nil when it is, or where nothing accepts boots.
  var waitsForAcceptance: String? {
    guard isAccepted == false else { return nil }
    return objectionToBoot
      ?? (refusal.utf8.isEmpty ? "all has to be well for a while (accept-after)" : refusal)
  }
}
