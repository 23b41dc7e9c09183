import Linux
import Watchdog

/// A private world in a temporary folder: configuration, state, a program with a heart, and somebody who
/// restarts it.
struct DrillWorld: ~Copyable {
  /// Where it is.
  let path: String
  private let folder: TemporaryFolder
  private let bin: Folder
  private let executables: String

  /// The heart of the sample program.
  static let heart = "web"
  /// The tools that each-second runs in the drill, in their order.
  static let ticked = ["mark-problems", "solver", "check-solutions"]

  /// Makes the world.
  ///
  /// - Parameters:
  ///   - executables: the folder of the executables that are put through the drill.
  ///   - stays: whether it is left behind to be looked at.
  init(_ limits: Limits, executables: String, stays: Bool) throws(SystemError) {
    let folder = try TemporaryFolder(named: "watchdog-drill", stays: stays)
    let path = folder.path
    let root = try Folder(path: path)
    for name in ["bin", "etc", "run", "data"] { try root.makeFolder(name) }
    let etc = try root.folder("etc")
    for name in ["hearts", "chain"] { try etc.makeFolder(name) }
    try etc.folder("hearts").make(DrillWorld.heart, seconds: limits.heart)
    for tool in ["mark-problems", "check-solutions"] {
      try etc.folder("chain").make(tool, seconds: limits.chain)
    }
    try etc.make("solve-within", seconds: limits.solveWithin)
    try etc.make("device-timeout", seconds: limits.deviceTimeout)
    try root.makeFIFO("device")
    try etc.create("device").write(Array("\(path)/device\n".utf8))
    try etc.makeExecutable("restart-system", DrillScripts.restartSystem)
    let bin = try root.folder("bin")
    try bin.makeExecutable("program", DrillScripts.program)
    try bin.makeExecutable("start-program", DrillScripts.startProgram)
    try DrillWorld.repair(bin, executables)
    self.path = path
    self.bin = bin
    self.folder = folder
    self.executables = executables
  }

  /// Where the three roots are.
  var roots: Roots {
    Roots(config: "\(path)/etc", state: "\(path)/run", data: "\(path)/data", logs: "\(path)/logs")
  }

  /// Where an executable of this world is.
  func executable(_ name: String) -> String { "\(path)/bin/\(name)" }

  /// Puts everything that scenes break back in its place.
  borrowing func repair() throws(SystemError) { try DrillWorld.repair(bin, executables) }

  private static func repair(_ bin: borrowing Folder, _ executables: String) throws(SystemError) {
    for tool in ["beat", "mark-problems", "check-solutions", "each-second", "kwatchdog-feeder"] {
      try? bin.remove(tool)
      try bin.makeLink(tool, to: "\(executables)/\(tool)")
    }
    try bin.makeExecutable("solver", DrillScripts.solver)
  }

  /// Takes an executable away.
  borrowing func remove(_ name: String) throws(SystemError) { try bin.remove(name) }

  /// Puts a script in the place of an executable.
  borrowing func replace(_ name: String, by script: String) throws(SystemError) {
    try bin.makeExecutable(name, script)
  }

  /// What a reboot does to /run.
  borrowing func clearState() throws(SystemError) {
    let root = try Folder(path: path)
    try root.removeTree("run")
    try root.makeFolder("run")
  }
}

extension Folder {
  fileprivate borrowing func make(_ name: String, seconds: Duration) throws(SystemError) {
    try create(name).write(Array("\(seconds.wholeSeconds)\n".utf8))
  }
}

/// The programs of the drill's world. They are scripts, as they would be on a box.
enum DrillScripts {
  /// The sample program.
  static let program = """
    #!/bin/sh
    while :; do
      "${0%/*}/beat" web
      sleep 0.3
    done

    """

  /// Ends the program, if it is there, and starts it: notes when, and as which process.
  static let startProgram = """
    #!/bin/sh
    bin=${0%/*}
    mkdir -p "$WATCHDOG_STATE/pids" "$WATCHDOG_STATE/starts"
    if read -r pid _ 2>/dev/null <"$WATCHDOG_STATE/pids/web"; then kill -9 "$pid" 2>/dev/null; fi
    setsid "$bin/program" >/dev/null 2>&1 </dev/null &
    pid=$!
    start=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d ' ' -f 20)
    echo "$pid $start" >"$WATCHDOG_STATE/pids.new"
    touch "$WATCHDOG_STATE/starts/web"
    mv "$WATCHDOG_STATE/pids.new" "$WATCHDOG_STATE/pids/web"

    """

  /// Stands in for whoever solves problems on a box: restarts the program when it has one.
  static let solver = """
    #!/bin/sh
    [ -e "$WATCHDOG_STATE/problems/web" ] || exit 0
    sleep 0.2
    "${0%/*}/start-program" && rm "$WATCHDOG_STATE/problems/web"

    """

  /// Mends everything: here that is one program.
  static let restartSystem = """
    #!/bin/sh
    "${0%/*}/../bin/start-program" && rm -f "$WATCHDOG_STATE/problems/web"

    """

  /// Does nothing.
  static let broken = """
    #!/bin/sh
    exit 1

    """

  /// Never ends.
  static let hanging = """
    #!/bin/sh
    exec sleep 1000

    """
}
