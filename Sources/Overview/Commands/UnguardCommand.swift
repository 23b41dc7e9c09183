import LinuxCalls
import Watchdog

/// `watchdog-chain unguard`: takes away what `guard` wrote, in the right order.
enum UnguardCommand {
  static let command = Command(
    name: "watchdog-chain unguard",
    usage: ["[--dry-run] NAME"],
    summary: """
      Removes hearts/NAME, solutions/NAME, programs/NAME and of/NAME/user, the heart first: from then on no beat of
      NAME is awaited, and its problem is over. The program goes on running.
      """,
    options: [.init("dry-run", "say what would be removed, and do nothing")])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let name = try Name(
      operand: try call.onlyWord(orElse: "name one heart"), of: call.arguments)
    if call.isDry {
      for path in GuardFiles.there(name, call.roots) { Console.write("would remove \(path)\n") }
      return .success
    }
    let removed = try remove(name, call.roots)
    guard !removed.isEmpty else {
      throw Failure(
        .noInput, "nothing in \(call.roots.config) guards it", unableTo: "unguard \(name.text)")
    }
    for path in removed { Console.write("removed \(path)\n") }
    // What a solution restarts is ended by what started it.
    let program = "\(call.roots.config)/programs/\(name.text)"
    let isOurs = removed.contains { $0.utf8.elementsEqual(program.utf8) }
    return call.say(
      "\(name.text) goes on running.\(isOurs ? " To end it: kill-stamped \(name.text)" : "")")
  }

  /// - Returns: the paths of what was there.
  static func remove(_ name: Name, _ roots: Roots) throws(Failure) -> [String] {
    let config = try attempt(to: "open \(roots.config)", Folder(path: roots.config))
    var removed: [String] = []
    for place in GuardFiles.places(of: name) {
      let path = "\(roots.config)/\(place.folder)/\(place.name)"
      if try attempt(to: "remove \(path)", GuardFiles.remove(place, in: config)) {
        removed.append(path)
      }
    }
    return removed
  }
}
