// usage: kwatchdog-feeder [--arm] [--lifetime SECONDS]
//        kwatchdog-feeder --once | --disarm

import Watchdog

Command(
  name: "kwatchdog-feeder",
  usage: ["[--arm] [--lifetime SECONDS]", "--once", "--disarm"],
  summary: """
    Feeds the watchdog device once a second while every tool named in /etc/watchdog/chain is alive, for two
    minutes. When one is not, feeds no more, and the device reboots the box. Started each minute: then two
    live at any time, and the younger takes the open device over from the older.
    """,
  options: [
    .init("arm", "open the device at once, fresh chain or not"),
    .init("disarm", "stop the device until --arm or a reboot"),
    .init("once", "feed once and end"),
    .init("lifetime", value: "SECONDS", "live so long (120)"),
    .init("dry-run", "say what would be done, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  try arguments.expectNoOperands()
  let lifetime = try arguments.seconds(of: "lifetime", default: 120)
  let roots = Roots(arguments)
  let isDry = arguments.has("dry-run")
  if arguments.has("disarm") {
    try Disarming.run(roots, report, isDry: isDry)
    return .success
  }
  if isDry { return try Feeding.describe(roots) }
  var feeding = try Feeding(lifetime: lifetime, roots, report)
  if arguments.has("once") {
    try feeding.runOnce()
  } else {
    try feeding.run(armsAtOnce: arguments.has("arm"))
  }
  return .success
}
