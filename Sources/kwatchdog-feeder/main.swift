// usage: kwatchdog-feeder [--arm] [--lifetime SECONDS]
//        kwatchdog-feeder --once | --disarm

import Watchdog

Command.feeder.run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  let lifetime = try arguments.seconds(of: "lifetime", default: 120)
  let roots = Roots(arguments)
  let isDry = arguments.has("dry-run")
  if arguments.has("disarm") {
    try Disarming.run(roots, report, isDry: isDry)
    return .success
  }
  if isDry { return try Feeding.describe(roots) }
  let feeding = try Feeding(lifetime: lifetime, roots, report)
  if arguments.has("once") {
    try feeding.feedOnce()
  } else {
    try feeding.feed(armsAtOnce: arguments.has("arm"))
  }
  return .success
}
