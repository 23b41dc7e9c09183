// usage: kill-stamped [--grace SECONDS] [--dry-run] [NAME]

import Watchdog

Command.killStamped.run { (arguments, report) throws(Failure) in
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
