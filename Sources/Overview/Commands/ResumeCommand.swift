import LinuxCalls
import Watchdog

/// `watchdog-chain resume`: a box that stood down begins again to restart what has problems.
enum ResumeCommand {
  static let command = Command(
    name: "watchdog-chain resume",
    usage: ["[--dry-run]"],
    summary: """
      A box that stood down, or that waits for its device to reboot it, begins again at the lowest rung of its
      ladder: the counts are forgotten, and each problem has its full time from now on. A hold goes on. If the disk
      cannot be written to, this holds until the next boot.
      """,
    options: [.init("dry-run", "say what would be done, and do nothing")])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    let roots = call.roots
    let state = try StateFolder(roots, isDry: call.isDry)
    let stoodDown = try StandingDownNote.look(roots, state)?.why
    let due = try RebootDueNote.read(in: state)?.why
    guard let why = stoodDown ?? due else {
      return call.say("This box neither stood down nor waits for a reboot: nothing to do.")
    }
    if call.isDry { return call.say("would solve problems again, after: \(why)") }
    try Resumption.run(roots, state, call.report)
    return call.say("Problems are solved again.")
  }
}
