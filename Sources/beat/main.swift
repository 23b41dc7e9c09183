// usage: beat NAME…
//        beat [--limit SECONDS] NAME… -- COMMAND…

import LinuxCalls
import Watchdog

Command.beat.run { (arguments, report) throws(Failure) in
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
  let beating = try Beating(Roots(arguments))
  var failure: Failure?
  if let command = arguments.command {
    failure = beating.claim(&names)
    if names.isEmpty, let failure { throw failure }
    let code = try Beating.run(command, limit: limit, report)
    // The command has said itself what it did not like.
    if code != 0 { ThisProcess.exit(code) }
  }
  try beating.beat(names)
  if let failure { throw failure }
  return .success
}
