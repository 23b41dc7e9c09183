// usage: check-solutions [--dry-run]

import Watchdog

Command(
  name: "check-solutions",
  usage: ["[--dry-run]"],
  summary: """
    Ends at once when /run/watchdog/problems is empty. When a problem is older than
    /etc/watchdog/solve-within, whoever should have solved it is gone: runs /etc/watchdog/restart-system.
    Run each second.
    """,
  options: [
    .init("dry-run", "say what would be done, and do nothing")
  ]
).run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  var checking = try CheckSolutions(
    Roots(arguments), report, isDry: arguments.has("dry-run"))
  return try checking.run()
}
