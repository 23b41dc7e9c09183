import Linux
import Watchdog

/// `watchdog-chain check`: every mistake in a configuration, before it matters.
struct Check {
  static let command = Command(
    name: "watchdog-chain check",
    usage: [""],
    summary: """
      Names every mistake in /etc/watchdog, with the file and what to do about it. Ends with 78 when there
      is one. Changes nothing.
      """)

  private let roots: Roots
  private var mistakes: [String] = []

  /// Prints the mistakes.
  static func run(_ arguments: Arguments, _ report: Report) throws(Failure) -> ExitCode {
    try arguments.expectNoOperands()
    let roots = Roots(arguments)
    var check = Check(roots: roots)
    try check.lookAtSettings()
    check.lookAtHearts()
    check.lookAtChain()
    check.lookAtRestartSystem()
    check.lookAtExecutables(in: "programs")
    check.lookAtExecutables(in: "solutions")
    for mistake in check.mistakes { Console.write("\(mistake)\n") }
    if check.mistakes.isEmpty {
      Console.write("\(roots.config): no mistakes\n")
      return .success
    }
    return .configuration
  }

  private init(roots: Roots) { self.roots = roots }

  private mutating func complain(_ file: String, _ sentence: String) {
    mistakes.append("\(roots.config)/\(file): \(sentence)")
  }

  // MARK: One value per file

  private static let folders = ["hearts", "chain", "programs", "solutions", "solutions.available"]

  private mutating func lookAtSettings() throws(Failure) {
    let settings = try Settings(roots)
    for setting in Setting.all {
      do throws(Failure) { _ = try settings.read(setting) } catch {
        mistakes.append(error.sentence)
      }
    }
    do throws(Failure) { _ = try settings.device() } catch { mistakes.append(error.sentence) }
    let known =
      Setting.all.map { "\($0.name)" } + ["device", "restart-system"] + Check.folders
    for (name, _) in names(in: "") {
      if !known.contains(where: { $0.isEqual(to: name.text) }) {
        complain(name.text, "no tool reads this: is the name misspelt?")
      }
    }
  }

  // MARK: Hearts

  private mutating func lookAtHearts() {
    guard let folder = open("hearts") else { return }
    for (name, kind) in names(in: "hearts") {
      do throws(Heart.Unreadable) {
        let heart = try Heart.read(name, kind: kind, in: folder)
        if heart.limit < .seconds(2) {
          complain(
            "hearts/\(name.text)",
            "a limit of 1 s is the time between two looks: write at least 2")
        }
      } catch {
        complain("hearts/\(name.text)", error.words)
      }
    }
  }

  // MARK: The chain

  private mutating func lookAtChain() {
    guard let folder = open("chain") else { return }
    let tools = names(in: "chain")
    for (name, _) in tools {
      do throws(Mistake) {
        let limit = try Link.readLimit(of: name, in: folder)
        if limit <= Vigil.longestPause {
          complain(
            "chain/\(name.text)",
            "\(limit.wholeSeconds) s is too short for a busy box: write more than "
              + "\(Vigil.longestPause.wholeSeconds)")
        }
      } catch {
        complain("chain/\(name.text)", error.sentence)
      }
    }
    if tools.isEmpty {
      complain(
        "chain", "it names no tool, so the device is never fed: echo 10 >chain/mark-problems")
    }
  }

  private mutating func lookAtRestartSystem() {
    // Only boxes with check-solutions in their chain restart anything.
    guard (try? Folder(path: "\(roots.config)/chain").status(of: "check-solutions")) != nil else {
      return
    }
    do throws(Failure) {
      try Trust.check(executable: "\(roots.config)/restart-system")
    } catch {
      mistakes.append("\(roots.config)/restart-system: \(error.sentence)")
    }
  }

  private mutating func lookAtExecutables(in folder: String) {
    guard (try? Folder(path: "\(roots.config)/\(folder)")) != nil else { return }
    for (name, _) in names(in: folder) {
      do throws(Failure) {
        try Trust.check(executable: "\(roots.config)/\(folder)/\(name.text)")
      } catch {
        complain("\(folder)/\(name.text)", error.sentence)
      }
    }
  }

  // MARK: Looking

  /// What etc/install puts there and no tool reads.
  private static func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
    name.suffix(8).elementsEqual(".example".utf8) || name.elementsEqual("solutions.available".utf8)
  }

  private mutating func open(_ name: StaticString) -> Folder? {
    do throws(Failure) {
      let folder = try roots.configFolder(name)
      if (try? folder.status())?.isWritableByOthers == true {
        complain("\(name)", "others can write to it: chmod go-w \(roots.config)/\(name)")
      }
      return folder
    } catch {
      mistakes.append("\(error.sentence): mkdir \(roots.config)/\(name)")
      return nil
    }
  }

  /// The names in a folder, and what they are; one that is no name is told, unless it is an example of ours.
  private mutating func names(in name: String) -> [(Name, FileStatus.Kind?)] {
    var names: [(Name, FileStatus.Kind?)] = []
    var others: [String] = []
    let path = name.utf8.isEmpty ? roots.config : "\(roots.config)/\(name)"
    guard let folder = try? Folder(path: path) else { return [] }
    try? folder.forEachEntry(onSystemError: { $0 }) { entry throws(SystemError) in
      if let name = Name(entry.bytes) {
        names.append((name, entry.kind))
      } else if !Check.isOurs(entry.bytes) {
        others.append(printable(Array(entry.bytes)))
      }
    }
    for other in others {
      complain(
        name.utf8.isEmpty ? other : "\(name)/\(other)",
        "passed over: a name is made of letters, digits, _ and -: rename or remove it")
    }
    return names
  }
}
