import LinuxCalls
import Rules
import Watchdog

/// `watchdog-chain guard`: writes what makes a program guarded.
enum GuardCommand {
  static let command = Command(
    name: "watchdog-chain guard",
    usage: [
      "[OPTIONS] NAME -- COMMAND...",
      "[OPTIONS] --solution KIND NAME",
    ],
    summary: """
      Writes the files of /etc/watchdog that guard the program COMMAND by the heart NAME: hearts/NAME, programs/NAME
      and, for USER, of/NAME/user; shows them, and says what comes next. KIND, one of solutions.available, restarts
      the program instead: systemd, if it is the unit NAME. Refuses what check would complain of, and does not
      overwrite a file.
      """,
    options: [
      .init("limit", value: "SECONDS", "how old its beat may become (30)"),
      .init("start-limit", value: "SECONDS", "how long its first beat may take (as --limit)"),
      .init("user", value: "USER", "the user that it runs as and that beats (root)"),
      .init("solution", value: "KIND", "what restarts it instead of COMMAND"),
      .init("dry-run", "show the files, and write nothing"),
    ])

  static func run(_ call: Call) throws(Failure) -> ExitCode {
    let arguments = call.arguments
    guard arguments.operands.count == 1 else { throw call.mistake("name one heart") }
    let name = try Name(operand: arguments.operands[0], of: arguments)
    let files = GuardFiles(
      name, limits: try limits(call), user: try user(call), command: try program(call),
      solution: try solution(call))
    try expectNothing(of: name, call.roots)
    if call.isDry {
      show(files, call.roots)
      return .success
    }
    try files.write(call.roots)
    try judge(name, call)
    show(files, call.roots)
    return call.say(next(name, call))
  }

  // MARK: What is asked for

  private static func limits(_ call: Call) throws(Failure) -> String {
    var words: [String] = []
    for option in ["limit", "start-limit"] as [StaticString] {
      guard let word = call.value(of: option) ?? (words.isEmpty ? "30" : nil) else { continue }
      do throws(Mistake) {
        let limit = try Seconds.parse(one: Array(word.utf8))
        guard limit >= .seconds(2) else { throw Mistake("1 second is the time between two looks") }
        words.append("\(limit.wholeSeconds)")
      } catch {
        throw call.mistake("--\(option): \(error.sentence)")
      }
    }
    return words.joined(separator: " ")
  }

  private static func user(_ call: Call) throws(Failure) -> String? {
    guard let word = call.value(of: "user") else { return nil }
    guard let user = User(word) else {
      throw call.mistake("there is no user \"\(word.printable)\"")
    }
    return user.id == 0 ? nil : word
  }

  /// The command, with the executable's whole path: what starts it has another PATH.
  private static func program(_ call: Call) throws(Failure) -> [String] {
    let command = call.arguments.command ?? []
    let hasSolution = call.has("solution")
    guard command.isEmpty == hasSolution else {
      throw call.mistake(
        hasSolution
          ? "KIND starts the program: give it no COMMAND" : "say after -- how it is started")
    }
    guard let first = command.first else { return [] }
    let path =
      first.utf8.contains(.slash)
      ? ThisProcess.absolute(first)
      : Outside(root: "").find(first, in: ThisProcess.environment("PATH") ?? "/usr/bin:/bin")
    guard let path, path.isExecutable else {
      throw Failure(
        .noInput, "there is no executable of that name", unableTo: "run \(first.printable)")
    }
    return [path] + command.dropFirst()
  }

  private static func solution(_ call: Call) throws(Failure) -> String? {
    guard let kind = call.value(of: "solution") else { return nil }
    let folder = "\(call.roots.config)/solutions.available"
    let isThere = Name(kind) != nil && (try? Folder(path: folder).status(of: kind)) != nil
    if !isThere { throw call.mistake("\"\(kind.printable)\" is no solution: ls \(folder)") }
    return kind
  }

  private static func expectNothing(of name: Name, _ roots: Roots) throws(Failure) {
    guard let path = GuardFiles.there(name, roots).first else { return }
    throw Failure(
      .cannotCreate, "\(path) is there already: first run watchdog-chain unguard \(name.text)",
      unableTo: "guard \(name.text)")
  }

  // MARK: What came of it

  /// Takes everything back when check would complain of it.
  private static func judge(_ name: Name, _ call: Call) throws(Failure) {
    let places = GuardFiles.places(of: name).map {
      call.roots.path(of: "\($0.folder)/\($0.name)")
    }
    let configuration = try Configuration.ofBox(call.roots, call.around)
    let wrong = ConfigurationRules.all.findings(in: configuration).wrong.first { finding in
      places.has(finding.subject)
    }
    guard let wrong else { return }
    _ = try UnguardCommand.remove(name, call.roots)
    throw Failure(.configuration, wrong.line, unableTo: "guard \(name.text)")
  }

  private static func show(_ files: GuardFiles, _ roots: Roots) {
    for file in files.files {
      let lines = file.contents.lines.map { "    \($0)\n" }.joined()
      Console.write("\(roots.config)/\(file.path)\n\(lines)")
    }
  }

  private static func next(_ name: Name, _ call: Call) -> String {
    let beat = "\(call.roots.path(of: .beats))/\(name.text)"
    let start =
      call.has("solution")
      ? "Its unit or service starts it, as before."
      : """
      Start it now, or the chain starts it when its first beat is late:
          run-stamped --background \(name.text)
      """
    return """

      \(start)
      Let it beat at least every \(call.value(of: "limit") ?? "30") s: touch \(beat)
      or let cron check it, by a COMMAND that exits with 0 if it is well: beat \(name.text) -- COMMAND
      Then look: watchdog-chain status
      """
  }
}
