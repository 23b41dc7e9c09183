// usage: check-solutions [--dry-run]

import Watchdog

Command.checkSolutions.run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  return try CheckSolutions(
    Roots(arguments), report, isDry: arguments.has("dry-run")
  ).check()
}
