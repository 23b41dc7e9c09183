import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain drill`: the main job of this project, before the reader's eyes, on any machine.
enum DrillCommand {
  static let command = Command(
    name: "watchdog-chain drill",
    usage: ["[--keep] [--json]", "--of NAME [--kill] [--json] [--dry-run]"],
    summary: """
      Makes a private world in a temporary directory, with a program that has a heart and a device that counts
      down; breaks one thing after the other; and shows what the chain does about it, how long that takes, and
      how long it may take (the bound). Needs neither root nor a watchdog device. With --of it does so to the
      real program of one heart of this box. Exits with 70 if a bound was missed.
      """,
    options: [
      .init("of", value: "NAME", "hang the real program of NAME, after you type what it asks for"),
      .init("kill", "with --of: kill it instead"),
      .init("dry-run", "with --of: say what would be done"),
      .init("keep", "leave the world in place, to be looked at"),
      .init("be-program", value: "PORT", "be the program of a drill (which calls this)"),
      .init("json", "print the results for programs, and nothing else"),
    ])

  /// Runs the drill.
  static func run(_ call: Call) throws(Failure) -> ExitCode {
    try call.arguments.expectNoOperands()
    if let name = call.value(of: "of") {
      if call.has("keep") { throw call.mistake("--keep does not go with --of") }
      return try RealDrill.run(of: name, call)
    }
    for option: StaticString in ["kill", "dry-run"] where call.has(option) {
      throw call.mistake("--\(option) goes with --of")
    }
    if let port = call.value(of: "be-program") { return try SampleProgram.run(port: port, call) }
    return try WorldDrill.run(keepsWorld: call.has("keep"), asJSON: call.has("json"))
  }
}
