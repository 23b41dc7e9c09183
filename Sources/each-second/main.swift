// usage: each-second [--limit SECONDS] [--lifetime SECONDS] TOOL…

import Watchdog

Command.eachSecond.run { (arguments, report) throws(Failure) in
  let tools = arguments.operands
  let limit = try arguments.seconds(of: "limit", default: 10)
  let term = try Life.Term(arguments)
  guard !tools.isEmpty, arguments.command == nil else {
    throw arguments.mistake("name at least one tool")
  }
  let roots = Roots(arguments)
  if arguments.has("dry-run") {
    return EachSecond.describe(tools, limit: limit, lifetime: term.lifetime)
  }
  try EachSecond(tools, limit: limit, term: term, roots, report).tick()
  return .success
}
