import LinuxCalls
import Watchdog

/// `watchdog-chain tell`: new incidents, for /etc/watchdog/tell.
enum TellCommand {
  static let command = Command(
    name: "watchdog-chain tell",
    usage: ["[--dry-run]"],
    summary: """
      Gives new lines of incidents.jsonl to /etc/watchdog/tell, on its input. When that exits with 0 they were told;
      otherwise they come again with the next run, so each is told at least once. For a crontab, each minute.
      """,
    options: [
      .init("dry-run", "say how much there is, and tell nothing")
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    return try Tell(call.roots, call.report).run(isDry: call.isDry)
  }
}
