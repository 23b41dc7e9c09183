// usage: run-stamped [--user USER] [--log FILE | --keep-output] [--keep-input] [--keep-environment] [--background]
//                    NAME [-- COMMAND…]

import LinuxCalls
import Watchdog

Command.runStamped.run { (arguments, report) throws(Failure) in
  guard arguments.operands.count == 1 else { throw arguments.mistake("name one heart") }
  let name = try Name(operand: arguments.operands[0], of: arguments)
  if let command = arguments.command, command.isEmpty {
    throw arguments.mistake("a command must follow --")
  }
  let roots = Roots(arguments)
  var user: User?
  if let wanted = arguments.value(of: "user") {
    user = User(wanted)
    if user == nil { throw arguments.mistake("there is no user \"\(wanted.printable)\"") }
  }
  let file = arguments.value(of: "log") ?? roots.log(of: name)
  if arguments.has("dry-run") {
    let words = arguments.command?.map { $0.printable }.joined(separator: " ")
    let who = user.map { " as user \($0.id)" } ?? ""
    Console.write(
      "would run \(words ?? "\(roots.config)/programs/\(name.text)") for \(name.text)\(who)\n")
    return .success
  }
  var keeps = RunStamped.Kept()
  keeps.input = arguments.has("keep-input")
  keeps.environment = arguments.has("keep-environment")
  let running = try RunStamped(
    name, arguments.command, user: user,
    output: arguments.has("keep-output") ? .kept : .file(file), keeps: keeps, roots, report)
  if arguments.has("background") {
    _ = try running.start(watchedFor: .zero)
    return .success
  }
  throw running.become()
}
