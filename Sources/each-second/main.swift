// usage: each-second [--limit SECONDS] [--lifetime SECONDS] TOOL…

import Watchdog

Command(
  name: "each-second",
  usage: ["[--limit SECONDS] [--lifetime SECONDS] TOOL..."],
  summary: """
    Runs each TOOL at each second for two minutes. Started each minute: then two live at any time, the
    older one works, the younger stands by. A TOOL is a path, or the name of a tool beside each-second or
    in PATH.
    """,
  options: [
    .init("limit", value: "SECONDS", "kill a TOOL that runs for longer (10)"),
    .init("lifetime", value: "SECONDS", "live so long (120)"),
    .init("dry-run", "say what would be done, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  let tools = arguments.operands
  let limit = try arguments.seconds(of: "limit", default: 10)
  let lifetime = try arguments.seconds(of: "lifetime", default: 120)
  guard !tools.isEmpty, arguments.command == nil else {
    throw arguments.mistake("name at least one tool")
  }
  let roots = Roots(arguments)
  if arguments.has("dry-run") {
    return EachSecond.describe(tools, limit: limit, lifetime: lifetime)
  }
  var ticking = try EachSecond(tools, limit: limit, lifetime: lifetime, roots, report)
  try ticking.run()
  return .success
}
