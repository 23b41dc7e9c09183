// usage: kill-stamped [--grace SECONDS] [--dry-run] [NAME]

import Watchdog

Command(
  name: "kill-stamped",
  usage: ["[--grace SECONDS] [--dry-run] [NAME]"],
  summary: """
    Ends everything that run-stamped started since boot, or started for the heart NAME, with all that this
    started in turn: TERM, some seconds, KILL, and again until nothing is left. Who would not go is named.
    """,
  options: [
    .init("grace", value: "SECONDS", "time between TERM and KILL (/etc/watchdog/grace, else 1)"),
    .init("dry-run", "say what would be ended and why, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  guard arguments.operands.count <= 1, arguments.command == nil else {
    throw arguments.mistake("name one heart, or none for all")
  }
  var name: Name?
  if let word = arguments.operands.first { name = try Name(operand: word, of: arguments) }
  let roots = Roots(arguments)
  var killing = try KillStamped(name, roots, tool: report.tool)
  if arguments.has("dry-run") { return try killing.describe() }
  let usual = Settings.value(of: .grace, roots)
  try killing.run(grace: arguments.seconds(of: "grace", default: usual.wholeSeconds))
  return .success
}
