// usage: mark-problems [--dry-run]
//        mark-problems --mark NAME [--detector NAME] "WHY"

import Watchdog

Command.markProblems.run { (arguments, report) throws(Failure) in
  let roots = Roots(arguments)
  if let name = arguments.value(of: "mark") {
    return try MarkByHand(of: name, arguments).run(roots, report)
  }
  try arguments.expectNoOperands()
  return try MarkProblems(roots, report, isDry: arguments.has("dry-run")).mark()
}
