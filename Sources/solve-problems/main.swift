// usage: solve-problems [--dry-run]
//        solve-problems --solve NAME
//        solve-problems --solved NAME [HOW]

import Watchdog

Command.solveProblems.run { (arguments, report) throws(Failure) in
  let roots = Roots(arguments)
  let isDry = arguments.has("dry-run")
  if let name = arguments.value(of: "solved") {
    return try SolvedByHand(by: name, arguments).run(roots, report)
  }
  try arguments.expectNoOperands()
  if let name = arguments.value(of: "solve") {
    let solver = try Solver(Name(operand: name, of: arguments), roots, report)
    if isDry { return solver.describe() }
    CleanStart.begin()
    try solver.solve()
    return .success
  }
  return try SolveProblems(roots, report, isDry: isDry).solve()
}
