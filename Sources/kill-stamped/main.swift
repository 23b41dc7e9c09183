// usage: kill-stamped [--grace SECONDS] [--leave-marked] [--dry-run] [NAME]

import LinuxCalls
import Watchdog

Command.killStamped.run { (arguments, report) throws(Failure) in
  guard arguments.operands.count <= 1, arguments.command == nil else {
    throw arguments.mistake("name one heart, or none for all")
  }
  var name: Name?
  if let word = arguments.operands.first { name = try Name(operand: word, of: arguments) }
  let roots = Roots(arguments)
  let leaving = arguments.has("leave-marked") ? try Marked.all(roots) : []
  if let name, leaving.contains(name) {
    Console.write("\(name.text) is left alone: its last-step is mark\n")
    return .success
  }
  var killing = try KillStamped(name, leaving: leaving, roots)
  defer { for warning in killing.warnings { report.say(.warning, warning) } }
  if arguments.has("dry-run") { return try killing.describe() }
  let usual = name.map { Settings.value(of: .grace, for: $0, roots) }
  let grace = try arguments.seconds(
    of: "grace", default: (usual ?? Settings.value(of: .grace, roots)).wholeSeconds)
  try killing.run(grace: grace, endSignal: try Settings(roots).read(.endSignal, for: name))
  return .success
}
