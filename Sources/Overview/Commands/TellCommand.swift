import LinuxCalls
import Watchdog

/// `watchdog-chain tell`: new incidents, for /etc/watchdog/tell.
enum TellCommand {
  static let command = Command(
    name: "watchdog-chain tell",
    usage: ["[--dry-run]"],
    summary: """
      Gives new lines of incidents.jsonl to /etc/watchdog/tell, on its input. If that does not exit with 0, they come
      again in the next run, so each comes at least once. For a crontab, each minute.
      """,
    options: [
      .init("dry-run", "say how much there is, and do nothing")
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    return try Tell(call.roots).run(isDry: call.isDry)
  }
}
