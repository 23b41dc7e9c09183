// usage: solve-problems [--dry-run]
//        solve-problems --solve NAME
//        solve-problems --solved NAME [HOW]

import Watchdog

Command(
  name: "solve-problems",
  usage: ["[--dry-run]", "--solve NAME", "--solved NAME [HOW]"],
  summary: """
    Begins to solve each problem in /run/watchdog/problems: runs /etc/watchdog/solutions/NAME or, where there
    is none, ends the program of that heart and starts /etc/watchdog/programs/NAME. What fails is tried again
    after 1, 2, 4, ... 60 seconds. Run each second.
    """,
  options: [
    .init("solve", value: "NAME", "solve this problem now, and wait for the end of it"),
    .init("solved", value: "NAME", "note that something else has solved a problem"),
    .init("dry-run", "say what would be done, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  let roots = Roots(arguments)
  let isDry = arguments.has("dry-run")
  if let name = arguments.value(of: "solved") {
    return try Solved(by: name, arguments).run(roots, report)
  }
  try arguments.expectNoOperands()
  if let name = arguments.value(of: "solve") {
    let solver = try Solver(Name(operand: name, of: arguments), roots, report)
    if isDry { return solver.describe() }
    try solver.run()
    return .success
  }
  var solving = try SolveProblems(roots, report, isDry: isDry)
  return try solving.run()
}
