import Linux
import Watchdog

/// `watchdog-chain resume`: a box that stood down begins again to restart what has problems.
package enum ResumeCommand {
  package static let command = Command(
    name: "watchdog-chain resume",
    usage: [""],
    summary: """
      Lets a box that stood down, or that waits for its device to reboot it, begin again at the lowest rung of its
      ladder: what was counted is forgotten, and each problem has its full time from now on. A hold goes on. Works
      also while the disk takes nothing, until the next boot.
      """,
    options: [.init("dry-run", "say what would be done, and do nothing")])

  package static func run(
    _ arguments: Arguments, _ report: Report
  ) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let roots = Roots(arguments)
    let state = try StateFolder(roots, isDry: arguments.has("dry-run"))
    let stoodDown = try StandDown.look(roots, state)?.why
    let due = try RebootDue.read(in: state)?.why
    guard let why = stoodDown ?? due else {
      Console.write("This box neither stood down nor waits for a reboot: nothing to do.\n")
      return .success
    }
    if arguments.has("dry-run") {
      Console.write("would solve problems again, after: \(why)\n")
      return .success
    }
    try Resumption.run(roots, state, report)
    Console.write("Problems are solved again.\n")
    return .success
  }
}
