import LinuxCalls
import Rules
import Watchdog

/// Whether what is installed is really at work, and will reboot the box when it must.
enum ExaminationRules {
  /// In this order they are printed, as far as they are equally important.
  static var all: [Rule<Examination>] {
    RebootTestRules.all + WorkRules.all + DeviceRules.all + KernelRules.all + PlaceRules.all
      + [Rule("check", check)]
  }

  /// All that doctor says: how the box is, what was measured, and what check calls a mistake.
  static func findings(in all: Examination) -> [Finding] {
    let box = (BoxRules.guarding + BoxRules.hearts).findings(in: all.box)
      // Those that check finds too, with the path.
      .filter { !$0.isOf(BoxRules.aboutMistakes) }
      .map { isOnPurpose($0, all) ? $0.asNote : $0 }
    let files =
      all.configuration.map { ConfigurationRules.all.findings(in: $0).wrong.bySubject } ?? []
    return box + self.all.findings(in: all)
      + files.map {
        var finding = $0
        finding.id = "check"
        return finding
      }
  }

  /// Whether it is as somebody wanted it: a chain that is stale because a reboot is due, a reboot test, and on a box
  /// that only marks problems all that is about the device.
  private static func isOnPurpose(_ finding: Finding, _ all: Examination) -> Bool {
    finding.isOf(BoxRules.aboutChain) && all.box.rebootDue != nil
      || finding.isOf(BoxRules.aboutReboot) && all.box.rebootDue?.isTest == true
      || finding.isOf(BoxRules.aboutDevice) && all.isMarkOnly && !all.box.isDisarmed
  }

  @Findings private static func check(_ all: Examination) -> [Finding] {
    if let configuration = all.configuration {
      if ConfigurationRules.all.findings(in: configuration).wrong.isEmpty {
        Finding(.fine, "watchdog-chain check finds no mistakes")
      }
    } else {
      Finding(
        .unseen, "not all of \(all.box.roots.config) can be read",
        cure: "run watchdog-chain check to see why")
    }
  }
}

extension Finding {
  /// The same, only worth knowing.
  var asNote: Finding {
    var note = self
    note.severity = .note
    return note
  }
}
