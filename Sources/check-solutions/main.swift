// usage: check-solutions [--dry-run]

import Watchdog

Command.checkSolutions.run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  var checking = try CheckSolutions(
    Roots(arguments), report, isDry: arguments.has("dry-run"))
  return try checking.run()
}
