import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain accept`: what comes of an update, by what the programs say.
enum AcceptCommand {
  static let command = Command(
    name: "watchdog-chain accept",
    usage: ["[--dry-run]"],
    summary: """
      Runs /etc/watchdog/boot-good, once in a boot, when every heart has beaten and nothing has been wrong for
      accept-after seconds. Runs /etc/watchdog/roll-back if reboots did not help, instead of standing down. For a
      crontab, each minute.
      """,
    options: [
      .init("dry-run", "say what would be done, and do nothing")
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    return try Acceptance(call.roots, call.report, isDry: call.isDry).run {
      () throws(Failure) in try Box(call.roots).objectionToBoot
    }
  }
}

extension Box {
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
}
