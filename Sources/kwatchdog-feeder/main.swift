// usage: kwatchdog-feeder [--arm] [--lifetime SECONDS]
//        kwatchdog-feeder --once | --disarm | --shutdown | --boot

import Watchdog

Command.feeder.run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  let term = try Life.Term(arguments)
  let roots = Roots(arguments)
  let isDry = arguments.has("dry-run")
  if arguments.has("disarm") {
    try Disarming.run(roots, report, isDry: isDry)
    return .success
  }
  if arguments.has("shutdown") {
    try ShuttingDown.run(roots, report, isDry: isDry)
    return .success
  }
  if arguments.has("boot") {
    try BootGuard(roots, report).guardBoot()
    return .success
  }
  if isDry { return try Feeding.describe(roots) }
  let feeding = try Feeding(term, roots, report)
  if arguments.has("once") {
    try feeding.feedOnce()
  } else {
    try feeding.feed(armsAtOnce: arguments.has("arm"))
  }
  return .success
}
