// usage: mark-problems [--dry-run]
//        mark-problems --mark NAME [--detector NAME] "WHY"

import Watchdog

Command(
  name: "mark-problems",
  usage: ["[--dry-run]", "--mark NAME [--detector WHO] WHY"],
  summary: """
    Compares every heart in /etc/watchdog/hearts with its beat in /run/watchdog/beats, and every process
    in /run/watchdog/pids with what runs. One that is late or gone becomes a file in
    /run/watchdog/problems. Run each second.
    """,
  options: [
    .init("mark", value: "NAME", "note a problem that something else detected"),
    .init("detector", value: "WHO", "who detected it (mark-problems)"),
    .init("dry-run", "say what would be done, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  let roots = Roots(arguments)
  if let name = arguments.value(of: "mark") {
    return try Detection(of: name, arguments).run(roots, report)
  }
  try arguments.expectNoOperands()
  var marking = try MarkProblems(roots, report, isDry: arguments.has("dry-run"))
  return try marking.run()
}
