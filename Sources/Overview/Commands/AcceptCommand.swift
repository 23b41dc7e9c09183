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
