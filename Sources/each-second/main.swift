// usage: each-second [--limit SECONDS] [--lifetime SECONDS] TOOL…

import Watchdog

Command.eachSecond.run { (arguments, report) throws(Failure) in
  let tools = arguments.operands
  let limit = try arguments.seconds(of: "limit", default: 10)
  let plan = try Life.Plan(arguments)
  guard !tools.isEmpty, arguments.command == nil else {
    throw arguments.mistake("name at least one tool")
  }
  let roots = Roots(arguments)
  if arguments.has("dry-run") {
    return EachSecond.describe(tools, limit: limit, lifetime: plan.lifetime)
  }
  try EachSecond(tools, limit: limit, plan: plan, roots, report).tick()
  return .success
}
