// usage: beat NAME…
//        beat [--limit SECONDS] NAME… -- COMMAND…

import Linux
import Watchdog

Command(
  name: "beat",
  usage: ["NAME...", "[--limit SECONDS] NAME... -- COMMAND..."],
  summary: """
    Lets hearts beat: dates /run/watchdog/beats/NAME with the present. With a COMMAND, only when that
    succeeds, so that anything that checks a program is a heart; then the exit code is the command's.
    """,
  options: [
    .init("limit", value: "SECONDS", "kill COMMAND after so many seconds (10)"),
    .init("dry-run", "say what would be done, and do nothing"),
  ]
).run { (arguments, report) throws(Failure) in
  let limit = try arguments.seconds(of: "limit", default: 10)
  var names: [Name] = []
  for operand in arguments.operands { names.append(try Name(operand: operand, of: arguments)) }
  guard !names.isEmpty else { throw arguments.mistake("name at least one heart") }
  if let command = arguments.command, command.isEmpty {
    throw arguments.mistake("a command must follow --")
  }
  if arguments.has("dry-run") {
    for name in names { Console.write("would touch beats/\(name.text)\n") }
    return .success
  }
  if let command = arguments.command {
    let code = try Beating.run(command, limit: limit)
    // The command has said itself what it did not like.
    if code != 0 { ThisProcess.exit(code) }
  }
  try Beating(Roots(arguments)).beat(names)
  return .success
}
