// usage: watchdog-chain status | check | hold | resume | drill

import Linux
import Watchdog

let words = ThisProcess.words
let rest = [words[0]] + words.dropFirst(2)
let subcommand = words.count > 1 ? words[1] : ""

if subcommand.isEqual(to: "status") {
  Status.command.run(rest) { (arguments, report) throws(Failure) in
    try arguments.expectNoOperands()
    return try Status.show(Roots(arguments), asJSON: arguments.has("json"))
  }
} else if subcommand.isEqual(to: "check") {
  Check.command.run(rest) { (arguments, report) throws(Failure) in
    try arguments.expectNoOperands()
    return try Check.run(Roots(arguments))
  }
} else if subcommand.isEqual(to: "hold") {
  HoldCommand.command.run(rest) { (arguments, report) throws(Failure) in
    try HoldCommand.run(arguments, report)
  }
} else if subcommand.isEqual(to: "resume") {
  ResumeCommand.command.run(rest) { (arguments, report) throws(Failure) in
    try ResumeCommand.run(arguments, report)
  }
} else if subcommand.isEqual(to: "drill") {
  Drill.command.run(rest) { (arguments, report) throws(Failure) in
    try arguments.expectNoOperands()
    if let port = arguments.value(of: "be-program") {
      return try SampleProgram.run(port: port, arguments)
    }
    return try Drill.run(keepsWorld: arguments.has("keep"), asJSON: arguments.has("json"))
  }
}

Command(
  name: "watchdog-chain",
  usage: [
    "status [--json]", "check", "hold TIME [REASON] | --end", "resume", "drill [--keep] [--json]",
  ],
  summary: """
    For people: how the chain is, what is wrong with its configuration, a time in which nothing is restarted,
    an end to standing down, and a drill that breaks things to show what the chain does about them. Each has a
    --help of its own.
    """
).run { (arguments, report) throws(Failure) in
  throw arguments.mistake(
    subcommand.utf8.isEmpty
      ? "say what to do: status, check, hold, resume or drill"
      : "unknown word \"\(subcommand.printable)\"")
}
